import type { Millis } from '../../domain/time.ts';
import type { HistoryBucket, HistoryItem, SeriesQuery } from '../../flow/ports/history.ts';
import {
  type Cell,
  column,
  EARLIEST,
  type InfluxSeries,
  ident,
  LATEST,
  numberOf,
  Unreadable,
} from './influxql.ts';
import { fieldOf, qualityField } from './names.ts';
import { gradeOf, VOIDS } from './quality-code.ts';
import { rawOf } from './raw.ts';
import { fromReadings, type QueryContext, wherePoint } from './series.ts';

export type BucketsAsked = SeriesQuery & { readonly buckets: number };
export type Range = { readonly from: Millis; readonly to: Millis };
/** What one bucket has in one range. */
export type BucketPart = { readonly i: number; readonly counted: Omit<HistoryBucket, 't'> };

type Asking = {
  readonly statement: string;
  readonly range: Range;
  /** The bucket, where the answer's rows do not say it. */
  readonly only: number | null;
};

/** The longest time that InfluxQL can group by, in ns, with room to spare. */
const WIDEST = 9_000_000_000_000_000_000n;
/** Readings of one page, when buckets are counted here. */
const PAGE = 10_000;

/** Equal parts of what was asked, the empty ones absent. */
export async function bucketsOf(desk: QueryContext, asked: BucketsAsked): Promise<HistoryBucket[]> {
  const q = inMilliseconds(asked);
  if (q === null) return [];
  const parts = await partsOf(desk, q, [q]);
  return parts.map(({ i, counted }) => ({ t: startOf(q, i), ...counted }));
}

/** Time goes by milliseconds: more parts than that are as many as there are of them. @returns null: nothing asked */
export function inMilliseconds(asked: BucketsAsked): BucketsAsked | null {
  if (asked.buckets < 1 || asked.to <= asked.from) return null;
  return { ...asked, buckets: Math.min(Math.floor(asked.buckets), asked.to - asked.from) };
}

/** First millisecond of a bucket. */
export function startOf({ from, to, buckets }: BucketsAsked, i: number): Millis {
  return from + Math.ceil((i * (to - from)) / buckets);
}

/** The bucket that has this millisecond. */
export function bucketOf({ from, to, buckets }: BucketsAsked, t: Millis): number {
  return Math.floor(((t - from) * buckets) / (to - from));
}

/**
 * What each bucket has in some ranges of the whole, counted by the store, in order. Where there is something that the
 * store cannot count (a number that no longer holds, an infinite sum), the readings are fetched and counted here.
 */
export async function partsOf(
  desk: QueryContext,
  q: BucketsAsked,
  ranges: readonly Range[],
): Promise<BucketPart[]> {
  const asking = ranges.flatMap((range) => statements(desk, q, range));
  let answers: InfluxSeries[][];
  try {
    answers = await desk.ql.ask(
      asking.map((a) => a.statement),
      { within: desk.within, epoch: 'ns' },
    );
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    const counted: BucketPart[] = [];
    for (const range of ranges) counted.push(...(await countedHere(desk, q, range)));
    return counted;
  }
  const parts: BucketPart[] = [];
  const here: Range[] = [];
  for (const [k, { range, only }] of asking.entries()) {
    const [series] = answers[k] ?? [];
    if (series === undefined) continue;
    for (const row of series.values) {
      const i = only ?? bucketAt(q, row);
      const counted = countedOf(series, row);
      if (counted === 'here')
        here.push({ from: Math.max(range.from, startOf(q, i)), to: Math.min(range.to, startOf(q, i + 1)) });
      else if (counted !== 'nothing') parts.push({ i, counted });
    }
  }
  for (const range of joined(here)) parts.push(...(await countedHere(desk, q, range)));
  return parts.sort((a, b) => a.i - b.i);
}

/** Ranges that touch become one. */
function joined(ranges: readonly Range[]): Range[] {
  const made: { from: Millis; to: Millis }[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = made.at(-1);
    if (last !== undefined && last.to === range.from) last.to = range.to;
    else made.push({ ...range });
  }
  return made;
}

