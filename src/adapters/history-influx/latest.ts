import { as } from '../../domain/ids.ts';
import { days, hours, type Millis } from '../../domain/time.ts';
import type { HistoryLatest } from '../../flow/ports/history.ts';
import { column, type InfluxSeries, ident, numberOf } from './influxql.ts';
import { badField, codeOf, fieldOf, measurementOf, metricOfField, qualityField } from './names.ts';
import { itemsOf } from './raw.ts';
import type { QueryContext } from './series.ts';

const LOOK_BACK = days(8);
/** Device clocks may be ahead of what was newest when the mark was written. */
const AHEAD = hours(1);

/**
 * Newest reading of each metric of each point, looked for from eight days before the newest that was kept.
 *
 * `last()` skips instants at which a field is absent, so that a metric is asked for twice: by its value, and by its
 * quality, which a reading without a number has alone.
 *
 * @param mayGoOn asked before each metric: the store opens every series for this, which takes long where there are many
 */
export async function latestOf(
  desk: QueryContext,
  { lifelines, newest }: { readonly lifelines: readonly string[]; readonly newest: Millis },
  mayGoOn: () => boolean,
): Promise<{ readonly latest: HistoryLatest[]; readonly complete: boolean }> {
  const latest: HistoryLatest[] = [];
  for (const lifeline of lifelines) {
    const measurement = ident(measurementOf(lifeline));
    const keys = await desk.ql.one(`SHOW FIELD KEYS FROM ${measurement}`, { within: desk.within });
    const field = column(keys, 'fieldKey');
    for (const metric of new Set(keys.values.map((row) => metricOfField(String(field(row)))))) {
      if (metric === null) continue;
      if (!mayGoOn()) return { latest, complete: false };
      const [value, q, bad] = [fieldOf(metric), qualityField(metric), badField(metric)].map(ident);
      const tail = `FROM ${measurement} WHERE time >= ${newest - LOOK_BACK}ms AND time < ${newest + AHEAD}ms GROUP BY ${ident('point')}`;
      const answers = await desk.ql.ask(
        [
          `SELECT last(${value}) AS "value", ${q} AS "q", ${bad} AS "bad", ${ident('lag')} AS "lag" ${tail}`,
          `SELECT last(${q}) AS "q", ${value} AS "value", ${bad} AS "bad", ${ident('lag')} AS "lag" ${tail}`,
        ],
        { within: desk.within },
      );
      const newestOf = new Map<string, HistoryLatest>();
      for (const series of answers.flat()) {
        const found = readingOf(series, metric);
        const known = newestOf.get(found.point);
        if (known === undefined || found.observedAt > known.observedAt) newestOf.set(found.point, found);
      }
      latest.push(...newestOf.values());
    }
  }
  return { latest, complete: true };
}

function readingOf(series: InfluxSeries, metric: HistoryLatest['metric']): HistoryLatest {
  const [item] = itemsOf(series, { value: 'value', q: 'q', bad: 'bad' });
  const [row] = series.values;
  if (item === undefined || row === undefined) throw new Error('a series without a row');
  return {
    point: as.point(codeOf(series.tags.point ?? '')),
    metric,
    value: item.value,
    quality: item.quality,
    observedAt: item.t,
    receivedAt: item.t + (numberOf(column(series, 'lag')(row)) ?? 0),
  };
}
