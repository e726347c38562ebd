import type { Signal, Step } from '../../rule.ts';
import { type Duration, type Millis, minutes } from '../../time.ts';
import { isAtLeast } from '../limit.ts';
import type { SignalMemory } from '../memory.ts';
import { NOT_NEGATIVE, type SignalKind } from './kind.ts';

type Unchanged = Extract<Signal, { of: 'unchangedFor' }>;
type UnchangedMemory = Extract<SignalMemory, { of: 'unchangedFor' }>;

/** A sensor is stuck when at least so many readings, spread over the time, have repeated it: a gap says nothing. */
const REPEATED_AT_LEAST = 4;

/** How long a reading may speak for the time before it, at least: less than it may by any rule's limit. */
const VOUCHES_LEAST = minutes(1);

/** How long a reading may speak for the time before it, at most. */
function vouchesFor(steps: readonly Step[]): Duration {
  let least = Infinity;
  for (const { limit } of steps) if (limit.is === 'above' && limit.limit < least) least = limit.limit;
  return Math.max(minutes(least) / REPEATED_AT_LEAST, VOUCHES_LEAST);
}

/** @returns mostly `before` itself while the value stays where it was; `null` where standing still is natural */
export function rememberUnchanged(
  signal: Unchanged,
  before: SignalMemory,
  value: number,
  at: Millis,
  steps: readonly Step[],
): UnchangedMemory | null {
  if (signal.onlyAbove !== undefined && value <= signal.onlyAbove) return null;
  const still =
    before?.of === 'unchangedFor' && isAtLeast(signal.within, Math.abs(value - before.value), value);
  if (!still) return { of: 'unchangedFor', since: at, value, seenAt: at };
  // Written down now and then: nothing is replaced with every reading.
  const unseen = before.seenAt === undefined ? 0 : at - before.seenAt;
  if (before.seenAt !== undefined && unseen <= VOUCHES_LEAST / 2) return before;
  const vouches = vouchesFor(steps);
  if (before.seenAt !== undefined && unseen <= vouches / 2) return before;
  const gap = Math.max(0, unseen - vouches);
  return { of: 'unchangedFor', since: before.since + gap, value: before.value, seenAt: at };
}

/** Minutes for which the value has stood still, this sample included; of a gap no more than a reading may speak for. */
export function unchangedFor(now: UnchangedMemory | null, at: Millis): number {
  return now === null ? 0 : Math.max(0, at - now.since) / minutes(1);
}

export const UNCHANGED: SignalKind<Unchanged> = {
  lookBack: (_, farthest) => minutes(farthest),
  answersToNoise: [],
  unit: () => 'min',
  bounds: () => NOT_NEGATIVE,
  moved(known, by) {
    const { since, seenAt } = known;
    return { ...known, since: since + by, ...(seenAt === undefined ? {} : { seenAt: seenAt + by }) };
  },
};
