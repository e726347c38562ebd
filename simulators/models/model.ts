import type { Instrument } from '../city.ts';
import type { Chance } from '../random.ts';
import type { Values, Wave } from '../sample.ts';

/** How an instrument of one kind sees the world at virtual time `atMs`. */
export type Model = {
  readonly lifeline: string;
  sense(atMs: number, noise: Chance): Values;
  /** What the device itself alarms on: it then reports at once, and again when it is over. */
  alarms(values: Values): boolean;
  /** Report interval while it alarms, milliseconds. */
  readonly alarmEvery: number;
  /** Instead of single values: one frame per report interval. */
  readonly wave?: (atMs: number, noise: Chance) => Wave;
};

/** What all instruments of a city live in. */
export type World = {
  /** Local time of day at virtual 0, milliseconds after midnight. */
  readonly timeOfDay: number;
  readonly seed: number;
  /** Rain at a virtual instant, mm/h. */
  readonly rain: (atMs: number) => number;
};

export type MakeModel = (instrument: Instrument, world: World) => Model;

const DAY = 86_400_000;

/** −1 at five in the morning, +1 at three in the afternoon: the sun on air and steel. */
export function warmth(world: World, atMs: number): number {
  const hour = ((((world.timeOfDay + atMs) % DAY) + DAY) % DAY) / 3_600_000;
  // Ten hours up, fourteen down.
  return hour >= 5 && hour < 15
    ? -Math.cos((Math.PI * (hour - 5)) / 10)
    : Math.cos((Math.PI * ((hour + 24 - 15) % 24)) / 14);
}

/** Share of the busiest hour's traffic, 0.05 … 1: two rushes, a quiet night. */
export function traffic(world: World, atMs: number): number {
  const hour = ((((world.timeOfDay + atMs) % DAY) + DAY) % DAY) / 3_600_000;
  const peak = (at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));
  return Math.min(1, 0.05 + 0.85 * peak(8, 1.6) + 0.9 * peak(18, 2) + 0.45 * peak(13, 4));
}

export const round = (x: number, decimals: number): number => {
  const scale = 10 ** decimals;
  return Math.round(x * scale) / scale;
};
