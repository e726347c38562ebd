import type { SeriesQuery } from '../../flow/ports/history.ts';
import { type Asking, askFiles, atMost, bounded, daysWithin, partsOf, seriesRows } from './asking.ts';
import type { ItemColumns } from './protocol.ts';
import { column, eachChunk, int } from './sql.ts';

/** Readings of a series, oldest first, at most `limit`. */
export async function raw(a: Asking, q: SeriesQuery & { readonly limit: number }): Promise<ItemColumns> {
  const within = bounded(q);
  const limit = atMost(q.limit);
  const t: number[] = [];
  const value: number[] = [];
  const grade: number[] = [];
  const why: string[] = [];
  const backfill: number[] = [];
  const days = limit > 0 ? daysWithin(a.files, 'reading', within) : [];
  await askFiles(
    a,
    { kind: 'reading', days },
    async (c, files) => {
      const parts = await partsOf(c, files, q);
      if (parts.length === 0) return null;
      const rows = parts.map((p) => seriesRows(a, p, ['value', 'grade', 'why', 'backfill'], within));
      return c.run(`SELECT t::DOUBLE, value, grade, why, backfill FROM (${rows.join(' UNION ALL ')})
        ORDER BY t LIMIT ${int(limit - t.length)}`);
    },
    (result) => {
      if (result === null) return 'more';
      eachChunk(result, (columns, rows) => {
        for (let i = 0; i < rows; i++) {
          t.push(column(columns, 0).getItem(i) as number);
          value.push((column(columns, 1).getItem(i) as number | null) ?? Number.NaN);
          grade.push(column(columns, 2).getItem(i) as number);
          why.push((column(columns, 3).getItem(i) as string | null) ?? '');
          backfill.push(column(columns, 4).getItem(i) === true ? 1 : 0);
        }
      });
      return t.length >= limit ? 'enough' : 'more';
    },
  );
  return {
    t: Float64Array.from(t),
    value: Float64Array.from(value),
    grade: Uint8Array.from(grade),
    why,
    backfill: Uint8Array.from(backfill),
  };
}
