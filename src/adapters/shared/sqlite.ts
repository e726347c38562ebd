import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

export type SqliteFile = {
  readonly file: string;
  /** How the file came to look as it does, oldest first; `user_version` counts those that were applied. */
  readonly migrations: readonly string[];
  /** What is deleted is overwritten, and not only forgotten (等保 剩余信息保护). */
  readonly secrets?: boolean;
};

/**
 * Opens a file of a few rows, with WAL and every commit flushed, and brings it to today's form.
 *
 * @throws where a newer version has written it
 */
export function openSqlite({ file, migrations, secrets = false }: SqliteFile): DatabaseSync {
  makeFile(file);
  const db = new DatabaseSync(file, { timeout: 2_000 });
  try {
    if (secrets) db.exec('PRAGMA secure_delete = ON');
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    const known = migrations.length;
    if (version > known)
      throw new Error(`${file} is of version ${version}; this program knows version ${known}`);
    if (version < known)
      together(db, () => {
        for (const step of migrations.slice(version)) db.exec(step);
        db.exec(`PRAGMA user_version = ${known}`);
      });
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/**
 * Opens a database for reading only, without leaving anything beside it: a database that was closed in order
 * has no WAL, and then needs no helper files, which a full disk or a directory of another user would refuse.
 */
export function openToRead(path: string, timeout = 5_000): DatabaseSync {
  if (existsSync(`${path}-wal`)) return new DatabaseSync(path, { readOnly: true, timeout });
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true, timeout });
}

/** Made before SQLite does, so that nobody but the owner can ever read it; SQLite gives its helpers the same mode. */
export function makeFile(file: string): void {
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
}

/** All of it or nothing. */
export function together<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    db.exec('COMMIT');
    return done;
  } catch (error) {
    // Some errors (a full disk) have rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
