import type { Reading } from '../../domain/reading.ts';
import type { Line } from './text.ts';

/** What became of one row: its good readings, and what is wrong with the rest of it. */
export type Row = {
  readonly line: Line;
  readonly readings: readonly Reading[];
  readonly wrong: readonly string[];
};

export type RowReader = {
  /** For the person: what the file was taken for. */
  readonly kind: string;
  readonly ignored: readonly string[];
  rows(lines: readonly Line[]): Iterable<Row>;
};

export const NOT_TEXT = 'the row has bytes that are no text in this encoding';
