import type { Level } from '../level.ts';
import { type Duration, days, hours, type Millis, minutes } from '../time.ts';

/** 免打扰时段: when nobody is called for what can wait. Times of day in Beijing, `22:00`; over midnight where `from` is later. */
export type QuietHours = { readonly from: string; readonly to: string };

/** Red and orange are told at any hour (docs/plan/response.md G.3). */
const MAY_WAIT_FROM: Level = 3;
const BEIJING = hours(8);

const timeOfDay = (text: string): Duration => {
  const [h, m] = text.split(':').map(Number);
  return hours(h ?? 0) + minutes(m ?? 0);
};

/** The instant itself, or the end of the quiet hours that it lies in. */
export function afterQuiet(at: Millis, level: Level, quiet: QuietHours | undefined): Millis {
  if (quiet === undefined || level < MAY_WAIT_FROM) return at;
  const [from, to] = [timeOfDay(quiet.from), timeOfDay(quiet.to)];
  const now = (at + BEIJING) % days(1);
  const midnight = at - now;
  if (from < to) return from <= now && now < to ? midnight + to : at;
  if (now < to) return midnight + to;
  return now >= from && from !== to ? midnight + days(1) + to : at;
}
