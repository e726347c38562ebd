import type { SignalOf } from '../../rule.ts';
import { type Duration, type Millis, minutes } from '../../time.ts';
import { NOT_NEGATIVE, type SignalKind } from './kind.ts';

/** How long a point may say nothing because it has nothing to say: a rain gauge while it is dry. */
export type Rest = Duration;

/** Minutes (or multiples of `per`) of silence, both instants on our clock; a clock set back makes no silence. */
export function silentFor(signal: SignalOf<'silentFor'>, heardAt: Millis, now: Millis, rest: Rest): number {
  return Math.max(0, now - heardAt - rest) / (signal.per ?? minutes(1));
}

export const SILENT: SignalKind<SignalOf<'silentFor'>> = {
  // Our clock drives it: nothing of one series could tell.
  lookBack: () => 0,
  answersToNoise: [],
  unit: ({ per }) => (per === undefined || per === minutes(1) ? 'min' : undefined),
  bounds: () => NOT_NEGATIVE,
};
