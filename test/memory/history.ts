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
} from '../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../src/flow/ports/journal.ts';
import { decodeSpool } from '../../src/wire/files/spool.ts';

type Series<T> = Map<PointCode, Map<MetricKey, Map<Millis, T>>>;
type Asked = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  readonly from: Millis;
  readonly to: Millis;
};

/** The history in memory: closed and started again it is the same history. */
export class MemoryHistory implements History {
  readonly #readings: Series<Reading> = new Map();
  readonly #frames: Series<StoredFrame> = new Map();
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

  async latest(): Promise<readonly HistoryLatest[]> {
    const all = [...this.#readings.values()].flatMap((metrics) => [...metrics.values()]);
    return all
      .flatMap((series) => inOrder(series).slice(-1))
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
          for (const t of series.keys()) {
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

function seriesOf<T>(all: Series<T>, { point, metric }: Pick<Reading, 'point' | 'metric'>): Map<Millis, T> {
  const metrics = all.get(point) ?? new Map<MetricKey, Map<Millis, T>>();
  all.set(point, metrics);
  const series = metrics.get(metric) ?? new Map<Millis, T>();
  metrics.set(metric, series);
  return series;
}

const inOrder = <T>(series: ReadonlyMap<Millis, T>): T[] =>
  [...series].sort(([a], [b]) => a - b).map(([, it]) => it);

function within<T>(all: Series<T>, { point, metric, from, to }: Asked): T[] {
  const series = all.get(point)?.get(metric) ?? new Map<Millis, T>();
  return inOrder(new Map([...series].filter(([t]) => t >= from && t < to)));
}

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
