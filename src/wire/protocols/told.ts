import type { Duration, Millis } from '../../domain/time.ts';

/** A command for a station, as its protocol shall say it. */
export type StationCommand = {
  readonly id: string;
  readonly station: string;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** It does not leave at or after this. */
  readonly notAfter: Millis;
};

/** By what clock a station is set; `null`: ours is doubted. */
export type SettingClock = { readonly now: Millis | null; readonly offset: Duration };

/** What a protocol makes of a command: its bytes, or why it has none. */
export type Spoken = { readonly is: 'bytes'; readonly bytes: Uint8Array } | NotSpoken;
export type NotSpoken = { readonly is: 'not-spoken'; readonly said: string };

export const notSpoken = (said: string): NotSpoken => ({ is: 'not-spoken', said });

export const DOUBTED = notSpoken('our own clock is doubted: it sets nobody else’s');

/** Whole seconds of an interval; `null`: it is none. */
export function secondsIn(params: Readonly<Record<string, unknown>>): number | null {
  const { seconds } = params;
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 ? seconds : null;
}
