import type { Signal } from '../../rule.ts';
import { type Millis, minutes } from '../../time.ts';
import type { SignalMemory } from '../memory.ts';

type Rate = Extract<Signal, { of: 'rate' }>;
type RateMemory = Extract<SignalMemory, { of: 'rate' }>;

/** A sensor at 20 Hz must not make us remember 6,000 samples: the window is remembered this finely at most. */
const SAMPLES_PER_WINDOW = 32;

/**
 * Change per minute (or `per`): from the oldest sample in the window to this one.
 *
 * @returns `null` while less than half a window lies between the two: too little to call it a trend
 */
export function rateOf(signal: Rate, before: SignalMemory, value: number, at: Millis): number | null {
  const known = of(before);
  if (known === null) return null;
  const i = firstInside(known, at - signal.window);
  const oldestAt = known.at[i];
  const oldest = known.values[i];
  if (oldestAt === undefined || oldest === undefined) return null;
  const span = at - oldestAt;
  return span <= 0 || span < signal.window / 2
    ? null
    : (value - oldest) / (span / (signal.per ?? minutes(1)));
}

/** @returns `before` itself when the sample comes too soon after the last one remembered */
export function rememberRate(signal: Rate, before: SignalMemory, value: number, at: Millis): RateMemory {
  const known = of(before);
  if (known === null) return { of: 'rate', at: [at], values: [value] };
  const newest = known.at[known.at.length - 1];
  if (newest !== undefined && at - newest < signal.window / SAMPLES_PER_WINDOW) return known;
  const i = firstInside(known, at - signal.window);
  return { of: 'rate', at: followedBy(known.at, i, at), values: followedBy(known.values, i, value) };
}

/** What another kind of signal left behind (the rule was changed) is no memory of ours. */
function of(before: SignalMemory): RateMemory | null {
  return before?.of === 'rate' ? before : null;
}

/**
 * From number `from` on, and one more. In the usual case, a full window that moves on by a sample, one array of its final length
 * is made: this runs for every reading, and spreading slices cost more than twice as much.
 */
function followedBy(of: readonly number[], from: number, next: number): readonly number[] {
  if (from === 0) return [...of, next];
  const moved = of.slice(from - 1);
  const last = moved.length - 1;
  for (let k = 0; k < last; k++) moved[k] = moved[k + 1] as number;
  moved[last] = next;
  return moved;
}

function firstInside(known: RateMemory, from: Millis): number {
  let i = 0;
  while (i < known.at.length && (known.at[i] as number) < from) i++;
  return i;
}
