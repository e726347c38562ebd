import { days, hours, type Millis } from '../time.ts';

export const REPORT_KINDS = ['shift', 'day', 'week', 'month', 'quarter', 'year', 'incident'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
/** Those that the clock can make. */
export const CLOCK_KINDS = ['shift', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** Inclusive, exclusive. */
export type Period = { readonly from: Millis; readonly to: Millis };

const BEIJING = hours(8);
const DAY = days(1);
/** 1970-01-01 was a Thursday. */
const MONDAY = 3;
const SHIFT = hours(12);
/** Shifts begin at 08:00 and 20:00. */
const SHIFT_BEGINS = hours(8);
const MONTHS: Readonly<Record<'month' | 'quarter' | 'year', number>> = { month: 1, quarter: 3, year: 12 };

/** The period of a kind that an instant lies in: days, weeks from Monday, months, quarters and years of Beijing. */
export function periodAt(kind: Exclude<ReportKind, 'incident'>, at: Millis): Period {
  const local = at + BEIJING;
  if (kind === 'shift') {
    const from = Math.floor((local - SHIFT_BEGINS) / SHIFT) * SHIFT + SHIFT_BEGINS - BEIJING;
    return { from, to: from + SHIFT };
  }
  const day = Math.floor(local / DAY);
  if (kind === 'day') return { from: day * DAY - BEIJING, to: (day + 1) * DAY - BEIJING };
  if (kind === 'week') {
    const monday = day - ((((day + MONDAY) % 7) + 7) % 7);
    return { from: monday * DAY - BEIJING, to: (monday + 7) * DAY - BEIJING };
  }
  const { year, month } = monthOf(day);
  const length = MONTHS[kind];
  const first = Math.floor(month / length) * length;
  return {
    from: dayOf(year, first) * DAY - BEIJING,
    to: dayOf(year + Math.floor((first + length) / 12), (first + length) % 12) * DAY - BEIJING,
  };
}

/** The last one that is over. */
export function lastPeriod(kind: Exclude<ReportKind, 'incident'>, now: Millis): Period {
  return periodAt(kind, periodAt(kind, now).from - 1);
}

/** Days since 1970-01-01 of the first of a month, 0 January (proleptic Gregorian; H. Hinnant’s days_from_civil). */
function dayOf(year: number, month: number): number {
  const y = month < 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const shifted = (month + 10) % 12;
  const ofYear = Math.floor((153 * shifted + 2) / 5);
  const dayOfEra = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Its year and month, 0 January. */
function monthOf(day: number): { readonly year: number; readonly month: number } {
  let year = 1970 + Math.floor(day / 365.2425);
  while (dayOf(year + 1, 0) <= day) year += 1;
  while (dayOf(year, 0) > day) year -= 1;
  let month = 11;
  while (dayOf(year, month) > day) month -= 1;
  return { year, month };
}
