import type { BucketJson } from '../api/answers.ts';

/** A curve of 30 minutes in a few pixels; `null` where nothing was measured. */
export type Spark = { readonly path: string; readonly dots: readonly (readonly [number, number])[] };

/**
 * Least and greatest of each bucket joined, so that a spike of one sample is seen; a gap stays a gap.
 *
 * @param within how far apart two buckets may be, in ms, and still be joined
 */
export function sparkOf(
  items: readonly BucketJson[],
  from: number,
  to: number,
  size: { readonly width: number; readonly height: number },
  within: number,
): Spark | null {
  const good = items.filter((b) => b.min !== null && b.max !== null);
  if (good.length === 0) return null;
  const least = Math.min(...good.map((b) => b.min as number));
  const most = Math.max(...good.map((b) => b.max as number));
  const x = (t: number): number => round(((t - from) / (to - from)) * size.width);
  const y = (v: number): number =>
    most === least
      ? size.height / 2
      : round(size.height - 2 - ((v - least) / (most - least)) * (size.height - 4));
  let path = '';
  const dots: [number, number][] = [];
  let last = Number.NEGATIVE_INFINITY;
  good.forEach((b, i) => {
    const t = Date.parse(b.t);
    const joined = t - last <= within;
    const next = good[i + 1];
    path += `${joined ? 'L' : 'M'}${x(t)} ${y(b.min as number)}L${x(t)} ${y(b.max as number)}`;
    if (!joined && (next === undefined || Date.parse(next.t) - t > within))
      dots.push([x(t), y(b.max as number)]);
    last = t;
  });
  return { path, dots };
}

const round = (v: number): number => Math.round(v * 10) / 10;
