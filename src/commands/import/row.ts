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

const WRONG_AT_MOST = 20;

/** Each thing once, and not more than a person reads. */
export function addWrong(wrong: string[], what: string): void {
  if (wrong.length < WRONG_AT_MOST && !wrong.includes(what)) wrong.push(what);
}

/** What is wrong with a line whatever it says, or null. */
export function unreadable(line: Line): string | null {
  if (line.tooLong) return 'the line has more than a million characters: one row of readings would be right';
  return line.text.includes('\ufffd') ? 'the row has bytes that are no text in this encoding' : null;
}
