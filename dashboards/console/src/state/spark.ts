import type { BucketJson } from '../api/answers.ts';

/** A curve of 30 minutes in a few pixels; `null` where nothing was measured. */
export type Spark = {
  readonly path: string;
  readonly dots: readonly (readonly [number, number])[];
  /** How high the limit lies; `null`: there is none of this quantity. */
  readonly limitY: number | null;
};
/** What a bucket is drawn by; a reading of now is one, too. */
export type SparkPart = Pick<BucketJson, 't' | 'min' | 'max'>;

/**
 * Least and greatest of each bucket joined, so that a spike of one sample is seen; a gap stays a gap.
 *
 * @param span `within`: how far apart two buckets may be, in ms, and still be joined
 * @param limit in sight, too: whether a value is past it is what the curve is looked at for; `null`: none
 */
export function sparkOf(
  items: readonly SparkPart[],
  { from, to, within }: { readonly from: number; readonly to: number; readonly within: number },
  size: { readonly width: number; readonly height: number },
  limit: number | null,
): Spark | null {
  const good = items.filter((b) => b.min !== null && b.max !== null && Date.parse(b.t) >= from);
  if (good.length === 0) return null;
  const line = limit === null ? [] : [limit];
  const least = Math.min(...good.map((b) => b.min as number), ...line);
  const most = Math.max(...good.map((b) => b.max as number), ...line);
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
  return { path, dots, limitY: limit === null ? null : y(limit) };
}

const round = (v: number): number => Math.round(v * 10) / 10;
