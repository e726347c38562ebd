import { type Millis, minutes } from '../time.ts';

/**
 * How one quantity of a device usually moves from reading to reading, learnt from itself: what is suspicious in a
 * gauge that always trembles is the rule in one that rests. Seven numbers, whatever was seen.
 */
export type SeriesWatch = {
  /** Readings learnt from. */
  n: number;
  last: number;
  /** How large a usual step is (mean of |change|), and how large it has been lately; in the metric's unit. */
  usual: number;
  lately: number;
  /** Share of readings that usually equal the one before, 0 … 1. */
  still: number;
  /** How often the newest value has been repeated, and since when. */
  same: number;
  sameSince: Millis;
};

/** Readings before anything is said. */
const LEARNS = 128;
/** So rarely would a healthy gauge repeat itself so often by chance (D). */
const BY_CHANCE = 1e-9;
const STUCK_FROM = minutes(10);
/** Of its usual step: below it the noise has collapsed, above twice that it is back (D: a quiet night is ten times quieter). */
const COLLAPSED = 0.02;

export const newSeries = (value: number, at: Millis): SeriesWatch => ({
  n: 0,
  last: value,
  usual: 0,
  lately: 0,
  still: 0,
  same: 0,
  sameSince: at,
});

/** One more good reading, newer than the last. In place: this runs for each. */
export function watchSeries(s: SeriesWatch, value: number, at: Millis): void {
  const step = Math.abs(value - s.last);
  s.last = value;
  s.n++;
  s.same = step === 0 ? s.same + 1 : 0;
  if (step !== 0) s.sameSince = at;
  s.lately += (step - s.lately) / Math.min(s.n, 16);
  // What is being doubted teaches nothing.
  if (isStuck(s, at) || hasCollapsed(s)) return;
  const weight = 1 / Math.min(s.n, 256);
  s.usual += (step - s.usual) * weight;
  s.still += ((step === 0 ? 1 : 0) - s.still) * weight;
}

/** True when it repeats one value for longer, and oftener, than it ever would by itself. */
export function isStuck(s: SeriesWatch, at: Millis): boolean {
  if (s.n < LEARNS || s.same < 10 || at - s.sameSince < STUCK_FROM) return false;
  return Math.max(s.still, 1 / LEARNS) ** s.same < BY_CHANCE;
}

/** True when it still moves, but only by a fiftieth of what is usual. */
export function hasCollapsed(s: SeriesWatch): boolean {
  return s.n >= LEARNS && s.same < 10 && s.usual > 0 && s.lately < COLLAPSED * s.usual;
}
