import { fft } from './fft.ts';
import type { UnbrokenSamples } from './stretches.ts';

export type Spectrum = {
  /** Hz from one value of `density` to the next; the first one is 0 Hz. */
  readonly step: number;
  /** Power spectral density, one-sided, in the samples' unit squared per Hz. */
  readonly density: Float64Array;
  /** The same of each segment: how far one differs from the next says how sure a peak is. */
  readonly segments: readonly Float64Array[];
};

/** Of a segment: fine enough to tell two modes of a bridge apart (0.05 Hz), short enough for many in ten minutes (D). */
const SECONDS = 20;
const SHORTEST = 256;
const LONGEST = 8_192;
/** With fewer no spread can be told. */
export const SEGMENTS_AT_LEAST = 4;

/**
 * Welch's estimate (1967): segments that overlap by half, each without its mean and under a Hann window, averaged. Stops after each segment,
 * for whoever has others to let by.
 *
 * @returns `null` where there are too few samples without a gap
 */
export function* welch(stretches: readonly UnbrokenSamples[]): Generator<void, Spectrum | null> {
  const dt = stretches.reduce(
    (most, s) => (s.samples.length > most.n ? { n: s.samples.length, dt: s.dt } : most),
    {
      n: 0,
      dt: 0,
    },
  ).dt;
  const same = stretches.filter((s) => s.dt === dt);
  const length = lengthOf(same, dt);
  if (length === null) return null;
  const window = hann(length);
  const hz = 1_000 / dt;
  const segments: Float64Array[] = [];
  for (const { samples } of same)
    for (let from = 0; from + length <= samples.length; from += length / 2) {
      segments.push(densityOf(samples.subarray(from, from + length), window, hz));
      yield;
    }
  const density = new Float64Array(length / 2 + 1);
  for (const s of segments)
    for (let i = 0; i < density.length; i++)
      density[i] = (density[i] as number) + (s[i] as number) / segments.length;
  return { step: hz / length, density, segments };
}

/** The longest segment, up to twenty seconds, of which there are enough. */
function lengthOf(stretches: readonly UnbrokenSamples[], dt: number): number | null {
  const wanted = 2 ** Math.round(Math.log2((SECONDS * 1_000) / dt));
  const of = (length: number): number =>
    stretches.reduce((n, s) => n + Math.max(0, Math.floor((2 * s.samples.length) / length) - 1), 0);
  for (let length = Math.min(LONGEST, Math.max(SHORTEST, wanted)); length >= SHORTEST; length /= 2)
    if (of(length) >= SEGMENTS_AT_LEAST) return length;
  return null;
}

const hann = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));

function densityOf(samples: Float64Array, window: Float64Array, hz: number): Float64Array {
  const n = samples.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += samples[i] as number;
  const mean = sum / n;
  let power = 0;
  const re = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const w = window[i] as number;
    power += w * w;
    re[i] = ((samples[i] as number) - mean) * w;
  }
  const im = new Float64Array(n);
  fft(re, im);
  const density = new Float64Array(n / 2 + 1);
  for (let i = 0; i < density.length; i++) {
    const oneSided = i === 0 || i === n / 2 ? 1 : 2;
    density[i] = (oneSided * ((re[i] as number) ** 2 + (im[i] as number) ** 2)) / (hz * power);
  }
  return density;
}
