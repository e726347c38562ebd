import type { DuckDBListValue } from '@duckdb/node-api';
import type { SeriesQuery } from '../../flow/ports/history.ts';
import { type Asking, askFiles, atMost, bounded, daysWithin, partsOf, seriesRows } from './asking.ts';
import type { FrameColumns } from './protocol.ts';
import { column, eachChunk, int } from './sql.ts';

/** Waveforms of a series by the instant of their first sample, oldest first, at most `limit`. */
export async function frames(a: Asking, q: SeriesQuery & { readonly limit: number }): Promise<FrameColumns> {
  const within = bounded(q);
  const limit = atMost(q.limit);
  const t0: number[] = [];
  const dt: number[] = [];
  const samples: number[] = [];
  const length: number[] = [];
  const days = limit > 0 ? daysWithin(a.files, 'frame', within) : [];
  await askFiles(
    a,
    { kind: 'frame', days },
    async (c, files) => {
      const parts = await partsOf(c, files, q);
      if (parts.length === 0) return null;
      const rows = parts.map((p) => seriesRows(a, p, ['dt', 'samples'], within));
      return c.run(`SELECT t::DOUBLE, dt, samples FROM (${rows.join(' UNION ALL ')})
        ORDER BY t LIMIT ${int(limit - t0.length)}`);
    },
    (result) => {
      if (result === null) return 'more';
      eachChunk(result, (columns, rows) => {
        for (let i = 0; i < rows; i++) {
          const { items } = column(columns, 2).getItem(i) as DuckDBListValue;
          t0.push(column(columns, 0).getItem(i) as number);
          dt.push(column(columns, 1).getItem(i) as number);
          length.push(items.length);
          for (const sample of items) samples.push((sample as number | null) ?? Number.NaN);
        }
      });
      return t0.length >= limit ? 'enough' : 'more';
    },
  );
  return {
    t0: Float64Array.from(t0),
    dt: Float64Array.from(dt),
    samples: Float64Array.from(samples),
    length: Float64Array.from(length),
  };
}
