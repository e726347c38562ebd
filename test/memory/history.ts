import type { MetricKey, PointCode, TurnNumber } from '../../src/domain/ids.ts';
import { as } from '../../src/domain/ids.ts';
import type { Quality, Reading } from '../../src/domain/reading.ts';
import { days, type Millis } from '../../src/domain/time.ts';
import type {
  History,
  HistoryBucket,
  HistoryItem,
  HistoryLatest,
  StoredFrame,
  WindowQuery,
  WindowReading,
} from '../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../src/flow/ports/journal.ts';
import { decodeSpool } from '../../src/wire/files/spool.ts';

type All<T> = Map<PointCode, Map<MetricKey, Series<T>>>;
type Asked = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  readonly from: Millis;
  readonly to: Millis;
};

/** One thing by instant; asked for in order, and most of it comes in order. */
class Series<T> {
  readonly #at = new Map<Millis, T>();
  /** `null`: something has come in between, and nobody has asked since. */
  #order: Millis[] | null = [];

  set(t: Millis, it: T): void {
    if (!this.#at.has(t) && this.#order !== null) {
      if (t > (this.#order.at(-1) ?? Number.NEGATIVE_INFINITY)) this.#order.push(t);
      else this.#order = null;
    }
    this.#at.set(t, it);
  }

  delete(t: Millis): void {
    if (this.#at.delete(t)) this.#order = null;
  }

  get size(): number {
    return this.#at.size;
  }

  instants(): readonly Millis[] {
    this.#order ??= [...this.#at.keys()].sort((a, b) => a - b);
    return this.#order;
  }

  newest(): T | undefined {
    return this.#at.get(this.instants().at(-1) ?? Number.NaN);
  }

  /** @param to end exclusive */
  within(from: Millis, to: Millis): T[] {
    const all = this.instants();
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle] as Millis) < from) low = middle + 1;
      else high = middle;
    }
    const found: T[] = [];
    for (let i = low; i < all.length && (all[i] as Millis) < to; i++)
      found.push(this.#at.get(all[i] as Millis) as T);
    return found;
  }
}

/** The history in memory: closed and started again it is the same history. */
export class MemoryHistory implements History {
  readonly #readings: All<Reading> = new Map();
  readonly #frames: All<StoredFrame> = new Map();
  #cursor = as.turn(0);

  async start(): Promise<void> {}

  async cursor(): Promise<TurnNumber> {
    return this.#cursor;
  }

  async keep(turns: readonly SpooledTurn[]): Promise<void> {
    for (const { turn, body } of turns) {
      if (turn <= this.#cursor) continue;
      const { readings, frames } = decodeSpool(body);
      for (const r of readings) seriesOf(this.#readings, r).set(r.observedAt, r);
      for (const f of frames) {
        seriesOf(this.#frames, f).set(f.observedAt, { t0: f.observedAt, dt: f.dt, samples: f.samples });
      }
      this.#cursor = turn;
    }
  }

  async raw(q: Asked & { readonly limit: number }): Promise<readonly HistoryItem[]> {
    return within(this.#readings, q)
      .slice(0, q.limit)
      .map(({ observedAt: t, value, quality, backfill }) => ({ t, value, quality, backfill }));
  }

  async buckets(q: Asked & { readonly buckets: number }): Promise<readonly HistoryBucket[]> {
    if (q.buckets < 1) return [];
    const span = q.to - q.from;
    const byBucket = Map.groupBy(within(this.#readings, q), (r) =>
      Math.floor(((r.observedAt - q.from) * q.buckets) / span),
    );
    return [...byBucket].map(([i, readings]) => ({
      t: q.from + Math.ceil((i * span) / q.buckets),
      ...summary(readings),
    }));
  }

  async window({ from, to, mode }: WindowQuery): Promise<readonly WindowReading[]> {
    const found: WindowReading[] = [];
    for (const [point, metrics] of this.#readings)
      for (const [metric, series] of metrics) {
        const inside = series.within(from, to).map(({ observedAt: t, value, quality, backfill }) => ({
          point,
          metric,
          t,
          value,
          quality,
          backfill,
        }));
        found.push(...(mode === 'latest' ? inside.slice(-1) : inside));
      }
    return found;
  }

  async latest(): Promise<readonly HistoryLatest[]> {
    const all = [...this.#readings.values()].flatMap((metrics) => [...metrics.values()]);
    return all
      .flatMap((series) => series.newest() ?? [])
      .map(({ point, metric, value, quality, observedAt, receivedAt }) => ({
        point,
        metric,
        value,
        quality,
        observedAt,
        receivedAt,
      }));
  }

  async frames(q: Asked & { readonly limit: number }): Promise<readonly StoredFrame[]> {
    return within(this.#frames, q).slice(0, q.limit);
  }

  async forgetBefore(before: Millis): Promise<number> {
    const firstKept = Math.floor(before / days(1));
    const gone = new Set<number>();
    for (const all of [this.#readings, this.#frames]) {
      for (const metrics of all.values()) {
        for (const [metric, series] of metrics) {
          for (const t of [...series.instants()]) {
            const day = Math.floor(t / days(1));
            if (day >= firstKept) continue;
            series.delete(t);
            gone.add(day);
          }
          if (series.size === 0) metrics.delete(metric);
        }
      }
    }
    return gone.size;
  }

  async close(): Promise<void> {}
}

function seriesOf<T>(all: All<T>, { point, metric }: Pick<Reading, 'point' | 'metric'>): Series<T> {
  const metrics = all.get(point) ?? new Map<MetricKey, Series<T>>();
  all.set(point, metrics);
  const series = metrics.get(metric) ?? new Series<T>();
  metrics.set(metric, series);
  return series;
}

const within = <T>(all: All<T>, { point, metric, from, to }: Asked): T[] =>
  all.get(point)?.get(metric)?.within(from, to) ?? [];

function summary(readings: readonly Reading[]): Omit<HistoryBucket, 't'> {
  const values = readings
    .filter((r) => r.quality.grade !== 'bad')
    .flatMap((r) => (r.value === null ? [] : [r.value]));
  const n = values.length;
  return {
    min: n === 0 ? null : values.reduce((a, b) => Math.min(a, b)),
    max: n === 0 ? null : values.reduce((a, b) => Math.max(a, b)),
    avg: n === 0 ? null : values.reduce((mean, v) => mean + v / n, 0),
    n,
    worstQuality: worst(readings.map((r) => r.quality)),
  };
}

function worst(qualities: readonly Quality[]): Quality['grade'] {
  const has = (grade: Quality['grade']): boolean => qualities.some((q) => q.grade === grade);
  return has('bad') ? 'bad' : has('doubtful') ? 'doubtful' : 'good';
}
