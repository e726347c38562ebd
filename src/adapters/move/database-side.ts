import type { Database } from '../postgres/database.ts';
import { asStored, type SqlRow, type SqlValue, storable } from '../postgres/values.ts';
import type { MoveSide } from './side.ts';
import type { MovedKind, MovedRow, MovedTable, MovedValue } from './table.ts';

const AT_ONCE = 500;

const TYPES: Readonly<Record<MovedKind, string>> = {
  integer: 'bigint',
  number: 'float8',
  key: 'text',
  text: 'text',
  bytes: 'bytea',
  flag: 'boolean',
};

/** The tables of a database. */
export class DatabaseSide implements MoveSide {
  readonly #db: Database;
  readonly #pinned: boolean;

  /** @param pinned it is in a transaction already, which sees one moment */
  constructor(db: Database, pinned = false) {
    this.#db = db;
    this.#pinned = pinned;
  }

  /** As of one moment: a page at a time, and never the whole table in memory. The connection is for nothing else meanwhile. */
  async *rows(table: MovedTable): AsyncGenerator<readonly MovedRow[]> {
    const names = table.columns.map((c, i) => `${c.postgres} AS c${i}`).join();
    if (!this.#pinned) await this.#db.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    try {
      await this.#db.query(`DECLARE moved NO SCROLL CURSOR FOR SELECT ${names} FROM ${table.postgres}`);
      for (;;) {
        const page = await this.#db.query(`FETCH ${table.atOnce ?? AT_ONCE} FROM moved`);
        if (page.length === 0) return;
        yield page.map((row) => rowIn(table, row));
      }
    } finally {
      await this.#db.query(this.#pinned ? 'CLOSE moved' : 'ROLLBACK');
    }
  }

  async begin({ postgresFirst = [] }: MovedTable): Promise<void> {
    if (postgresFirst.length > 0) await this.#db.transaction(postgresFirst.map((text) => ({ text })));
  }

  async add(table: MovedTable, rows: readonly MovedRow[]): Promise<void> {
    const { columns, beside } = table;
    const all = [...columns.map((c) => ({ name: c.postgres, kind: c.kind })), ...(beside?.columns ?? [])];
    const full = beside === undefined ? rows : rows.map((row) => [...row, ...beside.of(row)]);
    const names = all.map((c) => c.name);
    const values = all.map(({ kind }, i) => full.map((row) => valueOut(kind, row[i] ?? null)));
    const lists = all.map(({ kind }, i) => `$${i + 1}::${TYPES[kind]}[]`);
    await this.#db.transaction([
      {
        text: `INSERT INTO ${table.postgresInto ?? table.postgres} (${names.join()}) SELECT * FROM unnest(${lists.join()})${
          table.over === undefined
            ? ''
            : ` ON CONFLICT (${table.over.key}) DO UPDATE SET ${names.map((n) => `${n} = excluded.${n}`).join()}`
        }`,
        values,
      },
    ]);
  }

  async count(table: MovedTable): Promise<number> {
    const [row] = await this.#db.query(`SELECT count(*) AS n FROM ${table.postgres}`);
    return Number(row?.n);
  }
}

const rowIn = (table: MovedTable, row: SqlRow): MovedRow =>
  table.columns.map(({ kind }, i) => valueIn(kind, row[`c${i}`]));

function valueIn(kind: MovedKind, value: unknown): MovedValue {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'integer':
    case 'number':
      return Number(value);
    case 'flag':
      return value === true ? 1 : 0;
    case 'key':
      return asStored(String(value));
    case 'text':
      return String(value);
    case 'bytes':
      return value as Uint8Array;
  }
}

type Cell = Exclude<SqlValue, readonly unknown[] | bigint>;

function valueOut(kind: MovedKind, value: MovedValue): Cell {
  if (value === null) return null;
  if (kind === 'key') return storable(String(value));
  return kind === 'flag' ? value === 1 : value;
}
