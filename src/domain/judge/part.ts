import { unreachable } from '../result.ts';
import type { Statistic } from '../rule.ts';
import type { Millis } from '../time.ts';
import type { Part } from './memory.ts';

/** A stretch of one reading. */
export function partOf(value: number, at: Millis): Part {
  return { from: at, n: 1, sum: value, m2: 0, min: value, max: value };
}

/** One more reading (Welford: stable where the readings lie far from 0 and close together). */
export function grown(p: Part, value: number): Part {
  const n = p.n + 1;
  const sum = p.sum + value;
  return {
    from: p.from,
    n,
    sum,
    m2: p.m2 + (value - p.sum / p.n) * (value - sum / n),
    min: Math.min(value, p.min),
    max: Math.max(value, p.max),
  };
}

/** Two stretches as one (Chan); `a` is the older. */
export function joined(a: Part, b: Part): Part {
  const n = a.n + b.n;
  const apart = b.sum / b.n - a.sum / a.n;
  return {
    from: a.from,
    n,
    sum: a.sum + b.sum,
    m2: a.m2 + b.m2 + (apart * apart * a.n * b.n) / n,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** In the metric's unit; `deviation` is that of the population. */
export function statisticOf(p: Part, stat: Statistic): number {
  switch (stat) {
    case 'mean':
      return p.sum / p.n;
    case 'rms':
      return Math.sqrt(p.m2 / p.n + (p.sum / p.n) ** 2);
    case 'min':
      return p.min;
    case 'max':
      return p.max;
    case 'peakToPeak':
      return p.max - p.min;
    case 'deviation':
      return Math.sqrt(p.m2 / p.n);
    case 'sum':
      return p.sum;
    default:
      return unreachable(stat);
  }
}
