import type { BucketJson } from '../api/answers.ts';
import { dueWithin } from './age.ts';
import type { LiveReading } from './values.ts';

export type Bucket = Omit<BucketJson, 't'> & { readonly t: number };

/** A stretch of one metric on an even grid; the grid goes on to the right as live readings come in. */
export type Trend = {
  readonly origin: number;
  /** Milliseconds per bucket. */
  readonly width: number;
  readonly buckets: readonly Bucket[];
};

export function trendOf(from: number, to: number, count: number, items: readonly BucketJson[]): Trend {
  return {
    origin: from,
    width: (to - from) / count,
    buckets: items.map((b) => ({ ...b, t: Date.parse(b.t) })).sort((a, b) => a.t - b.t),
  };
}

/** Takes a live reading into its bucket, so that the curve's end is alive and a spike is not averaged away. */
export function grow(trend: Trend, reading: Pick<LiveReading, 'value' | 'quality' | 'observedAt'>): Trend {
  const at = Date.parse(reading.observedAt);
  const t = trend.origin + Math.floor((at - trend.origin) / trend.width) * trend.width;
  const buckets = [...trend.buckets];
  let i = buckets.length;
  while (i > 0 && (buckets[i - 1] as Bucket).t > t + trend.width / 2) i -= 1;
  const known = buckets[i - 1];
  if (known && Math.abs(known.t - t) < trend.width / 2) buckets[i - 1] = take(known, reading);
  else
    buckets.splice(i, 0, take({ t, min: null, max: null, avg: null, n: 0, worstQuality: 'good' }, reading));
  return { ...trend, buckets };
}

function take(b: Bucket, r: Pick<LiveReading, 'value' | 'quality'>): Bucket {
  const worstQuality = RANK[r.quality] > RANK[b.worstQuality] ? r.quality : b.worstQuality;
  if (r.value === null || r.quality === 'bad') return { ...b, worstQuality };
  return {
    t: b.t,
    min: b.min === null ? r.value : Math.min(b.min, r.value),
    max: b.max === null ? r.value : Math.max(b.max, r.value),
    avg: b.avg === null ? r.value : (b.avg * b.n + r.value) / (b.n + 1),
    n: b.n + 1,
    worstQuality,
  };
}
/**
 * A trend that was read again, with what came in live since. The store is a breath behind the stream, so the
 * end would blink away; what it has already counted is not counted twice.
 */
export function continueWith(trend: Trend, live: readonly LiveReading[]): Trend {
  const last = trend.buckets[trend.buckets.length - 1];
  const known = last === undefined ? Number.NEGATIVE_INFINITY : last.t + trend.width;
  return live.filter((r) => Date.parse(r.observedAt) >= known).reduce(grow, trend);
}

const RANK = { good: 0, doubtful: 1, bad: 2 } as const;

/** Lets go of what has left the screen on the left. */
export const forgetBefore = (trend: Trend, t: number): Trend =>
  (trend.buckets[0]?.t ?? t) + trend.width >= t
    ? trend
    : { ...trend, buckets: trend.buckets.filter((b) => b.t + trend.width >= t) };

/**
 * How far apart two buckets may be and still be joined by a line. An empty bucket is no gap when the
 * sensor only speaks every quarter of an hour; a reading that was due and did not come is one, of however long a window.
 */
export function joinWithin(trend: Trend, expectedInterval: number | null): number {
  const due = expectedInterval === null ? 2.5 * medianStep(trend) : dueWithin(expectedInterval);
  // Two readings may stand at the far ends of their buckets.
  return Math.max(1.5 * trend.width, due + trend.width);
}

function medianStep(trend: Trend): number {
  const steps = trend.buckets.slice(1).map((b, i) => b.t - (trend.buckets[i] as Bucket).t);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? trend.width;
}

export type Quality = Bucket['worstQuality'];
/** A value; `null`: a gap, the line breaks; `undefined`: nothing was expected here, the line goes on. */
export type Cell = number | null | undefined;

export type Columns = {
  /** Seconds, middle of each bucket. */
  readonly x: number[];
  readonly min: Cell[];
  readonly max: Cell[];
  readonly avg: Cell[];
  readonly quality: Quality[];
};

/** Columns for drawing, with a hole wherever two neighbours are further apart than `within`. */
export function columnsOf(trend: Trend, within: number): Columns {
  const c: Columns = { x: [], min: [], max: [], avg: [], quality: [] };
  const put = (t: number, b: Bucket | null): void => {
    c.x.push(t / 1000);
    c.min.push(b?.min ?? null);
    c.max.push(b?.max ?? null);
    c.avg.push(b?.avg ?? null);
    c.quality.push(b?.worstQuality ?? 'good');
  };
  let last: number | null = null;
  for (const b of trend.buckets) {
    if (last !== null && b.t - last > within) put((last + b.t + trend.width) / 2, null);
    put(b.t + trend.width / 2, b);
    last = b.t;
  }
  return c;
}

/** Values between two gaps: a line through one point is invisible, so these are drawn as dots. */
export function alone(cells: readonly Cell[]): number[] {
  const found: number[] = [];
  let run: number[] = [];
  const end = (): void => {
    if (run.length === 1) found.push(run[0] as number);
    run = [];
  };
  cells.forEach((v, i) => {
    if (v === null) end();
    else if (v !== undefined) run.push(i);
  });
  end();
  return found;
}
