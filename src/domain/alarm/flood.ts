import { type Duration, type Millis, minutes } from '../time.ts';

/** A flood 报警泛滥 begins with more than 10 alarms in 10 min and ends below 5 (domain §9.3 [S122]). */
export const FLOOD_WINDOW: Duration = minutes(10);
const BEGINS_ABOVE = 10;
const ENDS_BELOW = 5;

/**
 * How fast alarms come, for one desk or district. Eleven instants say all of it: more than ten in the window is
 * the eleventh newest still being in it, fewer than five is the fifth newest having left it.
 */
export type FloodWatch = {
  /** Newest raises, oldest first, at most eleven; our clock, never stepping back. */
  readonly recent: readonly Millis[];
  /** When the flood began that is on now: the raise that was one too many. */
  readonly since: Millis | null;
};

export const CALM: FloodWatch = { recent: [], since: null };

/** One more alarm was raised. Call `calmedBy` with the same instant first. */
export function raisedAt(watch: FloodWatch, at: Millis): FloodWatch {
  const now = Math.max(at, watch.recent[watch.recent.length - 1] ?? at);
  const recent = [...watch.recent.slice(-BEGINS_ABOVE), now];
  const first = recent.length > BEGINS_ABOVE ? recent[0] : undefined;
  const floods = first !== undefined && now - first < FLOOD_WINDOW;
  return { recent, since: watch.since ?? (floods ? now : null) };
}

/** When the flood will end if nothing more is raised; `null`: there is none. */
export function endsAt(watch: FloodWatch): Millis | null {
  if (watch.since === null) return null;
  return (watch.recent[watch.recent.length - ENDS_BELOW] as Millis) + FLOOD_WINDOW;
}

/** The watch as time has gone on: a flood whose end has come is over. */
export function calmedBy(watch: FloodWatch, now: Millis): FloodWatch {
  const end = endsAt(watch);
  return end !== null && now >= end ? { ...watch, since: null } : watch;
}
