import type { Signal } from '../../rule.ts';
import { type Millis, minutes } from '../../time.ts';
import type { SignalMemory } from '../memory.ts';
import { Rows } from '../rows.ts';

type Rate = Extract<Signal, { of: 'rate' }>;
type RateMemory = Extract<SignalMemory, { of: 'rate' }>;

/** A sensor at 20 Hz must not make us remember 6,000 samples: the window is remembered this finely at most. */
const SAMPLES_PER_WINDOW = 32;
/** Numbers of a sample: instant and value. */
const WIDTH = 2;

/**
 * Change per minute (or `per`): from the oldest sample in the window to this one.
 *
 * @returns `null` while less than half a window lies between the two: too little to call it a trend
 */
export function rateOf(signal: Rate, before: SignalMemory, value: number, at: Millis): number | null {
  const known = of(before);
  if (known === null) return null;
  const { samples } = known;
  const i = samples.before(at - signal.window, WIDTH);
  if (i >= samples.length) return null;
  const span = at - samples.at(i);
  return span <= 0 || span < signal.window / 2
    ? null
    : (value - samples.at(i + 1)) / (span / (signal.per ?? minutes(1)));
}

/** @returns `before` itself when the sample comes too soon after the last one remembered */
export function rememberRate(signal: Rate, before: SignalMemory, value: number, at: Millis): RateMemory {
  const known = of(before);
  if (known === null) return { of: 'rate', samples: Rows.of([at, value]) };
  const { samples } = known;
  if (at - samples.at(samples.length - WIDTH) < signal.window / SAMPLES_PER_WINDOW) return known;
  return { of: 'rate', samples: samples.followedBy([at, value], samples.before(at - signal.window, WIDTH)) };
}

/** What another kind of signal left behind (the rule was changed) is no memory of ours. */
function of(before: SignalMemory): RateMemory | null {
  return before?.of === 'rate' ? before : null;
}
