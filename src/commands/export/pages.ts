import type { Metric } from '../../domain/metric.ts';
import type { Pack } from '../../domain/pack.ts';
import type { HistoryItem } from '../../flow/ports/history.ts';
import type { Stock, StockPoint } from '../../flow/ports/stock.ts';

export type ExportQuery = {
  readonly raw: Stock['raw'];
  readonly points: readonly StockPoint[];
  readonly packs: readonly Pack[];
  readonly from: number;
  readonly until: number;
  /** Counted while it is written. */
  readonly count: { readings: number };
};

/** Readings asked of the store at a time. */
const PAGE = 2_000;

export type PageOf = {
  readonly point: StockPoint;
  readonly metric: Metric;
  readonly rows: readonly HistoryItem[];
};

/** Every reading of the range: point after point, metric after metric, oldest first. */
export async function* pages({
  raw,
  points,
  packs,
  from,
  until,
  count,
}: ExportQuery): AsyncGenerator<PageOf> {
  for (const point of points) {
    const metrics = packs.find((p) => p.lifeline === point.lifeline)?.metrics ?? [];
    for (const metric of metrics.filter((m) => m.kind !== 'waveform')) {
      let next = from;
      while (next < until) {
        const asked = { point: point.code, metric: metric.key, from: next, to: until, limit: PAGE };
        const rows = await raw(asked);
        count.readings += rows.length;
        if (rows.length > 0) yield { point, metric, rows };
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) break;
        next = last.t + 1;
      }
    }
  }
}
