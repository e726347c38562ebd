import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

export type SqliteFile = {
  readonly file: string;
  /** How the file came to look as it does, oldest first; `user_version` counts those that were applied. */
  readonly migrations: readonly string[];
  /** What is deleted is overwritten, and not only forgotten (等保 剩余信息保护). */
  readonly secrets?: boolean;
  /** `application_id`: a file that carries another one, or holds something without any, is refused. */
  readonly program?: number;
  /** Pragmas of its own. */
  readonly pragmas?: string;
  /** What a new file begins with, in the transaction that makes it. */
  readonly begin?: (db: DatabaseSync) => void;
  /** How long a statement waits for another program that holds the file, in ms. */
  readonly timeout?: number;
};

/** The file is not one that this program may write: nothing in it was changed. */
export class NotOurs extends Error {
  override readonly name = 'NotOurs';
  readonly is: 'foreign' | 'newer' | 'no-wal';
  /** Of the file; 0 where it does not matter. */
  readonly version: number;

  constructor(is: NotOurs['is'], message: string, version = 0) {
    super(message);
    this.is = is;
    this.version = version;
  }
}

/**
 * Opens a file with WAL and every commit flushed, and brings it to today's form.
 *
 * FULL: the WAL is flushed at every commit. This is what an acknowledgement stands on; with NORMAL, the default of
 * many set-ups for WAL, the last commits before a power failure are gone.
 *
 * @throws {NotOurs} where a newer version or another program has written it
 */
export function openSqlite(given: SqliteFile): DatabaseSync {
  const { file, migrations, secrets = false, program, pragmas = '', begin, timeout = 2_000 } = given;
  makeFile(file);
  const db = new DatabaseSync(file, { timeout });
  try {
    const version = refuseOthers(db, given);
    if (secrets) db.exec('PRAGMA secure_delete = ON');
    const mode = String(db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode);
    if (mode !== 'wal' && file !== ':memory:')
      throw new NotOurs(
        'no-wal',
        `${file} stays in journal mode ${mode}: its file system does not let it use WAL`,
      );
    db.exec(`PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; ${pragmas}`);
    const known = migrations.length;
    // One transaction: a kill in the middle leaves the old version whole.
    if (version < known)
      together(db, () => {
        for (const step of migrations.slice(version)) db.exec(step);
        if (version === 0) begin?.(db);
        if (program !== undefined) db.exec(`PRAGMA application_id = ${program}`);
        db.exec(`PRAGMA user_version = ${known}`);
      });
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/** @returns the version of the file; 0: it is new */
function refuseOthers(db: DatabaseSync, { file, migrations, program }: SqliteFile): number {
  const number = (sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const version = number('PRAGMA user_version');
  if (program !== undefined && number('PRAGMA application_id') !== program) {
    const isNew = version === 0 && number('SELECT count(*) FROM sqlite_schema') === 0;
    if (!isNew || number('PRAGMA application_id') !== 0)
      throw new NotOurs('foreign', `${file} is a database of another program`);
  }
  if (version > migrations.length)
    throw new NotOurs(
      'newer',
      `${file} is of version ${version}; this program knows version ${migrations.length}`,
      version,
    );
  return version;
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
