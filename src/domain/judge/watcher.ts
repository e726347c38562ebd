import type { Step } from '../rule.ts';
import type { Millis } from '../time.ts';
import { passes } from './limit.ts';
import type { WatcherMemory } from './memory.ts';

// One object each for the two states of rest: a point that stays as it is allocates nothing.
export const OFF: WatcherMemory = { on: false, disagreeingSince: null };
const ON: WatcherMemory = { on: true, disagreeingSince: null };

/**
 * One step's watcher sees one more value of the signal.
 *
 * @param signal finite, in the signal's unit
 * @param at event time, not before the previous call's
 * @returns `before` itself when nothing changed
 */
export function watch(step: Step, before: WatcherMemory, signal: number, at: Millis): WatcherMemory {
  const { on, disagreeingSince } = before;
  const condition = passes(step.limit, on ? step.deadband : 0, signal);
  if (condition === on) return disagreeingSince === null ? before : on ? ON : OFF;

  const since = disagreeingSince ?? at;
  if (at - since >= (on ? step.offDelay : step.onDelay)) return on ? OFF : ON;
  return disagreeingSince === null ? { on, disagreeingSince: at } : before;
}
