import type { MovedRow, MovedTable } from './table.ts';

/** One of the two places between which an installation is moved. */
export interface MoveSide {
  /** Every row, a few at a time; in which order is not said. */
  rows(table: MovedTable): AsyncIterable<readonly MovedRow[]>;
  /** Before the first row of it. */
  begin(table: MovedTable): Promise<void>;
  add(table: MovedTable, rows: readonly MovedRow[]): Promise<void>;
  /** How many rows there are, at the most: a bound for progress. */
  count(table: MovedTable): Promise<number>;
}
