import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../../domain/time.ts';
import type { KeyListed } from '../../flow/ports/device-keys.ts';
import { openSqlite, together } from '../shared/sqlite.ts';

export type KeyRow = KeyListed & { readonly seal: Uint8Array };

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
`;

/** How the file came to look as it does, oldest first. */
export const DEVICE_KEY_STEPS: readonly string[] = [SCHEMA];

type Raw = Omit<KeyRow, 'areas'> & { readonly areas: string | null };

const SELECT = 'SELECT id, holder, seal, issuedAt, until, areas FROM keys';

const readRow = (raw: Raw): KeyRow => ({
  ...raw,
  areas: raw.areas === null ? null : (JSON.parse(raw.areas) as string[]),
});

/** The file of keys. On the main thread: written when a person issues or revokes, never when a device connects. */
export class DeviceKeyStore {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = openSqlite({ file, migrations: DEVICE_KEY_STEPS, secrets: true });
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
    return together(this.#db, work);
  }
}
