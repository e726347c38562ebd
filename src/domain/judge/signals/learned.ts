import type { Learned } from '../../rule.ts';
import type { Duration, Millis } from '../../time.ts';
import type { LearnedMemory } from '../memory.ts';
import { NO_ROWS, type Rows } from '../rows.ts';

/** The window is learnt in this many means: 48 numbers, whatever the sampling. */
const PARTS = 48;
/** It takes at least this many readings, spread over it, to have seen it all. */
const READINGS_AT_LEAST = 12;
/** Numbers of a closed part: which it is, and its mean. */
const WIDTH = 2;

/**
 * One more reading for a baseline to learn from.
 *
 * @param quiet no step of the rule is on, or about to be; else a rolling window stands still, so that a leak that
 *   lasts does not become the background
 */
export function learn(
  learned: Learned,
  before: LearnedMemory | null,
  value: number,
  at: Millis,
  quiet: boolean,
): LearnedMemory {
  if (before === null) {
    const index = Math.floor(at / (learned.over / PARTS));
    return {
      learnt: { since: at, index, means: NO_ROWS, baseline: null, settled: false },
      open: [at, 0, 0, 0, value],
    };
  }
  const { learnt } = before;
  if (learnt.settled) return before;
  const [wasAt, wasSkipped, wasWeight, wasSum, last] = before.open;
  const gap = Math.max(0, at - wasAt);
  const lastAt = Math.max(at, wasAt);
  if (!quiet && learned.window === 'rolling')
    return { learnt, open: [lastAt, wasSkipped + gap, wasWeight, wasSum, last] };
  // A reading stands until the next one comes, but a gap teaches no more than one reading may: what was learnt before it still stands.
  const held = Math.min(gap, learned.over / READINGS_AT_LEAST);
  const skipped = wasSkipped + gap - held;
  const weight = wasWeight + held;
  const sum = wasSum + held * last;

  const index = Math.floor((lastAt - skipped) / (learned.over / PARTS));
  if (index <= learnt.index) return { learnt, open: [lastAt, skipped, weight, sum, value] };

  const { since } = learnt;
  const from = learned.window === 'rolling' ? index - PARTS : -Infinity;
  const mean = weight === 0 ? last : sum / weight;
  const means = learnt.means.followedBy([learnt.index, mean], learnt.means.before(from, WIDTH));
  const seen = lastAt - skipped - since;
  const settled = learned.window === 'first' && seen >= learned.over;
  const baseline = seen >= learned.over / 4 ? quantile(meansOf(means), learned.quantile) : null;
  return {
    learnt: { since, index, means: settled ? NO_ROWS : means, baseline, settled },
    open: [lastAt, skipped, 0, 0, value],
  };
}

function meansOf(rows: Rows): number[] {
  const means: number[] = [];
  for (let i = 1; i < rows.length; i += WIDTH) means.push(rows.at(i));
  return means;
}

/** Linear between the two nearest ranks. */
export function quantile(of: readonly number[], q: number): number | null {
  const sorted = Float64Array.from(of).sort();
  const place = q * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

/** Counted as time that taught nothing: parts keep their numbers. */
export function learnedMoved({ learnt, open }: LearnedMemory, by: Duration): LearnedMemory {
  const [lastAt, skipped, weight, sum, last] = open;
  return { learnt, open: [lastAt + by, skipped + by, weight, sum, last] };
}
