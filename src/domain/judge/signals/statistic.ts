import type { Statistic } from '../../rule.ts';
import type { Duration, Millis } from '../../time.ts';
import type { Part, StatisticMemory } from '../memory.ts';
import { grown, joined, partOf, statisticOf } from '../part.ts';

/** A window is remembered in this many parts: whatever the sampling, it costs the same. */
const PARTS = 24;

/** @param before of any signal: what another kind left behind (the rule was changed) is no memory of ours */
export function rememberWindow(
  window: Duration,
  before: StatisticMemory | null,
  value: number,
  at: Millis,
): StatisticMemory {
  const index = Math.floor(at / (window / PARTS));
  if (before === null)
    return { of: 'statistic', index, open: partOf(value, at), closed: [], indices: [], together: null };
  if (index <= before.index) {
    const { closed, indices, together } = before;
    return {
      of: 'statistic',
      index: before.index,
      open: grown(before.open, value),
      closed,
      indices,
      together,
    };
  }
  const oldest = index - PARTS;
  const closed: Part[] = [];
  const indices: number[] = [];
  let together: Part | null = null;
  const keep = (part: Part, i: number) => {
    if (i <= oldest) return;
    closed.push(part);
    indices.push(i);
    together = together === null ? part : joined(together, part);
  };
  for (let k = 0; k < before.closed.length; k++) keep(before.closed[k] as Part, before.indices[k] as number);
  keep(before.open, before.index);
  return { of: 'statistic', index, open: partOf(value, at), closed, indices, together };
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
  const all = known.together === null ? known.open : joined(known.together, known.open);
  if (stat !== 'sum' && at - all.from < window / 2) return null;
  return statisticOf(all, stat);
}
