import { Lines } from '../../adapters/history-influx/index.ts';
import type { Reading } from '../../domain/reading.ts';
import { type ExportQuery, pages } from './pages.ts';

/** Line protocol as this service writes it to InfluxDB itself, times in nanoseconds as every tool expects them. */
export async function* linesOf(asked: ExportQuery): AsyncGenerator<string> {
  const lifelines = new Map(asked.points.map((p) => [p.code, p.lifeline]));
  const lines = new Lines((point) => lifelines.get(point) ?? null);
  for await (const { point, metric, rows } of pages(asked)) {
    yield rows
      .map(({ t, value, quality, backfill }) => {
        // Received when observed: of the delay the store's answer says nothing. Quality is said aloud, also plainly good.
        const reading: Reading = {
          point: point.code,
          metric: metric.key,
          value,
          quality,
          observedAt: t,
          receivedAt: t,
          backfill,
        };
        return `${lines.ofReadings([reading], false).line}000000\n`;
      })
      .join('');
  }
}
