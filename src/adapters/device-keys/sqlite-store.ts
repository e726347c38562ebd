import type { DatabaseSync } from 'node:sqlite';
import { openSqlite, together } from '../shared/sqlite.ts';
import type { DeviceKeyStore, KeptKeys, KeyChange, KeyRow } from './store.ts';

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

/** The file of keys. On the main thread: written when a person issues or revokes, never when a device connects. */
export class DeviceKeyFile implements DeviceKeyStore {
  readonly #file: string;
  #opened: DatabaseSync | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  async open(): Promise<void> {
    this.#opened = openSqlite({ file: this.#file, migrations: DEVICE_KEY_STEPS, secrets: true });
  }

  async close(): Promise<void> {
    this.#opened?.close();
    this.#opened = null;
  }

  async read(): Promise<KeptKeys> {
    const db = this.#db;
    const keys = db
      .prepare('SELECT id, holder, seal, issuedAt, until, areas FROM keys ORDER BY id')
      .all() as Raw[];
    const barred = db.prepare('SELECT holder FROM barred').all() as { holder: string }[];
    const last = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'keys'`).get()?.seq;
    return {
      keys: keys.map((k) => ({ ...k, areas: k.areas === null ? null : (JSON.parse(k.areas) as string[]) })),
      barred: barred.map((b) => b.holder),
      lastId: Number(last ?? 0),
    };
  }

  async keep({ add = [], until = [], remove = [], bar }: KeyChange): Promise<void> {
    const db = this.#db;
    together(db, () => {
      const gone = db.prepare('DELETE FROM keys WHERE id = ?');
      for (const id of remove) gone.run(id);
      const ends = db.prepare('UPDATE keys SET until = ? WHERE id = ?');
      for (const u of until) ends.run(u.until, u.id);
      // The highest id that was ever given is kept by SQLite itself.
      const added = db.prepare(
        'INSERT INTO keys (id, holder, seal, issuedAt, until, areas) VALUES (?, ?, ?, ?, ?, ?)',
      );
      const free = db.prepare('DELETE FROM barred WHERE holder = ?');
      for (const k of add) {
        added.run(
          k.id,
          k.holder,
          k.seal,
          k.issuedAt,
          k.until,
          k.areas === null ? null : JSON.stringify(k.areas),
        );
        free.run(k.holder);
      }
      if (bar !== undefined)
        db.prepare('INSERT INTO barred (holder, at) VALUES (?, ?)').run(bar.holder, bar.at);
    });
  }

  get #db(): DatabaseSync {
    if (this.#opened === null)
      throw new Error('the device keys are not open: start() them first, use none after close()');
    return this.#opened;
  }
}
