import type { MetricKey, PointCode } from '../../domain/ids.ts';
import type { Reading } from '../../domain/reading.ts';
import { days, hours, type Millis } from '../../domain/time.ts';
import type { HistoryBucket, SeriesQuery } from '../../flow/ports/history.ts';
import {
  type BucketPart,
  type BucketsAsked,
  bucketOf,
  bucketsOf,
  partsOf,
  type Range,
  startOf,
} from './buckets.ts';
import { column, ident, numberOf } from './influxql.ts';
import { type Item, written } from './lines.ts';
import { escaped, fieldOf, measurementOf, nameOf, UNPLACED } from './names.ts';
import { type QueryContext, wherePoint } from './series.ts';

/** One whole hour of one metric at one point. */
type Hour = BucketPart['counted'];

const HOUR = hours(1);
/** Younger hours are always counted from their readings: late ones still come in. */
const SETTLED = days(8);
/** A reading older than this takes back what is kept of its hour. Less than `SETTLED`, for a clock that was set. */
const MAY_BE_KEPT = days(6);
/** Hours counted and kept at a time. */
const A_STRETCH = 24 * 30;
const GRADES = ['good', 'doubtful', 'bad'] as const;

/**
 * What was counted once of hours that are over, kept in the store: so that a year's chart is read from 8,760 hours and
 * not from half a million readings.
 *
 * Kept only of series whose charts have been slow, and counted from the readings by the same code that answers without
 * it. A later reading of such an hour first takes back what is kept of it (`n` -1), in the very write that brings it; so
 * what is kept is never wrong, whatever comes late, twice or from an import. The parts of an hour on both sides of a
 * bucket's edge, and everything young, are counted anew each time.
 */
export class Hours {
  readonly #desk: QueryContext;
  readonly #now: () => Millis;

  constructor(desk: QueryContext, now: () => Millis) {
    this.#desk = desk;
    this.#now = now;
  }

  /** Buckets are so wide, and go so far back, that whole hours are most of them. */
  helpWith(q: BucketsAsked): boolean {
    return q.to - q.from >= 3 * HOUR * q.buckets && q.from < this.#settled() - days(1);
  }

