import type { Statistic } from '../../rule.ts';
import type { Duration, Millis } from '../../time.ts';
import type { Part, PastParts, StatisticMemory } from '../memory.ts';
import { grown, joined, partOf, statisticOf } from '../part.ts';
import { NO_ROWS, Rows } from '../rows.ts';

/** A window is remembered in this many parts: whatever the sampling, it costs the same. */
const PARTS = 24;
/** Numbers of a closed part: which it is, and the part. */
const WIDTH = 7;

/** @param before of any signal: what another kind left behind (the rule was changed) is no memory of ours */
export function rememberWindow(
  window: Duration,
  before: StatisticMemory | null,
  value: number,
  at: Millis,
): StatisticMemory {
  const index = Math.floor(at / (window / PARTS));
  if (before === null) return { of: 'statistic', index, open: partOf(value, at), past: NONE };
  return index <= before.index
    ? { of: 'statistic', index: before.index, open: grown(before.open, value), past: before.past }
    : { of: 'statistic', index, open: partOf(value, at), past: withOneMore(before, index - PARTS + 1) };
}

/**
 * The statistic of the window that ends at `at`.
 *
 * @returns `null` while less than half of the window has been seen; a sum is known at once
 */
export function windowStatistic(
  stat: Statistic,
  window: Duration,
  known: StatisticMemory,
  at: Millis,
): number | null {
  const { together } = known.past;
  const all = together === null ? known.open : joined(together, known.open);
  if (stat !== 'sum' && at - all[0] < window / 2) return null;
  return statisticOf(all, stat);
}

const NONE: PastParts = { newer: NO_ROWS, newerTogether: null, older: NO_ROWS, together: null };

/**
 * The open part closes, and those before number `first` leave the window. A queue made of two stacks: however many parts a
 * window has, each is joined twice in its life.
 */
function withOneMore({ index, open: p, past }: StatisticMemory, first: number): PastParts {
  const newer = past.newer.followedBy([index, p[0], p[1], p[2], p[3], p[4], p[5]]);
  const newerTogether = past.newerTogether === null ? p : joined(past.newerTogether, p);
  const older = past.older.followedBy([], past.older.before(first, WIDTH));
  if (older.length > 0)
    return { newer, newerTogether, older, together: joined(partAt(older, 1), newerTogether) };

  const gone = newer.before(first, WIDTH);
  if (gone === 0) return { newer, newerTogether, older, together: newerTogether };
  if (gone === newer.length) return NONE;
  const all = fromEachOn(newer, gone);
  return { newer: NO_ROWS, newerTogether: null, older: all, together: partAt(all, 1) };
}

/** For each part from place `first` on: its number, and it with all that follow it. */
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
