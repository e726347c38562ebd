import type { Learned } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { LearnedMemory } from '../memory.ts';

/** The window is learnt in this many means: 48 numbers, whatever the sampling. */
const PARTS = 48;

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
  if (before === null)
    return {
      since: at,
      lastAt: at,
      skipped: 0,
      index: Math.floor(at / (learned.over / PARTS)),
      n: 1,
      sum: value,
      indices: [],
      means: [],
      baseline: null,
      settled: false,
    };
  if (before.settled) return before;
  const gap = Math.max(0, at - before.lastAt);
  const lastAt = Math.max(at, before.lastAt);
  if (!quiet && learned.window === 'rolling') return { ...before, lastAt, skipped: before.skipped + gap };
  // Nothing for longer than the window: what was learnt before it still stands.
  const skipped = before.skipped + Math.max(0, gap - learned.over);

  const index = Math.floor((lastAt - skipped) / (learned.over / PARTS));
  if (index <= before.index) return { ...before, lastAt, skipped, n: before.n + 1, sum: before.sum + value };

  const from = learned.window === 'rolling' ? index - PARTS : -Infinity;
  const first = before.indices.findIndex((i) => i >= from);
  const kept = first < 0 ? before.indices.length : first;
  const indices = [...before.indices.slice(kept), before.index];
  const means = [...before.means.slice(kept), before.sum / before.n];
  const seen = lastAt - skipped - before.since;
  const settled = learned.window === 'first' && seen >= learned.over;
  return {
    since: before.since,
    lastAt,
    skipped,
    index,
    n: 1,
    sum: value,
    indices: settled ? [] : indices,
    means: settled ? [] : means,
    baseline: seen >= learned.over / 4 ? quantile(means, learned.quantile) : null,
    settled,
  };
}

/** Linear between the two nearest ranks. */
export function quantile(of: readonly number[], q: number): number | null {
  const sorted = [...of].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}
