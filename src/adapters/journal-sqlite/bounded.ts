import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Trimmed } from '../journal-rows/meta.ts';

/** Drops the oldest rows of a table with a growing `id`, until it is within its bound again. */
export class OldestFirst {
  readonly #oldest: StatementSync;
  readonly #drop: StatementSync;

  /** @param size SQL of a row's size in bytes */
  constructor(db: DatabaseSync, table: 'quarantine' | 'device_event', size: string) {
    this.#oldest = db.prepare(`SELECT id, ${size} AS size FROM ${table} ORDER BY id LIMIT 1`);
    this.#drop = db.prepare(`DELETE FROM ${table} WHERE id = ?`);
  }

  trim(rows: number, bytes: number, atMost: { readonly rows: number; readonly bytes: number }): Trimmed {
    let droppedRows = 0;
    let droppedBytes = 0;
    while (rows - droppedRows > atMost.rows || bytes - droppedBytes > atMost.bytes) {
      const oldest = this.#oldest.get();
      if (oldest === undefined) break;
      this.#drop.run(Number(oldest.id));
      droppedRows += 1;
      droppedBytes += Number(oldest.size);
    }
    return { rows: droppedRows, bytes: droppedBytes };
  }
}
