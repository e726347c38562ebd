import type { Millis } from '../../domain/time.ts';
import type { HistoryBucket, HistoryItem } from '../../flow/ports/history.ts';
import { type Cell, column, EARLIEST, ident, LATEST, numberOf, type Series, Unreadable } from './influxql.ts';
import { fieldOf, qualityField } from './names.ts';
import { gradeOf, VOIDS } from './quality-code.ts';
import { rawOf } from './raw.ts';
import { type Asked, type Desk, fromReadings, wherePoint } from './series.ts';

type BucketsAsked = Asked & { readonly buckets: number };

/** The longest time that InfluxQL can group by, in ns, with room to spare. */
const WIDEST = 9_000_000_000_000_000_000n;
/** Readings of one page, when buckets are counted here. */
const PAGE = 10_000;

/**
 * Equal parts of what was asked, counted by the store. Where a bucket holds something that the store cannot count (a
 * number that no longer holds, an infinite sum), its readings are fetched and counted here.
 */
export async function bucketsOf(desk: Desk, asked: BucketsAsked): Promise<HistoryBucket[]> {
  if (asked.buckets < 1 || asked.to <= asked.from) return [];
  // Time goes by milliseconds: more parts than that are as many as there are of them.
  const q = { ...asked, buckets: Math.min(Math.floor(asked.buckets), asked.to - asked.from) };
  const asking = statements(desk, q);
  let answers: Series[][];
  try {
    answers = await desk.ql.ask(
      asking.map((a) => a.statement),
      { within: desk.within, epoch: 'ns' },
    );
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    return countedHere(desk, q, 0, q.buckets);
  }
  const buckets: HistoryBucket[] = [];
  for (const [k, [series] = []] of answers.entries()) {
    for (const row of series?.values ?? []) {
      const i = asking[k]?.bucket ?? bucketAt(q, row);
      const bucket = bucketOf(series as Series, row, startOf(q, i));
      if (bucket === 'count here') buckets.push(...(await countedHere(desk, q, i, i + 1)));
      else if (bucket !== 'empty') buckets.push(bucket);
    }
  }
  return buckets;
}

/** First millisecond of a bucket. */
export function startOf({ from, to, buckets }: BucketsAsked, i: number): Millis {
  return from + Math.ceil((i * (to - from)) / buckets);
}

/**
 * One statement, mostly. InfluxQL groups by whole nanoseconds, so that the beginning of the n-th bucket is up to n ns
 * early; as long as that is less than the next whole millisecond is away, no reading changes its bucket.
 */
function statements(
  desk: Desk,
  q: BucketsAsked,
): { readonly statement: string; readonly bucket: number | null }[] {
  const span = BigInt(q.to - q.from) * 1_000_000n;
  const n = BigInt(q.buckets);
  const width = span / n;
  const exact = span % n === 0n;
  const wide = width > WIDEST;
  const slice = wide ? 1 : exact ? q.buckets : Math.max(1, Math.floor(1e6 / q.buckets) - 1);
  const fields = [fieldOf(q.metric), qualityField(q.metric)].map(ident);
  const [value, quality] = fields;
  const what = `min(${value}) AS "min", max(${value}) AS "max", mean(${value}) AS "mean", count(${value}) AS "n", max(${quality}) AS "q"`;
  const made: { statement: string; bucket: number | null }[] = [];
  for (let i = 0; i < q.buckets; i += slice) {
    const [from, to] = [startOf(q, i), startOf(q, Math.min(i + slice, q.buckets))];
    if (to <= EARLIEST || from >= LATEST) continue;
    const begin = BigInt(q.from) * 1_000_000n + (BigInt(i) * span) / n;
    const offset = ((begin % width) + width) % width;
    const groups = wide ? '' : ` GROUP BY time(${width}ns, ${offset}ns) fill(none)`;
    const statement = `SELECT ${what} FROM ${fromReadings(desk, q.point)} WHERE ${wherePoint({ ...q, from, to })}${groups}`;
    made.push({ statement, bucket: wide ? i : null });
  }
  return made;
}

/** Which bucket a row of the answer is. Its time, in ns, has lost a few of them on the way through JSON. */
function bucketAt(q: BucketsAsked, row: readonly Cell[]): number {
  const i = Math.round(((Number(row[0]) / 1e6 - q.from) * q.buckets) / (q.to - q.from));
  return Math.min(q.buckets - 1, Math.max(0, i));
}

function bucketOf(series: Series, row: readonly Cell[], t: Millis): HistoryBucket | 'count here' | 'empty' {
  const cell = (name: string) => numberOf(column(series, name)(row));
  const [n, code, avg] = [cell('n') ?? 0, cell('q'), cell('mean')];
  if (n === 0 && code === null) return 'empty';
  if ((code !== null && code >= VOIDS) || (n > 0 && avg === null)) return 'count here';
  return { t, min: cell('min'), max: cell('max'), avg, n, worstQuality: gradeOf(code) };
}

/** Buckets from one up to another, not included, counted from their readings. */
async function countedHere(
  desk: Desk,
  q: BucketsAsked,
  first: number,
  end: number,
): Promise<HistoryBucket[]> {
  const inBucket = new Map<number, HistoryItem[]>();
  let from = startOf(q, first);
  const to = startOf(q, end);
  for (;;) {
    const page = await rawOf(desk, { ...q, from, to, limit: PAGE });
    for (const item of page) {
      const i = Math.floor(((item.t - q.from) * q.buckets) / (q.to - q.from));
      const items = inBucket.get(i);
      if (items === undefined) inBucket.set(i, [item]);
      else items.push(item);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    from = last.t + 1;
  }
  return [...inBucket].map(([i, items]) => ({ t: startOf(q, i), ...counted(items) }));
}

function counted(items: readonly HistoryItem[]): Omit<HistoryBucket, 't'> {
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
