import type { HistoryItem, SeriesQuery } from '../../flow/ports/history.ts';
import { column, type InfluxSeries, ident, numberOf } from './influxql.ts';
import { badField, fieldOf, qualityField } from './names.ts';
import { decodeQuality } from './quality-code.ts';
import { fromReadings, type QueryContext, wherePoint } from './series.ts';

/** Readings as they were kept, oldest first. */
export async function rawOf(
  desk: QueryContext,
  q: SeriesQuery & { readonly limit: number },
): Promise<HistoryItem[]> {
  if (q.limit < 1 || q.to <= q.from) return [];
  const fields = [fieldOf(q.metric), qualityField(q.metric), badField(q.metric)].map(ident).join(', ');
  const series = await desk.ql.one(
    `SELECT ${fields} FROM ${fromReadings(desk, q.point)} WHERE ${wherePoint(q)} ORDER BY time ASC LIMIT ${q.limit}`,
    { within: desk.within },
  );
  return itemsOf(series, { value: fieldOf(q.metric), q: qualityField(q.metric), bad: badField(q.metric) });
}

/** @param columns what the three fields are called in this answer */
export function itemsOf(
  series: InfluxSeries,
  columns: { value: string; q: string; bad: string },
): HistoryItem[] {
  const [value, q, bad] = [
    column(series, columns.value),
    column(series, columns.q),
    column(series, columns.bad),
  ];
  return series.values.map((row) => {
    const { quality, backfill, withoutNumber } = decodeQuality(numberOf(q(row)));
    const stored = numberOf((quality.grade === 'bad' ? bad : value)(row));
    return { t: Number(row[0]), value: withoutNumber ? null : stored, quality, backfill };
  });
}
