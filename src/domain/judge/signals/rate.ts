import type { Signal } from '../../rule.ts';
import { type Duration, type Millis, minutes } from '../../time.ts';
import type { SignalMemory } from '../memory.ts';
import { rowsMoved } from '../moved.ts';
import { Rows } from '../rows.ts';
import { FREE, ofWindow, type SignalKind } from './kind.ts';
import { NEIGHBOURS } from './statistic.ts';

type Rate = Extract<Signal, { of: 'rate' }>;
type RateMemory = Extract<SignalMemory, { of: 'rate' }>;

/** A sensor at 20 Hz must not make us remember 6,000 samples: the window is remembered this finely at most. */
const SAMPLES_PER_WINDOW = 32;
/** Numbers of a sample: instant and value. */
const WIDTH = 2;

/**
 * Whether the sample before the window lies far back, by itself or for a device that usually comes oftener: then the change
 * says what was reached at some time since (it went at least so fast then), and not that it does no more.
 */
export function isFar(signal: Rate, before: SignalMemory, span: Duration): boolean {
  const samples = of(before)?.samples;
  if (samples === undefined || samples.length < 2 * WIDTH) return true;
  const usual = samples.at(samples.length - WIDTH) - samples.at(samples.length - 2 * WIDTH);
  return span > NEIGHBOURS * signal.window || span > 2 * usual;
}

/**
 * What a change is told from.
 *
 * @param i of the sample that it is taken from (`anchorOf`)
 */
export const rateSpan = (before: SignalMemory, i: number, at: Millis): Duration =>
  at - (of(before) as RateMemory).samples.at(i);

export const changeSince = (before: SignalMemory, i: number, value: number): number =>
  value - (of(before) as RateMemory).samples.at(i + 1);

/** Change per minute (or `per`). */
export const rateOf = ({ per }: Rate, change: number, span: Duration): number =>
  change / (span / (per ?? minutes(1)));

/** @returns `before` itself when the sample comes too soon after the last one remembered */
export function rememberRate(signal: Rate, before: SignalMemory, value: number, at: Millis): RateMemory {
  const known = of(before);
  if (known === null) return { of: 'rate', samples: Rows.of([at, value]) };
  const { samples } = known;
  if (at - samples.at(samples.length - WIDTH) < signal.window / SAMPLES_PER_WINDOW) return known;
  // The last one before the window stays: it may be all that a change can be taken from.
  const gone = Math.max(0, samples.before(at - signal.window, WIDTH) - WIDTH);
  return { of: 'rate', samples: samples.followedBy([at, value], gone) };
}

/**
 * Whether a change could be told at the last sample that is remembered.
 *
 * @returns `null` where it could, else how far that one lay behind the one before it; 0 for the first
 */
function rateUnknown(signal: Rate, known: SignalMemory): Duration | null {
  const samples = of(known)?.samples;
  if (samples === undefined) return null;
  const last = samples.length - WIDTH;
  if (last < WIDTH) return 0;
  const at = samples.at(last);
  const gap = at - samples.at(last - WIDTH);
  const i = samples.before(at - signal.window, WIDTH);
  if (i >= last) return gap > NEIGHBOURS * signal.window ? gap : null;
  return at - samples.at(i) >= signal.window / 2 ? null : gap;
}

/**
 * The sample that a change is taken from: the oldest in the window, or where the window holds none, the last one before it.
 *
 * @returns its place in the rows; `null` while there is none, or less than half a window lies between the two: too little to call
 *   it a trend
 */
export function anchorOf(signal: Rate, before: SignalMemory, at: Millis): number | null {
  const known = of(before);
  if (known === null) return null;
  const { samples } = known;
  const i = samples.before(at - signal.window, WIDTH);
  if (i >= samples.length) return i - WIDTH;
  return at - samples.at(i) >= signal.window / 2 && at > samples.at(i) ? i : null;
}

/** What another kind of signal left behind (the rule was changed) is no memory of ours. */
function of(before: SignalMemory): RateMemory | null {
  return before?.of === 'rate' ? before : null;
}

export const RATE: SignalKind<Rate> = {
  // Samples that come further apart than the window are judged by their neighbours.
  lookBack: ({ window }) => 4 * window,
  unjudged(signal, known) {
    const every = rateUnknown(signal, known);
    return every === null ? null : ofWindow(every, signal.window);
  },
  answersToNoise: ['deadband', 'onDelay'],
  unit: () => undefined,
  bounds: () => FREE,
  moved: ({ of, samples }, by) => ({ of, samples: rowsMoved(samples, WIDTH, 1, by) }),
};
