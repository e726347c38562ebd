import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The spool's comings and goings, apart from adding. */
export class SpoolRows {
  readonly #between: StatementSync;
  readonly #retirable: StatementSync;
  readonly #retire: StatementSync;
  readonly #oldestAfter: StatementSync;

  constructor(db: DatabaseSync) {
    this.#between = db.prepare(
      'SELECT count(*) AS turns, coalesce(sum(octet_length(body)), 0) AS bytes FROM spool WHERE turn > ? AND turn <= ?',
    );
    this.#retirable = db.prepare(
      'SELECT turn, octet_length(body) AS size FROM spool WHERE turn <= ? ORDER BY turn',
    );
    this.#retire = db.prepare('DELETE FROM spool WHERE turn <= ?');
    this.#oldestAfter = db.prepare('SELECT at FROM spool WHERE turn > ? ORDER BY turn LIMIT 1');
  }

  /** Turns in (after, upTo]. */
  between(after: number, upTo: number): { readonly turns: number; readonly bytes: number } {
    const row = this.#between.get(after, upTo);
    return { turns: Number(row?.turns), bytes: Number(row?.bytes) };
  }

  oldestAfter(turn: number): number | null {
    const row = this.#oldestAfter.get(turn);
    return row === undefined ? null : Number(row.at);
  }

  /**
   * Deletes turns that neither the drain nor the memories need, oldest first, about `maxBytes` at most: a
   * commit waits for it, and after an outage there may be gigabytes.
   *
   * @param upTo the last turn that neither needs
   * @returns whether more could go
   */
  retire(upTo: number, maxBytes: number): boolean {
    let last: number | null = null;
    let bytes = 0;
    let more = false;
    for (const row of this.#retirable.iterate(upTo)) {
      bytes += Number(row.size);
      more = last !== null && bytes > maxBytes;
      if (more) break;
      last = Number(row.turn);
    }
    if (last !== null) this.#retire.run(last);
    return more;
  }
}
