import type { SeriesQuery, StoredFrame } from '../../flow/ports/history.ts';
import { column, ident, numberOf, text } from './influxql.ts';
import { partField } from './lines.ts';
import { nameOf } from './names.ts';
import { fromFrames, type QueryContext, wherePoint } from './series.ts';

/** Waveforms 波形, whole, oldest first. */
export async function framesOf(
  desk: QueryContext,
  q: SeriesQuery & { readonly limit: number },
): Promise<StoredFrame[]> {
  if (q.limit < 1 || q.to <= q.from) return [];
  const ofMetric = `${ident('metric')} = ${text(nameOf(q.metric))}`;
  const series = await desk.ql.one(
    `SELECT * FROM ${fromFrames(desk, q.point)} WHERE ${ofMetric} AND ${wherePoint(q)} ORDER BY time ASC LIMIT ${q.limit}`,
    { within: desk.within },
  );
  const [dt, parts] = [column(series, 'dt'), column(series, 'parts')];
  return series.values.map((row) => {
    const texts = Array.from(
      { length: numberOf(parts(row)) ?? 0 },
      (_, i) => column(series, partField(i))(row) ?? '',
    );
    return {
      t0: Number(row[0]),
      dt: numberOf(dt(row)) ?? 0,
      samples: JSON.parse(texts.join('') || '[]') as (number | null)[],
    };
  });
}
