import type { Bucket, Cell, Trend } from '../../state/trend.ts';

export type GridCurve = { readonly min: Cell[]; readonly avg: Cell[]; readonly max: Cell[] };
export type Grid = { readonly x: number[]; readonly curves: readonly GridCurve[] };

/**
 * Several curves that were asked for with the same window, on one axis of time.
 *
 * @param within milliseconds: how far apart two buckets of that curve may be and still be joined
 */
export function gridOf(curves: readonly { readonly trend: Trend; readonly within: number }[]): Grid {
  const first = curves[0];
  if (first === undefined) return { x: [], curves: [] };
  const { origin, width } = first.trend;
  const cellOf = (t: number): number => Math.round((t - origin) / width);
  let low = 0;
  let high = -1;
  for (const { trend } of curves)
    for (const b of trend.buckets) {
      low = Math.min(low, cellOf(b.t));
      high = Math.max(high, cellOf(b.t));
    }
  const n = high - low + 1;
  return {
    x: Array.from({ length: n }, (_, i) => (origin + (low + i + 0.5) * width) / 1_000),
    curves: curves.map(({ trend, within }) => {
      const c: GridCurve = { min: new Array(n), avg: new Array(n), max: new Array(n) };
      const put = (i: number, b: Bucket | null): void => {
        c.min[i] = b?.min ?? null;
        c.avg[i] = b?.avg ?? null;
        c.max[i] = b?.max ?? null;
      };
      let last: Bucket | null = null;
      for (const b of trend.buckets) {
        // All of the gap: a drawing breaks its line exactly where the cells are null.
        if (last !== null && b.t - last.t > within)
          for (let i = cellOf(last.t) + 1; i < cellOf(b.t); i++) put(i - low, null);
        put(cellOf(b.t) - low, b);
        last = b;
      }
      return c;
    }),
  };
}

export type Run = {
  readonly from: number;
  readonly to: number;
  readonly is: 'good' | 'doubtful' | 'bad' | 'none';
};

/** How good the data were, as stretches of time that leave nothing of the window out. */
export function qualityRuns(trend: Trend, within: number, from: number, to: number): Run[] {
  const runs: Run[] = [];
  const add = (start: number, end: number, is: Run['is']): void => {
    const a = Math.max(start, from, runs[runs.length - 1]?.to ?? from);
    const b = Math.min(end, to);
    if (b <= a) return;
    const last = runs[runs.length - 1];
    if (last?.is === is) runs[runs.length - 1] = { ...last, to: b };
    else runs.push({ from: a, to: b, is });
  };
  let known = from;
  let held: Run['is'] = 'none';
  let at: number | null = null;
  for (const b of trend.buckets) {
    if (at !== null && b.t - at <= within) add(known, b.t, held);
    else add(known, b.t, 'none');
    add(b.t, b.t + trend.width, b.worstQuality);
    known = b.t + trend.width;
    at = b.t;
    held = b.worstQuality;
  }
  // Until the next reading is due nothing is missing yet.
  if (at !== null && to - at <= within) add(known, to, held);
  else add(known, to, 'none');
  return runs;
}

export type Summary = {
  readonly min: { readonly value: number; readonly at: number } | null;
  readonly max: { readonly value: number; readonly at: number } | null;
  readonly avg: number | null;
  readonly n: number;
};

/** What a person would read off the curve, for those who cannot see it. */
export function summaryOf(trend: Trend): Summary {
  let min: Summary['min'] = null;
  let max: Summary['max'] = null;
  let sum = 0;
  let n = 0;
  for (const b of trend.buckets) {
    if (b.min !== null && (min === null || b.min < min.value)) min = { value: b.min, at: b.t };
    if (b.max !== null && (max === null || b.max > max.value)) max = { value: b.max, at: b.t };
    if (b.avg === null) continue;
    sum += b.avg * b.n;
    n += b.n;
  }
  return { min, max, avg: n === 0 ? null : sum / n, n };
}

/**
 * What a curve says at one instant: its bucket there, else the last one that still holds; `null`: silence.
 *
 * @param t epoch milliseconds
 * @param within as of `gridOf`
 */
export function bucketAt(trend: Trend, t: number, within: number): Bucket | null {
  const before = trend.buckets.filter((b) => b.t <= t);
  const b = before[before.length - 1];
  return b !== undefined && t - b.t <= Math.max(trend.width, within) ? b : null;
}
