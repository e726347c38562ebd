import type { Millis } from '../time.ts';
import type { Part, PastParts } from './memory.ts';
import { joined } from './part.ts';
import { NO_ROWS, Rows } from './rows.ts';

/** Numbers of a closed part: its end, and the part. */
const WIDTH = 7;

export const NO_PAST: PastParts = { newer: NO_ROWS, newerTogether: null, older: NO_ROWS };

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
  const ended = endedBy(past.older, from);
  const older = ended === 0 ? past.older : past.older.followedBy([], ended);
  if (older.length > 0) return { newer, newerTogether, older };

  const gone = endedBy(newer, from);
  if (gone === newer.length) return NO_PAST;
  if (gone === 0 && newer.at(1) >= from) return { newer, newerTogether, older };
  return { newer: NO_ROWS, newerTogether: null, older: fromEachOn(newer, gone) };
}

/** The parts that the older stack holds within a window that begins at `from`: of the oldest, a share. */
export function olderWithin({ older }: PastParts, from: Millis): Part | null {
  if (older.length === 0) return null;
  const all = partAt(older, 1);
  const end = older.at(0);
  if (from <= all[0]) return all;
  const behind = older.length <= WIDTH ? null : partAt(older, WIDTH + 1);
  return from >= end ? behind : between(behind, all, (end - from) / (end - all[0]));
}

/** All from `behind` on, and so large a share of what `all` has more. */
function between(behind: Part | null, all: Part, share: number): Part {
  const n = behind?.[1] ?? 0;
  const sum = behind?.[2] ?? 0;
  const centre = all[2] / all[1];
  // Squares about one centre for both, close to either mean: no cancellation.
  const squares = behind === null || n === 0 ? 0 : behind[3] + n * (sum / n - centre) ** 2;
  const weight = n + share * (all[1] - n);
  const total = sum + share * (all[2] - sum);
  const spread = squares + share * (all[3] - squares) - weight * (total / weight - centre) ** 2;
  return [all[0], weight, total, Math.max(0, spread), all[4], all[5]];
}

/** The first of these two stacks, with all that follow it; `null`: there is none. */
export function pastTogether({ older, newerTogether }: PastParts): Part | null {
  if (older.length === 0) return newerTogether;
  const all = partAt(older, 1);
  return newerTogether === null ? all : joined(all, newerTogether);
}

/** Rows whose parts weigh so many times as much. */
export function scaledRows(rows: Rows, by: number): Rows {
  return Rows.of(rows.toJSON().map((x, i) => (i % WIDTH >= 2 && i % WIDTH <= 4 ? x * by : x)));
}

/** Rows as they were kept before they began with their part's end: with its number. @param length of a part */
export function rowsOfNumbered(rows: Rows, length: number): Rows {
  return Rows.of(rows.toJSON().map((x, i) => (i % WIDTH === 0 ? (x + 1) * length : x)));
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
