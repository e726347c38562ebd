import type { Band } from '../../parts/curve/marks.ts';
import type { Trend } from '../../state/trend.ts';

/**
 * Below which 95 % of the readings lie, as far as buckets can tell: the mean of each, weighed by how many readings it has. With
 * 600 of them that is as fine as the drawing. `null`: there is nothing.
 */
export function p95Of(trend: Trend): number | null {
  const means = trend.buckets
    .flatMap((b) => (b.avg === null || b.n === 0 ? [] : [{ value: b.avg, n: b.n }]))
    .sort((a, b) => a.value - b.value);
  const all = means.reduce((sum, m) => sum + m.n, 0);
  let below = 0;
  for (const m of means) {
    below += m.n;
    if (below >= all * 0.95) return m.value;
  }
  return null;
}

/**
 * How long the curve lay beyond the limit that is nearest to what is normal, in milliseconds. Of a bucket that reaches over it
 * the part that lies over it; a bucket holds until the next one, if that is not too far; silence counts as nothing.
 *
 * @param within as of `gridOf`
 * @returns `null`: there is no limit
 */
export function timeOver(trend: Trend, bands: readonly Band[], within: number): number | null {
  if (bands.length === 0) return null;
  const above = bands.find((b) => b.side === 'above')?.edge ?? Number.POSITIVE_INFINITY;
  const below = bands.find((b) => b.side === 'below')?.edge ?? Number.NEGATIVE_INFINITY;
  let ms = 0;
  trend.buckets.forEach((b, i) => {
    if (b.min === null || b.max === null) return;
    const next = trend.buckets[i + 1];
    const holds = next !== undefined && next.t - b.t <= within ? next.t - b.t : trend.width;
    ms += holds * Math.max(partOver(b.min, b.max, above), 1 - partOver(b.min, b.max, below));
  });
  return Math.round(ms);
}

/** How much of a stretch of values lies at an edge or beyond it. */
function partOver(min: number, max: number, edge: number): number {
  if (min >= edge) return 1;
  return max < edge ? 0 : (max - edge) / (max - min);
}
