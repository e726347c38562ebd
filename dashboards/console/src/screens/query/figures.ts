import type { AlarmJson } from '../../../../../src/wire/alarm.ts';

type Verdict = NonNullable<AlarmJson['assessment']>['verdict'];
/** What an alarm may have been found to be. */
const OFFERED = {
  real: true,
  biogas: true,
  works: true,
  test: true,
  instrument: true,
  environment: true,
  duplicate: true,
  unclear: true,
  false: true,
} as const satisfies Record<Verdict, true>;
export const VERDICTS = Object.keys(OFFERED) as Verdict[];

/** Milliseconds until somebody acknowledged; `null`: nobody has. */
export const timeToAck = (a: AlarmJson): number | null =>
  a.ack === undefined ? null : Math.max(0, Date.parse(a.ack.at) - Date.parse(a.raisedAt));

const AROUND = 3_600_000;

/** An hour before it was raised until an hour after it was over, for the trend. */
export function curveOf(a: AlarmJson, now: number): Record<string, string> {
  const to = Math.min(now, Date.parse(a.closedAt ?? a.returnedAt ?? a.raisedAt) + AROUND);
  return {
    points: a.metric === null ? a.pointCode : `${a.pointCode}:${a.metric}`,
    from: new Date(Date.parse(a.raisedAt) - AROUND).toISOString(),
    to: new Date(to).toISOString(),
  };
}
