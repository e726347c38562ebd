/**
 * Times as the duty room reads them: Asia/Shanghai, 24 h, whatever zone or locale the browser has.
 * China has been at +08:00 without summer time since 1991, so this is plain arithmetic.
 */
export const BEIJING_OFFSET = 8 * 3_600_000;

const shifted = (t: number): string => new Date(t + BEIJING_OFFSET).toISOString();

/** `2026-11-22` */
export const dateOf = (t: number): string => shifted(t).slice(0, 10);
/** `15:04:05` */
export const clockOf = (t: number): string => shifted(t).slice(11, 19);
/** `15:04` */
export const minuteOf = (t: number): string => shifted(t).slice(11, 16);

/** `15:04:05`, with the date before it when that day is not today, and the year when it is not this one. */
export function timeOf(t: number, now: number): string {
  const day = dateOf(t);
  const today = dateOf(now);
  if (day === today) return clockOf(t);
  const shown = day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day;
  return `${shown} ${clockOf(t)}`;
}

/** As `timeOf`, to the minute: for ends that lie ahead. */
export const untilOf = (t: number, now: number): string => timeOf(t, now).slice(0, -3);

/** Instants of a time axis: round Beijing hours and minutes, at most `most` of them within [from, to]. */
export function roundTimes(from: number, to: number, most: number): number[] {
  const step = STEPS.find((s) => (to - from) / s <= most) ?? 24 * 3_600_000;
  const times: number[] = [];
  const first = Math.ceil((from + BEIJING_OFFSET) / step) * step - BEIJING_OFFSET;
  for (let t = first; t <= to; t += step) times.push(t);
  return times;
}
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440].map((m) => m * 60_000);

/** True of a day as it is typed, `2026-11-22`, that there is; and of nothing: no bound. */
export const isDay = (text: string): boolean =>
  text === '' || (/^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(`${text}T00:00:00Z`)));

/** Two days of Beijing as bounds of a question: from the first's midnight to the last's end; what is no day bounds nothing. */
export function daysOf(first: string, last: string): { from?: string; to?: string } {
  const midnight = (day: string): number => Date.parse(`${day}T00:00:00Z`) - BEIJING_OFFSET;
  const has = (day: string): boolean => day !== '' && isDay(day);
  return {
    ...(has(first) ? { from: new Date(midnight(first)).toISOString() } : {}),
    ...(has(last) ? { to: new Date(midnight(last) + 24 * 3_600_000).toISOString() } : {}),
  };
}
