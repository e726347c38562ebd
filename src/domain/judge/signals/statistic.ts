import type { SignalOf, Statistic } from '../../rule.ts';
import type { Duration, Millis } from '../../time.ts';
import type { OpenPart, Part, StatisticMemory } from '../memory.ts';
import { openMoved, pastMoved, phaseMoved } from '../moved.ts';
import { grown, heldUntil, joined, openedBy, partOf, statisticOf, stoodUntil, weighed } from '../part.ts';
import {
  NO_PAST,
  partsWithin,
  pastTogether,
  scaledRows,
  sumWithin,
  weightWithin,
  withOneMore,
} from '../past-parts.ts';
import { FREE, NOT_NEGATIVE, ofWindow, type SignalKind, type Unjudged } from './kind.ts';

/** A window is remembered in this many parts: whatever the sampling, it costs the same. */
const PARTS = 24;
/** Readings further apart than so many windows say nothing of a window between them. */
export const NEIGHBOURS = 12;

/**
 * A reading stands until the next one comes, so that what counts is time and not how often a device speaks. Where they
 * come further apart than half a window, as they usually do there (none was missed but perhaps one), both ends of the
 * stretch count alike; a stretch longer than that is a gap, and for most of it nothing is known.
 *
 * The newest one has stood for no time yet: it counts as if it went on for as long as is usual (`presumed`).
 *
 * @param known `null` where another kind of signal left something behind (the rule was changed)
 */
export function rememberWindow(
  window: Duration,
  known: StatisticMemory | null,
  value: number,
  at: Millis,
): StatisticMemory {
  const phase = known?.phase;
  const index = Math.floor((at - (phase ?? 0)) / (window / PARTS));
  const before = known?.by === 'count' ? timed(window, known) : known;
  if (before === null)
    return { of: 'statistic', by: 'time', index, phase, open: openedBy(value, at, 0, 0), past: NO_PAST };
  const { open, past } = before;
  const lastAt = open[6];
  const gap = at - lastAt;
  const half = window / 2;
  const isClose = gap <= half;
  const isUsual = isClose || (gap <= 2 * open[8] && gap <= NEIGHBOURS * window);
  // A second reading of one instant is a later one.
  const stands = gap === 0 ? open[9] : presumed(window, gap, open[8]);
  const since = gap === 0 ? open[8] : gap;
  if (isClose && index <= before.index) {
    const still = stoodUntil(open, value, at, stands);
    return { of: 'statistic', by: 'time', index: before.index, phase, open: still, past };
  }
  const until = isUsual ? at : lastAt + half;
  const p =
    isUsual && !isClose ? weighed(weighed(open, open[7], gap / 2), value, gap / 2) : heldUntil(open, until);
  if (index <= before.index) {
    const [min, max] = [Math.min(p[4], value), Math.max(p[5], value)];
    const still: OpenPart = [p[0], p[1], p[2], p[3], min, max, at, value, since, stands];
    return { of: 'statistic', by: 'time', index: before.index, phase, open: still, past };
  }
  return {
    of: 'statistic',
    by: 'time',
    index,
    phase,
    open: openedBy(value, at, since, stands),
    past: withOneMore(past, until, p, at + stands - window),
  };
}

/** How long a reading will stand, going by the two gaps before it: nothing where they are far apart, and in a burst little. */
function presumed(window: Duration, gap: Duration, gapBefore: Duration): Duration {
  return gap > window / 2 ? 0 : Math.min(gap, gapBefore === 0 ? gap : gapBefore, window / 4);
}

/**
 * The statistic of the window that ends at `at`, by time; the reading at `at` counts among least and greatest.
 *
 * @returns `null` while less than half of the window is known
 */
export function windowStatistic(
  stat: Exclude<Statistic, 'sum'>,
  window: Duration,
  known: StatisticMemory,
  at: Millis,
): number | null {
  const { open, past } = known;
  const stands = open[9];
  const from = at + stands - window;
  // The part that is open, as if its last reading had stood.
  const n = open[1] + stands;
  const sum = open[2] + stands * open[7];
  const weight = weightWithin(past, from) + n;
  if (weight - stands < window / 2 - ROUNDING) return null;
  if (stat === 'mean') return (sumWithin(past, from) + sum) / weight;
  const apart = stands > 0 && open[1] > 0 ? stands * (open[7] - open[2] / open[1]) * (open[7] - sum / n) : 0;
  const now: Part = [open[0], n, sum, open[3] + apart, open[4], open[5]];
  const closed = partsWithin(past, from);
  return statisticOf(closed === null ? now : joined(closed, now), stat);
}

