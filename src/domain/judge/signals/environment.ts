import type { Learned } from '../../rule.ts';
import type { Duration, Millis } from '../../time.ts';
import type { EnvironmentMemory, Moments, RegressionMemory } from '../memory.ts';
import { NO_ROWS } from '../rows.ts';
import { learn, learnedMoved } from './learned.ts';

/** The regression keeps so many parts of its window (of a fortnight: days), each with a mean of its own. */
const PARTS = 14;
/** Numbers of a closed part: which it is, and its moments. */
const WIDTH = 7;
/** Fewer readings than these say nothing of a slope. */
const READINGS_AT_LEAST = 48;
/** Where the environment explains less than this share of what moves within the parts, there is nothing to take out: a slope of 0. */
const EXPLAINS_AT_LEAST = 0.3;

/** One more pair; taken in while the rule is quiet alone, so that damage is not learnt as weather. */
export function rememberEnvironment(
  over: Duration,
  usual: Learned,
  before: EnvironmentMemory | undefined,
  pair: { readonly value: number; readonly beside: number; readonly at: Millis; readonly quiet: boolean },
): EnvironmentMemory {
  return {
    usual: learn(usual, before?.usual ?? null, pair.beside, pair.at, pair.quiet),
    regression: pair.quiet ? regress(over, before?.regression ?? null, pair) : (before?.regression ?? null),
  };
}

/**
 * What the environment adds to a reading now, against what is usual.
 *
 * @returns `null` until a quarter of the regression's window has been seen, and while nothing is known of what is usual
 */
export function environmentEffect(known: EnvironmentMemory | undefined, beside: number): number | null {
  const slope = known?.regression?.slope ?? null;
  const usual = known?.usual?.learnt.baseline ?? null;
  return slope === null || usual === null ? null : slope.perUnit * (beside - usual);
}

/**
 * Least squares of the reading on its environment, within parts: each part has its own mean, so that what settles over days, or
 * shifted once and stayed, is not taken for the effect of a season.
 */
function regress(
  over: Duration,
  before: RegressionMemory | null,
  pair: { readonly value: number; readonly beside: number; readonly at: Millis },
): RegressionMemory {
  const phase = before?.phase ?? 0;
  const index = Math.floor((pair.at - phase) / (over / PARTS));
  const one: Moments = [1, pair.beside, pair.value, 0, 0, 0];
  if (before === null) return { since: pair.at, phase, index, closed: NO_ROWS, open: one, slope: null };
  if (index <= before.index) return { ...before, open: together(before.open, one) };
  const closed = before.closed.followedBy(
    [before.index, ...before.open],
    before.closed.before(index - PARTS, WIDTH),
  );
  const slope = pair.at - before.since >= over / 4 ? slopeOf(closed) : before.slope;
  return { since: before.since, phase, index, closed, open: one, slope };
}

function slopeOf(closed: RegressionMemory['closed']): RegressionMemory['slope'] {
  let [n, xx, xy, yy] = [0, 0, 0, 0];
  for (let i = 0; i < closed.length; i += WIDTH) {
    n += closed.at(i + 1);
    xx += closed.at(i + 4);
    xy += closed.at(i + 5);
    yy += closed.at(i + 6);
  }
  if (n < READINGS_AT_LEAST) return null;
  const share = xx > 0 && yy > 0 ? (xy * xy) / (xx * yy) : 0;
  return { perUnit: share < EXPLAINS_AT_LEAST ? 0 : xy / xx, share, n };
}

/** Moments of two sets as those of one, about their common mean: no cancellation, however far from 0 they lie. */
function together(a: Moments, b: Moments): Moments {
  const n = a[0] + b[0];
  const [dx, dy] = [b[1] - a[1], b[2] - a[2]];
  const w = (a[0] * b[0]) / n;
  return [
    n,
    a[1] + (dx * b[0]) / n,
    a[2] + (dy * b[0]) / n,
    a[3] + b[3] + dx * dx * w,
    a[4] + b[4] + dx * dy * w,
    a[5] + b[5] + dy * dy * w,
  ];
}

/** Parts keep their numbers: the open one goes on, by the clock as it is now. */
export function environmentMoved({ usual, regression }: EnvironmentMemory, by: Duration): EnvironmentMemory {
  return {
    usual: usual && learnedMoved(usual, by),
    regression: regression && { ...regression, since: regression.since + by, phase: regression.phase + by },
  };
}
