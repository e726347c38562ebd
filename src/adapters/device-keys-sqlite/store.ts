import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../../domain/time.ts';
import type { KeyListed } from '../../flow/ports/device-keys.ts';

export type KeyRow = KeyListed & { readonly seal: Uint8Array };

const VERSION = 1;

const SCHEMA = `
  CREATE TABLE keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never used twice
    holder TEXT NOT NULL,
    seal BLOB NOT NULL,
    issuedAt INTEGER NOT NULL,
    until INTEGER,
    areas TEXT -- JSON list; NULL: all
  ) STRICT;
  CREATE INDEX keysOfHolder ON keys (holder);
  CREATE TABLE barred (holder TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

type Raw = Omit<KeyRow, 'areas'> & { readonly areas: string | null };

const SELECT = 'SELECT id, holder, seal, issuedAt, until, areas FROM keys';

const readRow = (raw: Raw): KeyRow => ({
  ...raw,
  areas: raw.areas === null ? null : (JSON.parse(raw.areas) as string[]),
});

/** The file of keys. On the main thread: written when a person issues or revokes, never when a device connects. */
export class Store {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    // Made first, so that nobody but the service's own user can ever read it; SQLite gives its helpers the same mode.
    closeSync(openSync(file, 'a', 0o600));
    this.#db = new DatabaseSync(file, { timeout: 2_000 });
    // What is deleted is overwritten, and not only forgotten (等保 剩余信息保护).
    this.#db.exec('PRAGMA secure_delete = ON;');
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version === 0) this.together(() => this.#db.exec(SCHEMA));
    else if (version !== VERSION) {
      this.#db.close();
      throw new Error(`${file} is of version ${version}; this program knows version ${VERSION}`);
    }
  }

  close(): void {
    this.#db.close();
  }

  keys(): KeyRow[] {
    return (this.#db.prepare(`${SELECT} ORDER BY id`).all() as Raw[]).map(readRow);
  }

  barred(): string[] {
    return (this.#db.prepare('SELECT holder FROM barred').all() as { holder: string }[]).map((r) => r.holder);
  }

  add(row: Omit<KeyRow, 'id'>): number {
    const { holder, seal, issuedAt, until, areas } = row;
    const done = this.#db
      .prepare('INSERT INTO keys (holder, seal, issuedAt, until, areas) VALUES (?, ?, ?, ?, ?)')
      .run(holder, seal, issuedAt, until, areas === null ? null : JSON.stringify(areas));
    this.#db.prepare('DELETE FROM barred WHERE holder = ?').run(holder);
    return Number(done.lastInsertRowid);
  }

  setUntil(id: number, until: Millis): void {
    this.#db.prepare('UPDATE keys SET until = ? WHERE id = ?').run(until, id);
  }

  remove(ids: readonly number[]): void {
    const remove = this.#db.prepare('DELETE FROM keys WHERE id = ?');
    for (const id of ids) remove.run(id);
  }

  bar(holder: string, at: Millis): void {
    this.#db.prepare('INSERT INTO barred (holder, at) VALUES (?, ?)').run(holder, at);
    this.#db.prepare('DELETE FROM keys WHERE holder = ?').run(holder);
  }

  together<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const done = work();
      this.#db.exec('COMMIT');
      return done;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
