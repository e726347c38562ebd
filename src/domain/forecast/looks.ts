import { pushRunOff, RAIN_BINS, RAIN_LAG, rainSum } from './rain.ts';

/** How many minutes are looked back on; what is missing in them was dry. */
export const LOOKS = 60;

/** A depth by the minute, and the rain that belongs to it. */
export type LookedAt = {
  readonly minutes: Float64Array;
  /** mm fallen since the beginning, by the minute, from {@link RAIN_LAG} minutes before the first of `minutes` on; absent: no gauge is near. */
  readonly rain?: Float64Array;
};

/** How the rain is used; `null`: not at all. */
export type RainUse = {
  /** mm of five minutes that do not run off. */
  readonly loss: number;
  /** Whether the rain of the minutes ahead is asked for too: of the past what fell, of the future what is forecast. */
  readonly ahead: boolean;
} | null;

/** Weights of the depth alone; those of the rain follow, and are never below nought: no rain takes water away. */
export const DEPTH_WIDTH = 10;
export const widthOf = (rain: RainUse): number =>
  rain === null ? DEPTH_WIDTH : DEPTH_WIDTH + RAIN_BINS + (rain.ahead ? 1 : 0);

/** Before the first minute and after the last it was dry; what is not known was as it had been. */
function value(minutes: Float64Array, at: number): number {
  for (let i = at; i >= 0; i--) {
    const v = minutes[i] ?? 0;
    if (!Number.isNaN(v)) return v;
  }
  return 0;
}

/** How the last hour of the depth looked. @param at index of the newest minute */
function depthAt(minutes: Float64Array, at: number): number[] {
  const now = value(minutes, at);
  let highest = now;
  let wetFor = 0;
  for (let i = 1; i <= LOOKS; i++) {
    const then = value(minutes, at - i);
    if (i <= LOOKS / 2) highest = Math.max(highest, then);
    if (then > 0) wetFor = i;
  }
  const since = (ago: number): number => now - value(minutes, at - ago);
  const rise = since(5);
  return [
    1,
    now,
    since(1),
    since(2),
    rise,
    since(10),
    since(20),
    highest - now,
    wetFor / 10,
    Math.sqrt(Math.max(0, rise)),
  ];
}

/**
 * What the next minutes are told from.
 *
 * @param how `toCome`: mm that are forecast for the minutes ahead; left out: what fell then, where it is known
 */
export function lookAt(
  { minutes, rain }: LookedAt,
  at: number,
  how: { readonly rain: RainUse; readonly horizon: number; readonly toCome?: number },
): number[] {
  const looks = depthAt(minutes, at);
  if (how.rain === null) return looks;
  const fell = rain ?? NO_RAIN;
  const now = at + RAIN_LAG;
  pushRunOff(looks, fell, now, how.rain.loss);
  if (how.rain.ahead) looks.push(how.toCome ?? rainSum(fell, now, now + how.horizon));
  return looks;
}

const NO_RAIN = new Float64Array(0);
