import type { MetricKey } from '../../../domain/ids.ts';
import type { Point } from '../../../domain/register/register.ts';
import type { Bilingual } from '../../../domain/text.ts';
import type { History } from '../../../flow/ports/history.ts';
import { BOM } from '../../../wire/files/csv.ts';
import { READINGS_HEADER, readingLine } from '../../../wire/files/readings-csv.ts';

/** Readings asked of the store at a time: one piece of the file, a few milliseconds of our thread. */
const PAGE = 1_000;

export type Exported = {
  readonly point: Point;
  readonly metrics: readonly { readonly key: MetricKey; readonly name: Bilingual; readonly unit: string }[];
};

/** The export of readings, point after point, piece by piece; the next is asked for when the reader has taken the last. */
export async function* readingsCsv(given: {
  readonly history: Pick<History, 'raw'>;
  readonly of: readonly Exported[];
  readonly from: number;
  readonly to: number;
}): AsyncGenerator<string> {
  const { history, to } = given;
  // The header goes with the first answer: a store that fails at once is then not yet a file that breaks off.
  let head = BOM + READINGS_HEADER;
  for (const { point, metrics } of given.of) {
    for (const metric of metrics) {
      const of = {
        point: point.code,
        pointName: point.name,
        metric: metric.key,
        metricName: metric.name,
        unit: metric.unit,
      };
      let { from } = given;
      while (from < to) {
        const rows = await history.raw({ point: point.code, metric: metric.key, from, to, limit: PAGE });
        if (rows.length > 0 || head !== '') yield head + rows.map((r) => readingLine(of, r)).join('');
        head = '';
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) break;
        from = last.t + 1;
      }
    }
  }
  if (head !== '') yield head;
}
