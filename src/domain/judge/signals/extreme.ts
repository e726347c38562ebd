import type { SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { ExtremeMemory, SignalMemory } from '../memory.ts';

type Extreme = SignalOf<'extreme'>;

/** How far a reading lies beyond what was known before it; `null` while the point is still being learnt. */
export function beyondExtreme(
  signal: Extreme,
  before: SignalMemory,
  value: number,
  at: Millis,
): number | null {
  if (before?.of !== 'extreme' || at - before.since < signal.learnFor) return null;
  const over = signal.side === 'min' ? 0 : value - before.max;
  const under = signal.side === 'max' ? 0 : before.min - value;
  return Math.max(0, over, under);
}

/**
 * @param quiet no step is on, and none is about to be: the excursion, if there was one, is over
 * @returns `before` itself while no extreme moves
 */
export function rememberExtreme(
  before: SignalMemory,
  value: number,
  at: Millis,
  quiet: boolean,
): ExtremeMemory {
  if (before?.of !== 'extreme')
    return { of: 'extreme', since: at, max: value, min: value, newMax: value, newMin: value };
  const newMax = Math.max(before.newMax, value);
  const newMin = Math.min(before.newMin, value);
  const max = quiet ? newMax : before.max;
  const min = quiet ? newMin : before.min;
  const same =
    max === before.max && min === before.min && newMax === before.newMax && newMin === before.newMin;
  return same ? before : { of: 'extreme', since: before.since, max, min, newMax, newMin };
}