/**
 * How far back the readings reach that a window which ends at `at` was known from, where they come further apart than
 * half of it; else `null`: the window itself.
 */
export function windowSpan(window: Duration, known: StatisticMemory, at: Millis): Duration | null {
  if (known.open[8] <= window / 2) return null;
  const { older, newer } = known.past;
  const rows = older.length > 0 ? older : newer;
  const from = rows.length > 0 ? rows.at(1) : known.open[0];
  return at - from > window ? at - from : null;
}

/** Part of what is known of a window: ms. */
const ROUNDING = 1;

/** What falls adds up, however long it took: readings count once each, from their instant on. */
export function rememberSum(
  window: Duration,
  before: StatisticMemory | null,
  value: number,
  at: Millis,
): StatisticMemory {
  const length = window / PARTS;
  const phase = before?.phase;
  const index = Math.floor((at - (phase ?? 0)) / length);
  if (before?.by !== 'count')
    return {
      of: 'statistic',
      by: 'count',
      index,
      phase,
      open: counting(partOf(value, at), at, value, 0),
      past: NO_PAST,
    };
  const { open } = before;
  const gap = at - open[6];
  if (index <= before.index)
    return {
      of: 'statistic',
      by: 'count',
      index: before.index,
      phase,
      open: counting(grown(partIn(open), value), at, value, gap),
      past: before.past,
    };
  const past = withOneMore(
    before.past,
    (before.index + 1) * length + (phase ?? 0),
    partIn(open),
    (index - PARTS + 1) * length + (phase ?? 0),
  );
  return {
    of: 'statistic',
    by: 'count',
    index,
    phase,
    open: counting(partOf(value, at), at, value, gap),
    past,
  };
}

/** Known at once. */
export const windowSum = ({ past, open }: StatisticMemory): number =>
  (past.older.length > 0 ? past.older.at(3) : 0) + (past.newerTogether?.[2] ?? 0) + open[2];

const partIn = (p: OpenPart): Part => [p[0], p[1], p[2], p[3], p[4], p[5]];
const counting = (p: Part, at: Millis, value: number, gap: Duration): OpenPart => [
  p[0],
  p[1],
  p[2],
  p[3],
  p[4],
  p[5],
  at,
  value,
  gap,
  0,
];

/** What was kept before readings were weighed by time: each of them stood for as long as they were apart in the mean. */
function timed(window: Duration, { index, phase, open, past }: StatisticMemory): StatisticMemory | null {
  const all = pastTogether(past);
  if (all === null) return null;
  const apart = (open[0] - all[0]) / all[1];
  const scaled = (p: Part | null, by = apart): Part | null =>
    p === null ? null : [p[0], p[1] * by, p[2] * by, p[3] * by, p[4], p[5]];
  const before = (open[1] - 1) * apart;
  const now = scaled(partIn(open), before / open[1]) as Part;
  return {
    of: 'statistic',
    by: 'time',
    index,
    phase,
    open: [...now, open[0] + before, open[2] / open[1], apart, presumed(window, apart, apart)],
    past: {
      newer: scaledRows(past.newer, apart),
      newerTogether: scaled(past.newerTogether),
      older: scaledRows(past.older, apart),
    },
  };
}

/** Why the mean of a window cannot be told; of a sum that is counted it always can. */
export function windowUnjudged(window: Duration, known: StatisticMemory): Unjudged | null {
  const [at, every] = [known.open[6], known.open[8]];
  return known.by === 'count' || windowStatistic('mean', window, known, at) !== null
    ? null
    : ofWindow(every, window);
}

export function statisticMoved(s: StatisticMemory, by: Duration): StatisticMemory {
  return { ...s, phase: phaseMoved(s.phase, by), open: openMoved(s.open, by), past: pastMoved(s.past, by) };
}

export const STATISTIC: SignalKind<SignalOf<'statistic'>> = {
  // As with a rate.
  lookBack: ({ window }) => 4 * window,
  unjudged: ({ stat, window }, known) =>
    known?.of !== 'statistic' || stat === 'sum' ? null : windowUnjudged(window, known),
  answersToNoise: ['deadband', 'onDelay'],
  unit: (_, metric) => metric,
  bounds({ stat }, range) {
    if (stat === 'min' || stat === 'max' || stat === 'mean') return range;
    return stat === 'sum' ? FREE : NOT_NEGATIVE;
  },
  moved: statisticMoved,
};
