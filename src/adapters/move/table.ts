/**
 * What a column holds: `key` a text that others chose, which PostgreSQL cannot hold in every case (`storable`); `text` one of
 * ours or of `JSON.stringify`, which it can; `flag` 0 or 1, in PostgreSQL a boolean.
 */
export type MovedKind = 'integer' | 'number' | 'key' | 'text' | 'bytes' | 'flag';

/** A value of a row, the same whichever engine it came from. */
export type MovedValue = number | string | Uint8Array | null;
export type MovedRow = readonly MovedValue[];

export type MovedColumn = {
  readonly sqlite: string;
  readonly postgres: string;
  readonly kind: MovedKind;
};

/** One table in both engines. */
export type MovedTable = {
  /** For people: as it is called in SQLite, with its file where names repeat. */
  readonly name: string;
  readonly file: 'accounts.db' | 'devices.db' | 'audit.db' | 'journal.sqlite';
  /** What is selected from there; `into`: what is inserted into, where that is another. */
  readonly sqlite: string;
  readonly postgres: string;
  /** Where PostgreSQL has its rows in another place than where it reads them. */
  readonly postgresInto?: string;
  readonly columns: readonly MovedColumn[];
  /** Columns that PostgreSQL has beside, out of a row of `columns`. */
  readonly beside?: {
    readonly columns: readonly { readonly name: string; readonly kind: MovedKind }[];
    readonly of: (row: MovedRow) => MovedRow;
  };
  /** What PostgreSQL is told before the first row. */
  readonly postgresFirst?: readonly string[];
  /** Rows that lie there from the beginning, and are written over. */
  readonly over?: { readonly key: string };
  /** In SQLite it is no table that a row goes into as it is: what is done with its values, `?1` and on, all in every statement. */
  readonly sqliteInto?: readonly string[];
  /** Of rows that may be large: so few at once. */
  readonly atOnce?: number;
};

/**
 * Columns of a table: those of the same name in both, or `sqlite:postgres`, by kind.
 *
 * @example columnsIn({ account: 'text', 'createdAt:created_at': 'integer' })
 */
export const columnsIn = (given: Readonly<Record<string, MovedKind>>): readonly MovedColumn[] =>
  Object.entries(given).map(([names, kind]) => {
    const [sqlite = '', postgres = sqlite] = names.split(':');
    return { sqlite, postgres, kind };
  });
