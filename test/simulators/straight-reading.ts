import type { Level } from '../../src/domain/level.ts';
import type { Limit, Rule, Step } from '../../src/domain/rule.ts';

/*
 * What a rule on a value says of a curve, read straight from its definition and written without a look at the
 * evaluator: a step takes hold at the first sample of a run of samples past its limit that has lasted its
 * on-delay, and lets go at the first sample of a run of samples back past its deadband that has lasted its
 * off-delay. It sees the whole curve at once, where the evaluator sees one sample at a time.
 */

export type Sample = { readonly at: number; readonly value: number };

export type Story = {
  /** The sample at which the alarm must be raised, and the level it is raised at. */
  readonly raisedAt: number;
  readonly raisedLevel: Level;
  /** The gravest level over the whole curve. */
  readonly gravest: Level;
  /** Whether nothing is in force after the last sample. */
  readonly returned: boolean;
};

/** `null`: the curve must not raise anything. */
export function storyOf(rule: Rule, curve: readonly Sample[]): Story | null {
  const levels = levelsOf(rule, curve);
  const first = levels.findIndex((l) => l !== null);
  const raisedAt = curve[first]?.at;
  const raisedLevel = levels[first];
  if (raisedAt === undefined || raisedLevel === undefined || raisedLevel === null) return null;
  const gravest = Math.min(...levels.filter((l) => l !== null)) as Level;
  return { raisedAt, raisedLevel, gravest, returned: levels.at(-1) === null };
}

/** The level in force after each sample. */
export function levelsOf(rule: Rule, curve: readonly Sample[]): (Level | null)[] {
  const levels: (Level | null)[] = curve.map(() => null);
  for (const step of rule.steps) {
    for (const { from, to } of holds(step, curve)) {
      for (let i = from; i < to; i++) {
        const before = levels[i] as Level | null;
        levels[i] = before === null || step.level < before ? step.level : before;
      }
    }
  }
  return levels;
}

/** Index ranges in which the step holds; `to` is the sample at which it has let go. */
function holds(step: Step, curve: readonly Sample[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let next = 0;
  while (next < curve.length) {
    const from = lasting(curve, next, step.onDelay, (v) => isPast(step.limit, v));
    if (from === null) break;
    const to = lasting(curve, from + 1, step.offDelay, (v) => isBack(step.limit, step.deadband, v));
    found.push({ from, to: to ?? curve.length });
    if (to === null) break;
    next = to + 1;
  }
  return found;
}

/** First sample that ends `duration` of unbroken `holding`, counted from the first sample of its run. */
function lasting(
  curve: readonly Sample[],
  start: number,
  duration: number,
  holding: (value: number) => boolean,
): number | null {
  for (let first = start; first < curve.length; first++) {
    if (!holding((curve[first] as Sample).value)) continue;
    let last = first;
    while (last + 1 < curve.length && holding((curve[last + 1] as Sample).value)) last++;
    const lastsUntil = (curve[first] as Sample).at + duration;
    for (let i = first; i <= last; i++) if ((curve[i] as Sample).at >= lastsUntil) return i;
    first = last;
  }
  return null;
}

function isPast(limit: Limit, v: number): boolean {
  if (limit.is === 'above') return v >= limit.limit;
  if (limit.is === 'below') return v <= limit.limit;
  return v < limit.low || v > limit.high;
}

function isBack(limit: Limit, deadband: number, v: number): boolean {
  if (limit.is === 'above') return v < limit.limit - deadband;
  if (limit.is === 'below') return v > limit.limit + deadband;
  return v >= limit.low + deadband && v <= limit.high - deadband;
}
