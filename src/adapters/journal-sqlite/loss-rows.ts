import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { minutes } from '../../domain/time.ts';
import type { LossRow } from './protocol.ts';

/** Entries kept; with texts of 8 KB each some 160 MB at the very most. */
const KEPT = 20_000;

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
    this.#trim = db.prepare(`DELETE FROM loss WHERE id <= (SELECT max(id) FROM loss) - ${KEPT}`);
  }

  add(rows: readonly LossRow[]): void {
    for (const { key, at, until, n, text } of rows) this.#add.run(key, at, until, n, text);
    this.#trim.run();
  }

  /** What the bounds of this file throw away with a turn: a minute of it is one entry. */
  thrownAway(cause: 'quarantine-full' | 'device-events-full', n: number, at: number): void {
    if (n === 0) return;
    const text = JSON.stringify({ cause, ...OF[cause], ...NOBODYS });
    this.#more.run(`${cause}/${Math.floor(at / minutes(1))}`, at, at, n, text);
    this.#trim.run();
  }
}

const OF = {
  'quarantine-full': { what: 'packets', why: 'the quarantine was full: its oldest packets went' },
  'device-events-full': {
    what: 'device-events',
    why: 'the list of what devices themselves alarmed on was full: the oldest went',
  },
} as const;

const NOBODYS = { point: null, device: null, metric: null, observed: null, kept: null, file: null };
