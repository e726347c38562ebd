import { unreachable } from '../result.ts';
import type { Statistic } from '../rule.ts';
import type { Millis } from '../time.ts';
import type { Part } from './memory.ts';

/** A stretch of one reading. */
export function partOf(value: number, at: Millis): Part {
  return [at, 1, value, 0, value, value];
}

/** One more reading (Welford: stable where the readings lie far from 0 and close together). */
export function grown(p: Part, value: number): Part {
  const n = p[1] + 1;
  const sum = p[2] + value;
  const m2 = p[3] + (value - p[2] / p[1]) * (value - sum / n);
  return [p[0], n, sum, m2, Math.min(value, p[4]), Math.max(value, p[5])];
}

/** Two stretches as one (Chan); `a` is the older. */
export function joined(a: Part, b: Part): Part {
  const n = a[1] + b[1];
  const apart = b[2] / b[1] - a[2] / a[1];
  const m2 = a[3] + b[3] + (apart * apart * a[1] * b[1]) / n;
  return [a[0], n, a[2] + b[2], m2, Math.min(a[4], b[4]), Math.max(a[5], b[5])];
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
