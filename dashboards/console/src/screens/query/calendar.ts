import type { AlarmFigures } from '../../api/answers.ts';

const DAY = 86_400_000;
/** A year and a day: more is no picture. */
const DAYS_AT_MOST = 371;

export type CalendarDay = {
  readonly day: string;
  /** 1 Monday. */
  readonly weekday: number;
  readonly total: number;
  readonly red: number;
  /** 0 none, 4 the most of the picture. */
  readonly heat: 0 | 1 | 2 | 3 | 4;
};
export type Week = {
  readonly monday: string;
  /** Its number, where a month begins; else empty. */
  readonly month: string;
  readonly days: readonly CalendarDay[];
};

const dayOf = (t: number): string => new Date(t).toISOString().slice(0, 10);

/** The days from first to last by weeks; empty where there is no such stretch, or it is no picture. */
export function weeksOf(first: string, last: string, days: AlarmFigures['days']): readonly Week[] {
  const from = Date.parse(`${first}T00:00:00Z`);
  const to = Date.parse(`${last}T00:00:00Z`);
  if (!Number.isFinite(from) || !Number.isFinite(to) || to < from || to - from > DAYS_AT_MOST * DAY)
    return [];
  const known = new Map(days.map((d) => [d.day, d.levels]));
  const totalOf = (day: string): number => {
    const l = known.get(day);
    return l === undefined ? 0 : l[1] + l[2] + l[3] + l[4];
  };
  const most = Math.max(1, ...days.map((d) => totalOf(d.day)));
  const weeks: { monday: string; month: string; days: CalendarDay[] }[] = [];
  for (let t = from; t <= to; t += DAY) {
    const day = dayOf(t);
    const weekday = ((new Date(t).getUTCDay() + 6) % 7) + 1;
    if (weekday === 1 || weeks.length === 0)
      weeks.push({ monday: dayOf(t - (weekday - 1) * DAY), month: '', days: [] });
    const week = weeks[weeks.length - 1];
    if (week === undefined) continue;
    if (day.endsWith('-01') || (weeks.length === 1 && week.days.length === 0))
      week.month = String(Number(day.slice(5, 7)));
    const total = totalOf(day);
    const heat = total === 0 ? 0 : (Math.min(4, Math.ceil((total / most) * 4)) as CalendarDay['heat']);
    week.days.push({ day, weekday, total, red: known.get(day)?.[1] ?? 0, heat });
  }
  return weeks;
}
