import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { isUnacked } from '../../state/phase.ts';
import { type Counts, countByLevel } from '../../state/view.ts';

/** What an alarm may have been found to be, and whether it was none. */
export const IS_FALSE = {
  real: false,
  biogas: false,
  works: false,
  test: false,
  instrument: true,
  environment: true,
  duplicate: false,
  unclear: false,
  false: true,
} as const;
type Verdict = keyof typeof IS_FALSE;
export const VERDICTS = Object.keys(IS_FALSE) as Verdict[];

export type Figures = {
  readonly total: number;
  readonly levels: Counts;
  readonly unacked: number;
  readonly falseOnes: number;
  /** Milliseconds from raised to acknowledged, of those that were; `null`: none was. */
  readonly medianToAck: number | null;
};

/** Milliseconds until somebody acknowledged; `null`: nobody has. */
export const timeToAck = (a: AlarmJson): number | null =>
  a.ack === undefined ? null : Math.max(0, Date.parse(a.ack.at) - Date.parse(a.raisedAt));

export function figuresOf(alarms: readonly AlarmJson[]): Figures {
  const times = alarms.flatMap((a) => timeToAck(a) ?? []).sort((a, b) => a - b);
  const half = times.length >> 1;
  const median = times.length % 2 === 1 ? times[half] : ((times[half - 1] ?? 0) + (times[half] ?? 0)) / 2;
  return {
    total: alarms.length,
    levels: countByLevel(alarms),
    unacked: alarms.filter(isUnacked).length,
    falseOnes: alarms.filter((a) => a.assessment !== undefined && IS_FALSE[a.assessment.verdict]).length,
    medianToAck: times.length === 0 ? null : (median ?? null),
  };
}

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
