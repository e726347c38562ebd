import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CitizenRow } from '../journal-rows/protocol.ts';
import { newWordsKey, sealWords } from './sealed-words.ts';

type Kept = { readonly slot: number; readonly key: Uint8Array };

/** Reports of citizens, and their words beside them, which can be erased. */
export class CitizenRows {
  readonly #db: DatabaseSync;
  readonly #report: StatementSync;
  readonly #kept: StatementSync;
  readonly #newKey: StatementSync;
  readonly #words: StatementSync;
  readonly #eraseKey: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#report = db.prepare(
      `INSERT INTO citizen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         state = excluded.state, lifeline = excluded.lifeline, area = excluded.area, made_order = excluded.made_order,
         incident = excluded.incident, over_at = excluded.over_at, erased = excluded.erased, json = excluded.json`,
    );
    this.#kept = db.prepare(
      'SELECT w.slot, k.key FROM citizen_words w JOIN citizen_key k ON k.slot = w.slot WHERE w.id = ?',
    );
    this.#newKey = db.prepare('INSERT INTO citizen_key (key) VALUES (?) RETURNING slot');
    this.#words = db.prepare(
      'INSERT INTO citizen_words VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed',
    );
    this.#eraseKey = db.prepare('UPDATE citizen_key SET key = zeroblob(32) WHERE slot = ?');
    this.#erase = db.prepare('DELETE FROM citizen_words WHERE id = ?');
  }

  add(rows: readonly CitizenRow[]): void {
    // For these tables alone: zeros in place of every retired spool row would write the disk twice.
    this.#db.exec('PRAGMA secure_delete = ON');
    try {
      for (const c of rows) {
        const of = [c.order, c.incident, c.overAt, c.erased] as const;
        this.#report.run(c.id, c.key, c.state, c.lifeline, c.area, ...of, c.text);
        const kept = this.#kept.get(c.id) as Kept | undefined;
        if (c.words !== null) this.#keep(c.id, c.words, kept ?? this.#fresh());
        else if (kept !== undefined) {
          this.#eraseKey.run(kept.slot);
          this.#erase.run(c.id);
        }
      }
    } finally {
      this.#db.exec('PRAGMA secure_delete = OFF');
    }
  }

  #fresh(): Kept {
    const key = newWordsKey();
    return { slot: Number(this.#newKey.get(key)?.slot), key };
  }

  #keep(id: string, words: string, { slot, key }: Kept): void {
    this.#words.run(id, slot, sealWords(words, key));
  }
}