/**
 * One statement, mostly. InfluxQL groups by whole nanoseconds, so that the beginning of the n-th bucket is up to n ns
 * early; as long as that is less than the next whole millisecond is away, no reading changes its bucket.
 */
function statements(desk: QueryContext, q: BucketsAsked, range: Range): Asking[] {
  const span = BigInt(q.to - q.from) * 1_000_000n;
  const n = BigInt(q.buckets);
  const width = span / n;
  const wide = width > WIDEST;
  const exact = span % n === 0n;
  const slice = wide ? 1 : exact ? q.buckets : Math.max(1, Math.floor(1e6 / q.buckets) - 1);
  const [value, quality] = [fieldOf(q.metric), qualityField(q.metric)].map(ident);
  const what = `min(${value}) AS "min", max(${value}) AS "max", mean(${value}) AS "mean", count(${value}) AS "n", max(${quality}) AS "q"`;
  const made: Asking[] = [];
  const last = bucketOf(q, range.to - 1);
  for (let i = bucketOf(q, range.from); i <= last; i += slice) {
    const from = Math.max(range.from, startOf(q, i));
    const to = Math.min(range.to, startOf(q, i + slice));
    if (to <= EARLIEST || from >= LATEST) continue;
    const begin = BigInt(q.from) * 1_000_000n + (BigInt(i) * span) / n;
    const offset = ((begin % width) + width) % width;
    const groups = wide ? '' : ` GROUP BY time(${width}ns, ${offset}ns) fill(none)`;
    const where = wherePoint({ point: q.point, from, to });
    made.push({
      statement: `SELECT ${what} FROM ${fromReadings(desk, q.point)} WHERE ${where}${groups}`,
      range: { from, to },
      only: wide ? i : null,
    });
  }
  return made;
}

/** Which bucket a row of the answer is. Its time, in ns, has lost a few of them on the way through JSON. */
function bucketAt(q: BucketsAsked, row: readonly Cell[]): number {
  const i = Math.round(((Number(row[0]) / 1e6 - q.from) * q.buckets) / (q.to - q.from));
  return Math.min(q.buckets - 1, Math.max(0, i));
}

function countedOf(series: InfluxSeries, row: readonly Cell[]): BucketPart['counted'] | 'here' | 'nothing' {
  const cell = (name: string) => numberOf(column(series, name)(row));
  const [n, code, avg] = [cell('n') ?? 0, cell('q'), cell('mean')];
  if (n === 0 && code === null) return 'nothing';
  if ((code !== null && code >= VOIDS) || (n > 0 && avg === null)) return 'here';
  return { min: cell('min'), max: cell('max'), avg, n, worstQuality: gradeOf(code) };
}

/** The buckets of a range, counted from their readings. */
async function countedHere(desk: QueryContext, q: BucketsAsked, range: Range): Promise<BucketPart[]> {
  const items = new Map<number, HistoryItem[]>();
  let { from } = range;
  for (;;) {
    const page = await rawOf(desk, { ...q, ...range, from, limit: PAGE });
    for (const item of page) {
      const i = bucketOf(q, item.t);
      const ofBucket = items.get(i);
      if (ofBucket === undefined) items.set(i, [item]);
      else ofBucket.push(item);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    from = last.t + 1;
  }
  return [...items].map(([i, ofBucket]) => ({ i, counted: count(ofBucket) }));
}

function count(items: readonly HistoryItem[]): BucketPart['counted'] {
  const values = items.flatMap((i) => (i.quality.grade === 'bad' || i.value === null ? [] : [i.value]));
  const n = values.length;
  const has = (grade: HistoryBucket['worstQuality']) => items.some((i) => i.quality.grade === grade);
  return {
    min: n === 0 ? null : values.reduce((a, b) => Math.min(a, b)),
    max: n === 0 ? null : values.reduce((a, b) => Math.max(a, b)),
    avg: n === 0 ? null : meanOf(values),
    n,
    worstQuality: has('bad') ? 'bad' : has('doubtful') ? 'doubtful' : 'good',
  };
}

/** As the store does it, unless the sum is more than a number can be. */
function meanOf(values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  return Number.isFinite(sum) ? sum / values.length : values.reduce((mean, v) => mean + v / values.length, 0);
}
