import { type Duration, type Millis, minutes } from '../time.ts';

/** One value of a depth, in the metric's unit. */
export type Sample = { readonly at: Millis; readonly value: number };

export const MINUTE: Duration = minutes(1);
/** A sample stands for so long; past it nothing is known. Gauges send every 5 min, faster when wet. */
const STANDS: Duration = minutes(15);

/**
 * What was known at the end of each minute, oldest first: the newest sample so far, never one that came later. `NaN` where the last one
 * is too old.
 *
 * @param samples in order of time
 * @param until end of the last minute
 */
export function minutesOf(samples: readonly Sample[], from: Millis, until: Millis): Float64Array {
  const known = new Float64Array(Math.max(0, Math.floor((until - from) / MINUTE) + 1)).fill(Number.NaN);
  let next = 0;
  let newest: Sample | null = null;
  for (let i = 0; i < known.length; i++) {
    const at = from + i * MINUTE;
    for (; next < samples.length && (samples[next] as Sample).at <= at; next++)
      newest = samples[next] as Sample;
    if (newest !== null && at - newest.at <= STANDS) known[i] = newest.value;
  }
  return known;
}

/** Water stood there, from one dry time to the next: a value a minute. */
export type PastFlood = {
  readonly from: Millis;
  readonly minutes: Float64Array;
  /** mm fallen since the beginning, by the minute, from an hour before the first of `minutes` to half an hour after the last; absent: no gauge is near. */
  readonly rain?: Float64Array;
};

/** Dry for so long ends it. */
const DRY: Duration = minutes(30);
/** A flood of a week is a sensor that is wrong, or a pond. */
const LONGEST = 7 * 24 * 60;

/**
 * The floods in a series.
 *
 * @param samples in order of time
 * @param wet from this depth on there is water
 * @param counts a flood that stays below it is a puddle, and none
 */
export function floodsOf(samples: readonly Sample[], wet: number, counts: number): readonly PastFlood[] {
  const floods: PastFlood[] = [];
  let begun: number | null = null;
  let lastWet = 0;
  let peak = 0;
  const close = (): void => {
    if (begun === null) return;
    const first = samples[begun] as Sample;
    const last = samples[lastWet] as Sample;
    const until = Math.min(last.at, first.at + LONGEST * MINUTE);
    if (peak >= counts)
      floods.push({ from: first.at, minutes: minutesOf(samples.slice(begun, lastWet + 1), first.at, until) });
    begun = null;
  };
  for (const [i, s] of samples.entries()) {
    if (begun !== null && s.at - (samples[lastWet] as Sample).at > DRY) close();
    if (s.value < wet) continue;
    if (begun === null) [begun, peak] = [i, 0];
    lastWet = i;
    peak = Math.max(peak, s.value);
  }
  close();
  return floods;
}
