import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COLUMNS, FIELDS, type Meta } from '../journal-rows/meta.ts';

export function readMeta(db: DatabaseSync): Meta {
  const columns = FIELDS.map((field) => `${COLUMNS[field]} AS ${field}`).join(', ');
  // The epoch comes along under its own name.
  return { ...db.prepare(`SELECT epoch, ${columns} FROM meta`).get() } as unknown as Meta;
}

export class MetaWriter {
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    this.#update = db.prepare(`UPDATE meta SET ${FIELDS.map((field) => `${COLUMNS[field]} = ?`).join(', ')}`);
  }

  write(meta: Meta): void {
    this.#update.run(...FIELDS.map((field) => meta[field]));
  }
}
