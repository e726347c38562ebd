import type { WindowQuery } from '../../../flow/ports/history.ts';
import { type Asking, askFiles, bounded, daysWithin } from '../asking.ts';
import type { WindowColumns } from '../protocol.ts';
import { column, eachChunk, int } from '../sql.ts';

/**
 * Readings of all series within a span, or the last of each. Rows lie nearly in the order in which they came, so that only the row
 * groups of the span are read.
 */
export async function window(a: Asking, q: WindowQuery): Promise<WindowColumns> {
  const { from, to } = bounded(q);
  const places = new Map<string, number>();
  const [point, metric]: [string[], string[]] = [[], []];
  const rows = new Map<string, Row>();
  await askFiles(
    a,
    { kind: 'reading', days: daysWithin(a.files, 'reading', { from, to }) },
    async (c, files) => {
      const of = q.mode === 'latest' ? 'series' : 'series, observed_at';
      const parts = files.map(
        ({
          alias,
        }) => `SELECT s.point, s.metric, r.observed_at::DOUBLE, r.value, r.grade, r.why, r.backfill FROM (
          SELECT *, row_number() OVER (PARTITION BY ${of} ORDER BY observed_at DESC, turn DESC, idx DESC) AS place
          FROM ${alias}.reading
          WHERE observed_at >= ${int(from)} AND observed_at < ${int(to)} AND turn <= ${int(a.cursor())}) r
          JOIN ${alias}.series s ON s.id = r.series WHERE r.place = 1`,
      );
      return c.run(parts.join(' UNION ALL '));
    },
    (result) => {
      eachChunk(result, (columns, n) => {
        for (let i = 0; i < n; i++) {
          const at = (k: number): unknown => column(columns, k).getItem(i);
          const key = `${at(0)}\u0000${at(1)}`;
          let series = places.get(key);
          if (series === undefined) {
            series = point.push(String(at(0))) - 1;
            metric.push(String(at(1)));
            places.set(key, series);
          }
          const row: Row = {
            series,
            t: at(2) as number,
            value: (at(3) as number | null) ?? Number.NaN,
            grade: at(4) as number,
            why: (at(5) as string | null) ?? '',
            backfill: at(6) === true ? 1 : 0,
          };
          // A span over midnight lies in two files.
          const by = q.mode === 'latest' ? key : `${key}\u0000${row.t}`;
          if ((rows.get(by)?.t ?? Number.NEGATIVE_INFINITY) < row.t) rows.set(by, row);
        }
      });
      return 'more';
    },
  );
  const all = [...rows.values()];
  return {
    series: Float64Array.from(all, (r) => r.series),
    point,
    metric,
    t: Float64Array.from(all, (r) => r.t),
    value: Float64Array.from(all, (r) => r.value),
    grade: Uint8Array.from(all, (r) => r.grade),
    why: all.map((r) => r.why),
    backfill: Uint8Array.from(all, (r) => r.backfill),
  };
}

type Row = {
  readonly series: number;
  readonly t: number;
  readonly value: number;
  readonly grade: number;
  readonly why: string;
  readonly backfill: 0 | 1;
};
