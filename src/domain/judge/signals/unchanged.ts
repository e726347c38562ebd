import type { Signal } from '../../rule.ts';
import { type Millis, minutes } from '../../time.ts';
import { isAtLeast } from '../limit.ts';
import type { SignalMemory } from '../memory.ts';

type Unchanged = Extract<Signal, { of: 'unchangedFor' }>;
type UnchangedMemory = Extract<SignalMemory, { of: 'unchangedFor' }>;

/** @returns `before` itself while the value stays where it was; `null` where standing still is natural */
export function rememberUnchanged(
  signal: Unchanged,
  before: SignalMemory,
  value: number,
  at: Millis,
): UnchangedMemory | null {
  if (signal.onlyAbove !== undefined && value <= signal.onlyAbove) return null;
  const still =
    before?.of === 'unchangedFor' && isAtLeast(signal.within, Math.abs(value - before.value), value);
  return still ? before : { of: 'unchangedFor', since: at, value };
}

/** Minutes for which the value has stood still, this sample included. */
export function unchangedFor(now: UnchangedMemory | null, at: Millis): number {
  return now === null ? 0 : Math.max(0, at - now.since) / minutes(1);
}
