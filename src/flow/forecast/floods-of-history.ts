import { floodsOf, type PastFlood, type Sample } from '../../domain/forecast/curve.ts';
import type { PointCode } from '../../domain/ids.ts';
import type { ForecastOf } from '../../domain/pack.ts';
import { days, hours, type Millis } from '../../domain/time.ts';
import type { History } from '../ports/history.ts';

const PAGE = 5_000;
/** Newest floods of a point that are learnt from. */
const FLOODS_AT_MOST = 120;

/** Reads the floods of a point from the store: whole days are looked at by their maximum, and only wet ones by their readings. */
export async function floodsInHistory(
  history: Pick<History, 'raw' | 'buckets'>,
  point: PointCode,
  of: ForecastOf,
  { from, to }: { readonly from: Millis; readonly to: Millis },
): Promise<readonly PastFlood[]> {
  const { metric, wet, counts } = of;
  const buckets = Math.max(1, Math.round((to - from) / days(1)));
  const wetDays = (await history.buckets({ point, metric, from, to, buckets })).filter(
    (b) => (b.max ?? 0) >= counts,
  );
  const floods: PastFlood[] = [];
  let readTo = from;
  for (const { t } of wetDays.slice(-FLOODS_AT_MOST)) {
    // Water that stands over midnight is one flood: a day that was read by the one before is not read again.
    const begins = Math.max(readTo, t - hours(6));
    const ends = Math.min(to, t + days(1) + hours(6));
    if (ends <= begins) continue;
    floods.push(
      ...floodsOf(await samplesOf(history, { point, metric, from: begins, to: ends }), wet, counts),
    );
    readTo = ends;
  }
  return floods.slice(-FLOODS_AT_MOST);
}

export async function samplesOf(
  history: Pick<History, 'raw'>,
  q: {
    readonly point: PointCode;
    readonly metric: ForecastOf['metric'];
    readonly from: Millis;
    readonly to: Millis;
  },
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  let from = q.from;
  for (;;) {
    const page = await history.raw({ ...q, from, limit: PAGE });
    for (const { t, value, quality } of page)
      if (value !== null && quality.grade === 'good') samples.push({ at: t, value });
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return samples;
    from = last.t + 1;
  }
}
