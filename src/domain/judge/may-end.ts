import type { Quality } from '../reading.ts';
import type { Judgement } from './evaluate.ts';
import type { RuleMemory, WatcherMemory } from './memory.ts';

/** Whether a reading of this quality may end what is on. What may be a code for a fault may raise an alarm, and ends none. */
export const mayEnd = (quality: Quality): boolean => quality.grade === 'good' || quality.why !== 'sentinel';

/**
 * What a rule takes from a value that may be a code for a fault: nothing, where it would bring the rule nearer to its end;
 * else what its watchers say. Windows, baselines and extremes learn nothing from it.
 *
 * @returns `null` where the rule says what it said before
 */
export function raisedBy(before: RuleMemory, found: Judgement): Judgement | null {
  if (before.watchers.some((w, i) => calms(w, found.memory.watchers[i]))) return null;
  if (found.memory.watchers === before.watchers) return { ...found, memory: before };
  return { ...found, memory: { signal: before.signal, watchers: found.memory.watchers } };
}

function calms(before: WatcherMemory, after: WatcherMemory | undefined): boolean {
  if (before.on)
    return after?.on !== true || (before.disagreeingSince === null && after.disagreeingSince !== null);
  return before.disagreeingSince !== null && after?.on !== true && after?.disagreeingSince == null;
}
