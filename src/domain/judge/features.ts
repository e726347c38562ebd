import type { Frame } from '../reading.ts';
import type { Duration, Millis } from '../time.ts';
import type { WindowMemory } from './memory.ts';

/** The statistics of one window of a waveform, in the waveform's unit. */
export type Features = {
  /** End of the window, exclusive: the instant that its features are observed at. */
  readonly endsAt: Millis;
  /** Samples that were usable; never 0. */
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Plain root mean square: the mean is not taken out first (an accelerometer's offset counts). */
  readonly rms: number;
  readonly peakToPeak: number;
};

/**
 * Adds a frame's samples to the open window of a waveform. Windows are aligned to multiples of their length in
 * event time; one closes when time has been seen to reach its end, by a sample at or past it. A window without
 * a usable sample leaves nothing behind, and a sample older than the open window is left out: its own has closed.
 *
 * @param window the open window; `undefined` for none
 * @param frame samples in the metric's unit, `null` where unusable; `dt` > 0
 * @returns the window to keep and those that closed, oldest first
 */
export function addFrame(
  window: WindowMemory | undefined,
  frame: Pick<Frame, 'observedAt' | 'dt' | 'samples'>,
  windowMs: Duration,
): { readonly window: WindowMemory | undefined; readonly closed: readonly Features[] } {
  const { observedAt, dt, samples } = frame;
  const closed: Features[] = [];

  let startsAt = window?.startsAt ?? Math.floor(observedAt / windowMs) * windowMs;
  let n = window?.n ?? 0;
  let sum = window?.sum ?? 0;
  let sumOfSquares = window?.sumOfSquares ?? 0;
  let min = window?.min ?? Infinity;
  let max = window?.max ?? -Infinity;

  for (let i = 0; i < samples.length; i++) {
    const t = observedAt + i * dt;
    if (t >= startsAt + windowMs) {
      if (n > 0) closed.push(featuresOf({ startsAt, n, sum, sumOfSquares, min, max }, windowMs));
      startsAt = Math.floor(t / windowMs) * windowMs;
      n = 0;
      sum = 0;
      sumOfSquares = 0;
      min = Infinity;
      max = -Infinity;
    }
    const x = samples[i];
    if (t < startsAt || x === null || x === undefined) continue;
    const square = x * x;
    if (!Number.isFinite(square)) continue; // NaN, ±Infinity, 1e308: one would spoil the sums for good
    n++;
    sum += x;
    sumOfSquares += square;
    if (x < min) min = x;
    if (x > max) max = x;
  }

  return { window: n === 0 ? undefined : { startsAt, n, sum, sumOfSquares, min, max }, closed };
}

function featuresOf(w: WindowMemory, windowMs: Duration): Features {
  return {
    endsAt: w.startsAt + windowMs,
    n: w.n,
    min: w.min,
    max: w.max,
    mean: w.sum / w.n,
    rms: Math.sqrt(w.sumOfSquares / w.n),
    peakToPeak: w.max - w.min,
  };
}
