import type { SignalOf } from '../../rule.ts';
import { type Duration, type Millis, minutes } from '../../time.ts';

/** How long a point may say nothing because it has nothing to say: a rain gauge while it is dry. */
export type Rest = Duration;

/** Minutes (or multiples of `per`) of silence, both instants on our clock; a clock set back makes no silence. */
export function silentFor(signal: SignalOf<'silentFor'>, heardAt: Millis, now: Millis, rest: Rest): number {
  return Math.max(0, now - heardAt - rest) / (signal.per ?? minutes(1));
}
