import { type Millis, minutes } from '../../time.ts';

/** Minutes of silence, both instants on our clock; a clock set back makes no silence. */
export function silentFor(heardAt: Millis, now: Millis): number {
  return Math.max(0, now - heardAt) / minutes(1);
}