  /** @returns null where too many hours are not kept yet */
  async buckets(q: BucketsAsked): Promise<HistoryBucket[] | null> {
    const range = this.#whole(q);
    const kept = await this.#kept(q, range);
    if (kept.size < ((range.to - range.from) / HOUR) * 0.9) return null;
    const parts: BucketPart[] = [];
    const rest: { from: Millis; to: Millis }[] = [];
    for (let at = q.from; at < q.to; ) {
      const hour = Math.floor(at / HOUR) * HOUR;
      const end = Math.min(q.to, hour + HOUR);
      const i = bucketOf(q, at);
      const counted =
        at === hour && end === hour + HOUR && bucketOf(q, end - 1) === i ? kept.get(hour) : undefined;
      if (counted !== undefined) {
        if (counted.n > 0 || counted.worstQuality !== 'good') parts.push({ i, counted });
      } else {
        const last = rest.at(-1);
        if (last !== undefined && last.to === at) last.to = end;
        else rest.push({ from: at, to: end });
      }
      at = end;
    }
    parts.push(...(await partsOf(this.#desk, q, rest)));
    return merged(q, parts);
  }

  /** What is not kept yet of what was asked, oldest first, in stretches. */
  async missing(q: BucketsAsked): Promise<Range[]> {
    const { from, to } = this.#whole(q);
    const kept = await this.#kept(q, { from, to });
    const stretches: Range[] = [];
    for (let at = from; at < to; at += A_STRETCH * HOUR) {
      const end = Math.min(to, at + A_STRETCH * HOUR);
      for (let hour = at; hour < end; hour += HOUR) {
        if (kept.has(hour)) continue;
        stretches.push({ from: at, to: end });
        break;
      }
    }
    return stretches;
  }

  /** Counts the hours of a stretch. Nothing may be written between this and the writing of what it returns. */
  async count(series: Pick<SeriesQuery, 'point' | 'metric'>, { from, to }: Range): Promise<Item[]> {
    const buckets = await bucketsOf(this.#desk, { ...series, from, to, buckets: (to - from) / HOUR });
    const counted = new Map(buckets.map((b) => [b.t, b]));
    const items: Item[] = [];
    for (let hour = from; hour < to; hour += HOUR) {
      const fields = fieldsOf(series.metric, counted.get(hour));
      if (fields !== null) items.push(this.#item(series.point, fields, hour));
    }
    return items;
  }

  /** Lines that take back what may be kept of the hours of old readings. They go before the readings themselves. */
  takenBack(items: readonly Item[]): Item[] {
    const old = this.#now() - MAY_BE_KEPT;
    const hoursOf = new Map<string, { readonly of: Reading; readonly hour: Millis }>();
    for (const { readings } of items) {
      for (const r of readings) {
        if (r.observedAt >= old) continue;
        const hour = Math.floor(r.observedAt / HOUR) * HOUR;
        hoursOf.set(JSON.stringify([r.point, r.metric, hour]), { of: r, hour });
      }
    }
    return [...hoursOf.values()].map(({ of, hour }) =>
      this.#item(of.point, `${field(of.metric, 'n')}=-1i`, hour),
    );
  }

  /** Whole hours of what was asked that are old enough. */
  #whole({ from, to }: Range): Range {
    const first = Math.ceil(from / HOUR) * HOUR;
    return { from: first, to: Math.max(first, Math.floor(Math.min(to, this.#settled()) / HOUR) * HOUR) };
  }

  #settled(): Millis {
    return this.#now() - SETTLED;
  }

  async #kept(
    { point, metric }: Pick<SeriesQuery, 'point' | 'metric'>,
    range: Range,
  ): Promise<Map<Millis, Hour>> {
    const kept = new Map<Millis, Hour>();
    if (range.to <= range.from) return kept;
    const names = ['n', 'min', 'max', 'sum', 'worst'].map((name) => `${fieldOf(metric)}__${name}`);
    const from = ident(measurementOf(this.#desk.lifelineOf(point) ?? UNPLACED, '1h'));
    const series = await this.#desk.ql.one(
      `SELECT ${names.map(ident).join(', ')} FROM ${from} WHERE ${wherePoint({ point, ...range })}`,
      { within: this.#desk.within },
    );
    const [n, min, max, sum, worst] = names.map((name) => column(series, name));
    for (const row of series.values) {
      const count = numberOf(n?.(row) ?? null);
      if (count === null || count < 0) continue;
      const total = numberOf(sum?.(row) ?? null);
      kept.set(Number(row[0]), {
        n: count,
        min: count === 0 ? null : numberOf(min?.(row) ?? null),
        max: count === 0 ? null : numberOf(max?.(row) ?? null),
        avg: count === 0 || total === null ? null : total / count,
        worstQuality: GRADES[numberOf(worst?.(row) ?? null) ?? 0] ?? 'bad',
      });
    }
    return kept;
  }

  #item(point: PointCode, fields: string, hour: Millis): Item {
    const measurement = measurementOf(this.#desk.lifelineOf(point) ?? UNPLACED, '1h');
    const line = `${measurement},point=${escaped(nameOf(point))} ${fields} ${hour}`;
    return { line, readings: [], frame: null, fresh: false };
  }
}

const field = (metric: MetricKey, name: string): string => escaped(`${fieldOf(metric)}__${name}`);

/** @returns null for an hour whose sum is more than a number can be: it is counted anew each time */
function fieldsOf(metric: MetricKey, hour: Hour | undefined): string | null {
  const { n, min, max, avg, worstQuality } = hour ?? {
    n: 0,
    min: null,
    max: null,
    avg: null,
    worstQuality: 'good',
  };
  const sum = (avg ?? 0) * n;
  if (!Number.isFinite(sum)) return null;
  const fields = [
    `${field(metric, 'n')}=${n}i`,
    `${field(metric, 'worst')}=${GRADES.indexOf(worstQuality)}i`,
  ];
  if (n > 0) {
    const numbers = { min, max, sum };
    for (const [name, number] of Object.entries(numbers))
      fields.push(`${field(metric, name)}=${written(number)}`);
  }
  return fields.join(',');
}

/** One bucket of all its parts. */
function merged(q: BucketsAsked, parts: readonly BucketPart[]): HistoryBucket[] {
  const byBucket = Map.groupBy(parts, (p) => p.i);
  return [...byBucket]
    .sort(([a], [b]) => a - b)
    .map(([i, ofBucket]) => {
      const counted = ofBucket.map((p) => p.counted);
      const n = counted.reduce((sum, c) => sum + c.n, 0);
      const mins = counted.flatMap((c) => c.min ?? []);
      const maxs = counted.flatMap((c) => c.max ?? []);
      const sum = counted.reduce((total, c) => total + (c.avg ?? 0) * c.n, 0);
      return {
        t: startOf(q, i),
        min: n === 0 ? null : Math.min(...mins),
        max: n === 0 ? null : Math.max(...maxs),
        avg: n === 0 ? null : sum / n,
        n,
        worstQuality: GRADES[Math.max(...counted.map((c) => GRADES.indexOf(c.worstQuality)))] ?? 'bad',
      };
    });
}
