import { bigintArray, byteaArray, float8Array, textArray } from './arrays.ts';
import type { Statement } from './database.ts';
import { PostgresFailure } from './failure.ts';
import { storable } from './values.ts';

/**
 * What a column takes: `key` a text that others chose, see `storable`; `json` one that `JSON.stringify` made, in which nothing can
 * be that PostgreSQL does not hold.
 */
type Kind = 'key' | 'json' | 'bytes' | 'integer' | 'number';
type Cell = string | number | Uint8Array | null;

const AS = { key: 'text', json: 'text', bytes: 'bytea', integer: 'bigint', number: 'float8' } as const;

/** Rows that go into one table, as many as there are in one statement whose text never changes. */
export class RowsInto<C extends string> {
  readonly #columns: readonly (readonly [C, Kind])[];
  readonly #name: string;
  readonly #text: string;
  readonly #key: readonly C[];

  /**
   * @param given.or what becomes of a row whose key is there already: `fails` when left out, `stays`, or which columns it takes on.
   *   Two rows of one key in one statement are the later one alone, unless they fail or stay
   */
  constructor(
    table: string,
    columns: Readonly<Record<C, Kind>>,
    given: { readonly key?: readonly NoInfer<C>[]; readonly or?: 'stays' | readonly NoInfer<C>[] } = {},
  ) {
    this.#columns = Object.entries(columns) as [C, Kind][];
    this.#name = `into ${table}`;
    this.#key = Array.isArray(given.or) ? (given.key ?? []) : [];
    const names = this.#columns.map(([name]) => name).join();
    const lists = this.#columns.map(([, kind], i) => `$${i + 1}::${AS[kind]}[]`).join();
    this.#text = `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${lists})${conflict(given)}`;
  }

  /** @returns no statement where there is no row */
  of(rows: readonly Readonly<Record<C, Cell>>[]): readonly Statement[] {
    if (rows.length === 0) return [];
    const once = this.#key.length === 0 || rows.length === 1 ? rows : this.#lastOfEach(rows);
    const values = this.#columns.map(([name, kind]) =>
      column(
        kind,
        once.map((row) => row[name]),
      ),
    );
    return [{ text: this.#text, values, name: this.#name }];
  }

  #lastOfEach(rows: readonly Readonly<Record<C, Cell>>[]): readonly Readonly<Record<C, Cell>>[] {
    const last = new Map(rows.map((row) => [JSON.stringify(this.#key.map((k) => row[k])), row]));
    return [...last.values()];
  }
}

function conflict<C extends string>(given: {
  readonly key?: readonly C[];
  readonly or?: 'stays' | readonly C[];
}): string {
  if (given.or === undefined) return '';
  const on = ` ON CONFLICT${given.key === undefined ? '' : ` (${given.key.join()})`} DO `;
  if (given.or === 'stays') return `${on}NOTHING`;
  return `${on}UPDATE SET ${given.or.map((c) => `${c} = excluded.${c}`).join()}`;
}

function column(kind: Kind, cells: readonly Cell[]): Buffer {
  switch (kind) {
    case 'key':
      return textArray(cells.map((c) => (c === null ? null : storable(String(c)))));
    case 'json':
      return textArray(cells.map(plain));
    case 'bytes':
      return byteaArray(cells as readonly Uint8Array[]);
    case 'integer':
      return bigintArray(cells as readonly number[]);
    case 'number':
      return float8Array(cells as readonly (number | null)[]);
  }
}

function plain(cell: Cell): string | null {
  if (cell === null) return null;
  const text = String(cell);
  // A bug of ours, which would otherwise be U+FFFD or a statement that fails on the server.
  if (!text.isWellFormed() || text.includes('\0'))
    throw new PostgresFailure('bad-value', `this is not what JSON.stringify makes: ${text.slice(0, 80)}`);
  return text;
}
