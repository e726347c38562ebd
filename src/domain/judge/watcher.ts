import type { Step } from '../rule.ts';
import type { Millis } from '../time.ts';
import { passes } from './limit.ts';
import type { RuleMemory, WatcherMemory } from './memory.ts';

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
/** By number of steps. Nearly all rules rest at nearly all points: they share what they remember of that, so that it stays in the cache. */
const RESTING: RuleMemory[] = [];

/** The memory of a rule with so many steps that has nothing to remember. */
export function resting(steps: number): RuleMemory {
  RESTING[steps] ??= { signal: null, watchers: Array.from({ length: steps }, () => OFF) };
  return RESTING[steps];
}

/** True while a rule has nothing to remember and no step of it is on, or about to be. */
export function isAtRest(memory: RuleMemory): boolean {
  return memory.signal === null && isQuiet(memory.watchers);
}

/** True while no step is on, or about to be. */
export function isQuiet(watchers: readonly WatcherMemory[]): boolean {
  for (let i = 0; i < watchers.length; i++) {
    const w = watchers[i] as WatcherMemory;
    if (w !== OFF && (w.on || w.disagreeingSince !== null)) return false;
  }
  return true;
}

/** The same memory; what rests of it is the one that all share. */
export function shared(memory: RuleMemory): RuleMemory {
  if (!isQuiet(memory.watchers)) return memory;
  const rest = resting(memory.watchers.length);
  return memory.signal === null ? rest : { signal: memory.signal, watchers: rest.watchers };
}
