import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { LiveFrame } from '../../../../src/wire/live/live.ts';

export type LiveReading = Extract<LiveFrame, { type: 'readings' }>['items'][number];
/** Newest reading per point and metric, of the points being watched. */
export type LiveValues = ReadonlyMap<string, LiveReading>;

export const valueKey = (pointCode: string, metric: string): string => `${pointCode}/${metric}`;

/** Newest by the device's clock wins: a backfilled reading does not overwrite what is newer. */
export function takeReadings(values: LiveValues, items: readonly LiveReading[]): LiveValues {
  const next = new Map(values);
  for (const item of items) {
    const key = valueKey(item.pointCode, item.metric);
    const known = next.get(key);
    if (!known || Date.parse(known.observedAt) <= Date.parse(item.observedAt)) next.set(key, item);
  }
  return next;
}

/** Lets go of what is no longer watched, so that a shift of browsing does not pile up. */
export function keepOnly(values: LiveValues, points: ReadonlySet<string>): LiveValues {
  return new Map([...values].filter(([, r]) => points.has(r.pointCode)));
}

export type CurrentValue = NonNullable<AlarmJson['current']>;

/** The newer of what the alarm said and what the stream has said since. */
export function currentOf(a: AlarmJson, values: LiveValues): CurrentValue | null {
  const live = a.metric === null ? undefined : values.get(valueKey(a.pointCode, a.metric));
  if (!live) return a.current;
  if (a.current && Date.parse(a.current.at) > Date.parse(live.observedAt)) return a.current;
  const { value, observedAt: at, quality, why } = live;
  return { value, at, quality, ...(why === undefined ? {} : { why }) };
}
