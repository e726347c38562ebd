import { BOM } from '../../wire/files/csv.ts';
import { READINGS_HEADER, readingLine } from '../../wire/files/readings-csv.ts';
import { type ExportQuery, pages } from './pages.ts';

/** The same file as the console's export has, of many points. */
export async function* csvOf(asked: ExportQuery): AsyncGenerator<string> {
  yield BOM + READINGS_HEADER;
  for await (const { point, metric, rows } of pages(asked)) {
    const of = {
      point: point.code,
      pointName: point.name,
      metric: metric.key,
      metricName: metric.name,
      unit: metric.unit,
    };
    yield rows.map((r) => readingLine(of, r)).join('');
  }
}
