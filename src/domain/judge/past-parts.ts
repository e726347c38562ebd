import type { Millis } from '../time.ts';
import type { Part, PastParts } from './memory.ts';
import { joined } from './part.ts';
import { NO_ROWS, Rows } from './rows.ts';

/** Numbers of a closed part: its end, and the part. */
const WIDTH = 7;

export const NO_PAST: PastParts = {
  newer: NO_ROWS,
  newerTogether: null,
  older: NO_ROWS,
  behind: null,
  together: null,
};

/**
 * A part closes, and those that ended before the window leave it. A queue made of two stacks: however many parts a
 * window has, each is joined twice in its life.
 *
 * @param end exclusive
 * @param from where the window begins: it may begin within the oldest part
 */
export function withOneMore(past: PastParts, end: Millis, p: Part, from: Millis): PastParts {
  const newer = past.newer.followedBy([end, p[0], p[1], p[2], p[3], p[4], p[5]]);
  const newerTogether = past.newerTogether === null ? p : joined(past.newerTogether, p);
  const older = past.older.followedBy([], endedBy(past.older, from));
  if (older.length > 0)
    return {
      newer,
      newerTogether,
      older,
      behind: behindOf(older, newerTogether),
      together: joined(partAt(older, 1), newerTogether),
    };

  const gone = endedBy(newer, from);
  if (gone === newer.length) return NO_PAST;
  if (gone === 0 && newer.at(1) >= from)
    return { newer, newerTogether, older, behind: null, together: newerTogether };
  const all = fromEachOn(newer, gone);
  return {
    newer: NO_ROWS,
    newerTogether: null,
    older: all,
    behind: behindOf(all, null),
    together: partAt(all, 1),
  };
}

/** Which share of the oldest part lies within a window that begins at `from`, 0 … 1. */
export function shareOfOldest({ older }: PastParts, from: Millis): number {
  if (older.length === 0) return 1;
  const [end, begin] = [older.at(0), older.at(1)];
  return from <= begin ? 1 : from >= end ? 0 : (end - from) / (end - begin);
}

/** Rows whose parts weigh so many times as much. */
export function scaledRows(rows: Rows, by: number): Rows {
  return Rows.of(rows.toJSON().map((x, i) => (i % WIDTH >= 2 && i % WIDTH <= 4 ? x * by : x)));
}

/** Rows as they were kept before they began with their part's end: with its number. @param length of a part */
export function rowsOfNumbered(rows: Rows, length: number): Rows {
  return Rows.of(rows.toJSON().map((x, i) => (i % WIDTH === 0 ? (x + 1) * length : x)));
}

/** All but the oldest part of these two stacks. */
export function behindOf(older: Rows, newerTogether: Part | null): Part | null {
  if (older.length <= WIDTH) return older.length === 0 ? null : newerTogether;
  const rest = partAt(older, WIDTH + 1);
  return newerTogether === null ? rest : joined(rest, newerTogether);
}

/** Numbers in rows that ended at `from` or before. */
function endedBy(rows: Rows, from: Millis): number {
  let i = 0;
  while (i < rows.length && rows.at(i) <= from) i += WIDTH;
  return i;
}

/** For each part from place `first` on: its end, and it with all that follow it. */
function fromEachOn(newer: Rows, first: number): Rows {
  const rows = newer.toJSON().slice(first);
  let all: Part | null = null;
  for (let i = rows.length - WIDTH; i >= 0; i -= WIDTH) {
    const part = partAt(newer, first + i + 1);
    all = all === null ? part : joined(part, all);
    for (let k = 0; k < all.length; k++) rows[i + 1 + k] = all[k] as number;
  }
  return Rows.of(rows);
}

const partAt = (r: Rows, i: number): Part => [
  r.at(i),
  r.at(i + 1),
  r.at(i + 2),
  r.at(i + 3),
  r.at(i + 4),
  r.at(i + 5),
];
