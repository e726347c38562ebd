import { type Asking, askFiles } from './asking.ts';
import type { LatestColumns } from './protocol.ts';
import { column, eachChunk, int } from './sql.ts';

/**
 * The newest days that are looked through: the one begun and eight whole ones, for devices are believed up to
 * 7 days back (promises C14).
 */
const LOOK_BACK_DAYS = 9;

type Row = {
  readonly point: string;
  readonly metric: string;
  readonly observedAt: number;
  readonly delay: number;
  readonly value: number;
  readonly grade: number;
  readonly why: string;
  readonly turn: number;
  readonly idx: number;
};

/** The newest reading of each metric of each point. */
export async function latest(a: Asking): Promise<LatestColumns> {
  const found = new Map<string, Map<string, Row>>();
  const days = a.files.days('reading').slice(-LOOK_BACK_DAYS).reverse();
  for (const day of days) {
    await askFiles(
      a,
      { kind: 'reading', days: [day] },
      async (c, [file]) => {
        const { alias } = file ?? { alias: '' };
        const kept = `turn <= ${int(a.cursor())}`;
        return c.run(`WITH newest AS
            (SELECT series, max(observed_at) AS observed_at FROM ${alias}.reading WHERE ${kept} GROUP BY series)
          SELECT s.point, s.metric, r.observed_at::DOUBLE, r.delay::DOUBLE, r.value, r.grade, r.why,
            r.turn::DOUBLE, r.idx
          FROM ${alias}.reading r JOIN newest USING (series, observed_at) JOIN ${alias}.series s ON s.id = r.series
          WHERE ${kept}`);
      },
      (result) => {
        eachChunk(result, (columns, rows) => {
          for (let i = 0; i < rows; i++) {
            const [point, metric, observedAt, delay, value, grade, why, turn, idx] = columns.map((_, k) =>
              column(columns, k).getItem(i),
            );
            const row = {
              point,
              metric,
              observedAt,
              delay,
              value: value ?? Number.NaN,
              grade,
              why: why ?? '',
              turn,
              idx,
            } as Row;
            const ofPoint = found.get(row.point) ?? new Map<string, Row>();
            found.set(row.point, ofPoint);
            const had = ofPoint.get(row.metric);
            if (had === undefined || newer(row, had)) ofPoint.set(row.metric, row);
          }
        });
        return 'more';
      },
    );
  }
  const all = [...found.values()].flatMap((metrics) => [...metrics.values()]);
  const numbers = (of: (r: Row) => number): Float64Array => Float64Array.from(all, of);
  return {
    point: all.map((r) => r.point),
    metric: all.map((r) => r.metric),
    value: numbers((r) => r.value),
    grade: Uint8Array.from(all, (r) => r.grade),
    why: all.map((r) => r.why),
    observedAt: numbers((r) => r.observedAt),
    receivedAt: numbers((r) => r.observedAt + r.delay),
  };
}

function newer(a: Row, b: Row): boolean {
  if (a.observedAt !== b.observedAt) return a.observedAt > b.observedAt;
  return a.turn !== b.turn ? a.turn > b.turn : a.idx > b.idx;
}
