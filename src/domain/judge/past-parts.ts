import type { Millis } from '../time.ts';
import type { Edge, Part, PastParts } from './memory.ts';
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
  if (older.length > 0) return { newer, newerTogether, older, edge: edgeOf(older, newerTogether) };

  const gone = endedBy(newer, from);
  if (gone === newer.length) return NO_PAST;
  if (gone === 0 && newer.at(1) >= from) return { newer, newerTogether, older };
  const all = fromEachOn(newer, gone);
  return { newer: NO_ROWS, newerTogether: null, older: all, edge: edgeOf(all, null) };
}

function edgeOf(older: Rows, newer: Part | null): Edge {
  const all = andNewer(partAt(older, 1), newer);
  const behind = older.length > WIDTH ? andNewer(partAt(older, WIDTH + 1), newer) : newer;
  return behind === null ? [older.at(0), ...all] : [older.at(0), ...all, ...behind];
}

const andNewer = (older: Part, newer: Part | null): Part => (newer === null ? older : joined(older, newer));

/** The closed parts within a window that begins at `from`: of the oldest, a share. `null`: there are none. */
export function partsWithin(past: PastParts, from: Millis): Part | null {
  const edge = edgeIn(past);
  return edge === null ? past.newerTogether : withinEdge(edge, from);
}

/** Their weight alone: what a mean asks for with every reading. */
export const weightWithin = (past: PastParts, from: Millis): number => within(past, from, 1);

/** Their weighed sum alone. */
export const sumWithin = (past: PastParts, from: Millis): number => within(past, from, 2);

function within(past: PastParts, from: Millis, what: 1 | 2): number {
  const e = edgeIn(past);
  if (e === null) return past.newerTogether === null ? 0 : past.newerTogether[what];
  const all = e[1 + what] as number;
  const first = e[1] as number;
  if (from <= first) return all;
  const behind = e.length > WIDTH ? (e[WIDTH + what] as number) : 0;
  const end = e[0] as number;
  return from >= end ? behind : behind + ((end - from) / (end - first)) * (all - behind);
}

const edgeIn = ({ older, newerTogether, edge }: PastParts): Edge | null =>
  edge ?? (older.length === 0 ? null : edgeOf(older, newerTogether));

function withinEdge(e: Edge, from: Millis): Part | null {
  const first = e[1] as number;
  if (from <= first) return partIn(e, 1);
  const end = e[0] as number;
  const hasBehind = e.length > WIDTH;
  if (from >= end) return hasBehind ? partIn(e, WIDTH) : null;
  const share = (end - from) / (end - first);
  const n = hasBehind ? (e[8] as number) : 0;
  const sum = hasBehind ? (e[9] as number) : 0;
  const centre = (e[3] as number) / (e[2] as number);
  // Squares about one centre for both, close to either mean: no cancellation.
  const squares = n === 0 ? 0 : (e[10] as number) + n * (sum / n - centre) ** 2;
  const weight = n + share * ((e[2] as number) - n);
  const total = sum + share * ((e[3] as number) - sum);
  const spread = squares + share * ((e[4] as number) - squares) - weight * (total / weight - centre) ** 2;
  return [first, weight, total, Math.max(0, spread), e[5] as number, e[6] as number];
}

const partIn = (e: Edge, i: number): Part => [
  e[i] as number,
  e[i + 1] as number,
  e[i + 2] as number,
  e[i + 3] as number,
  e[i + 4] as number,
  e[i + 5] as number,
];

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
