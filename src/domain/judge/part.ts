import { unreachable } from '../result.ts';
import type { Statistic } from '../rule.ts';
import type { Duration, Millis } from '../time.ts';
import type { OpenPart, Part } from './memory.ts';

/** A stretch of one reading, which weighs one. */
export function partOf(value: number, at: Millis): Part {
  return [at, 1, value, 0, value, value];
}

/** One more reading, which weighs one. */
export function grown(p: Part, value: number): Part {
  return weighed(p, value, 1);
}

/** A value that stood for `weight` more (Welford: stable where the readings lie far from 0 and close together). */
export function weighed(p: Part | OpenPart, value: number, weight: number): Part {
  const n = p[1] + weight;
  if (n === 0) return [p[0], 0, 0, 0, Math.min(value, p[4]), Math.max(value, p[5])];
  const sum = p[2] + weight * value;
  const apart = p[1] === 0 ? 0 : value - p[2] / p[1];
  const m2 = p[3] + weight * apart * (value - sum / n);
  return [p[0], n, sum, m2, Math.min(value, p[4]), Math.max(value, p[5])];
}

/** Two stretches as one (Chan); `a` is the older. */
export function joined(a: Part, b: Part): Part {
  const n = a[1] + b[1];
  const min = Math.min(a[4], b[4]);
  const max = Math.max(a[5], b[5]);
  if (a[1] === 0 || b[1] === 0) return [a[0], n, a[2] + b[2], a[3] + b[3], min, max];
  const apart = b[2] / b[1] - a[2] / a[1];
  const m2 = a[3] + b[3] + (apart * apart * a[1] * b[1]) / n;
  return [a[0], n, a[2] + b[2], m2, min, max];
}

/**
 * A reading has come and has stood for no time yet.
 *
 * @param gap to the one before it; 0 for none
 * @param stands for how long it is taken to stand until the next one comes
 */
export function openedBy(value: number, at: Millis, gap: Duration, stands: Duration): OpenPart {
  return [at, 0, 0, 0, value, value, at, value, gap, stands];
}

/** The last reading stood until `until`. */
export function heldUntil(p: OpenPart, until: Millis): Part {
  return weighed(p, p[7], Math.max(0, until - p[6]));
}

/**
 * The last reading stood until `value` came at `at`, which stands now: in one step, for it runs with nearly every reading.
 *
 * @param stands as in `openedBy`
 */
export function stoodUntil(p: OpenPart, value: number, at: Millis, stands: Duration): OpenPart {
  const [min, max] = [Math.min(p[4], value), Math.max(p[5], value)];
  const [n, last, stood] = [p[1], p[7], Math.max(0, at - p[6])];
  // A second reading of one instant is a later one: the gap is that before them.
  const gap = stood === 0 ? p[8] : stood;
  if (n + stood === 0) return [p[0], 0, 0, 0, min, max, at, value, gap, stands];
  const apart = n === 0 ? 0 : last - p[2] / n;
  const sum = p[2] + stood * last;
  const m2 = p[3] + stood * apart * (last - sum / (n + stood));
  return [p[0], n + stood, sum, m2, min, max, at, value, gap, stands];
}

/** In the metric's unit; `deviation` is that of the population. */
export function statisticOf(p: Part, stat: Statistic): number {
  const n = p[1];
  const sum = p[2];
  switch (stat) {
    case 'mean':
      return sum / n;
    case 'rms':
      return Math.sqrt(p[3] / n + (sum / n) ** 2);
    case 'min':
      return p[4];
    case 'max':
      return p[5];
    case 'peakToPeak':
      return p[5] - p[4];
    case 'deviation':
      return Math.sqrt(p[3] / n);
    case 'sum':
      return sum;
    default:
      return unreachable(stat);
  }
}
