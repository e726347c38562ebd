import { median } from '../median.ts';
import type { Millis } from '../time.ts';

/** What a rule's signal was at a point, oldest first; only what was known. */
export type NoiseTrace = { readonly at: readonly Millis[]; readonly signal: readonly number[] };

/** How much a signal moves from one reading to the next without anything happening; in the signal's unit. */
export type Noise = {
  /** Standard deviation, told robustly: an excursion, a jump or a slow drift hardly moves it. */
  readonly sigma: number;
  /** The smallest move there was: a sensor that counts in steps of 0.1 cannot be quieter than that. */
  readonly step: number;
};

/** Fewer differences than this say nothing about noise. */
const PAIRS_AT_LEAST = 30;
/** More would cost time and tell no more. */
const PAIRS_AT_MOST = 20_000;
/** Of normally distributed values: standard deviation by median absolute deviation. */
const SIGMA_BY_MAD = 1.4826;
/** Readings farther apart than so many usual intervals are no neighbours: much may have happened between. */
const NEIGHBOURS = 3;

/**
 * The noise of a signal, from the differences of neighbouring readings: of the world little happens between two of
 * them, so what differs is the sensor. √2, because both readings of a difference are noisy.
 *
 * @returns `null` where there is too little to tell
 */
export function noiseOf({ at, signal }: NoiseTrace): Noise | null {
  const stride = Math.max(1, Math.floor(at.length / PAIRS_AT_MOST));
  const spans: number[] = [];
  for (let i = 1; i < at.length; i += stride) spans.push((at[i] as number) - (at[i - 1] as number));
  if (spans.length < PAIRS_AT_LEAST) return null;
  const apart = median(spans) * NEIGHBOURS;
  const differences: number[] = [];
  let step = Infinity;
  for (let i = 1; i < at.length; i += stride) {
    if ((at[i] as number) - (at[i - 1] as number) > apart) continue;
    const [a, b] = [signal[i - 1] as number, signal[i] as number];
    const d = b - a;
    differences.push(d);
    // Less than this is not the sensor's but the arithmetic's.
    const moved = Math.abs(d);
    if (moved > 1e-9 * Math.max(1, Math.abs(a)) && moved < step) step = moved;
  }
  if (differences.length < PAIRS_AT_LEAST) return null;
  const middle = median(differences);
  const mad = median(differences.map((d) => Math.abs(d - middle)));
  return { sigma: (SIGMA_BY_MAD * mad) / Math.SQRT2, step: step === Infinity ? 0 : step };
}
