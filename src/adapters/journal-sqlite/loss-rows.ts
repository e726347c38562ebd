import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LossRow } from '../journal-rows/protocol.ts';
import { LOSSES_KEPT, type ThrownAway, thrownAway } from '../journal-rows/thrown-away.ts';

/** Rows of the loss ledger. */
export class LossRows {
  readonly #add: StatementSync;
  readonly #more: StatementSync;
  readonly #trim: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(
      'INSERT INTO loss (key, at, until, n, json) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
    );
    this.#more = db.prepare(
      `INSERT INTO loss (key, at, until, n, json) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET until = max(until, excluded.until), n = n + excluded.n`,
    );
    this.#trim = db.prepare(`DELETE FROM loss WHERE id <= (SELECT max(id) FROM loss) - ${LOSSES_KEPT}`);
  }

  add(rows: readonly LossRow[]): void {
    for (const { key, at, until, n, text } of rows) this.#add.run(key, at, until, n, text);
    this.#trim.run();
  }

  /** What the bounds of this file throw away with a turn: a minute of it is one entry. */
  thrownAway(cause: ThrownAway, n: number, at: number): void {
    if (n === 0) return;
    const row = thrownAway(cause, n, at);
    this.#more.run(row.key, row.at, row.until, row.n, row.text);
    this.#trim.run();
  }
}
