import type { Forecast } from '../../../api/answers.ts';

/** One instant, and between what the value was said to be then, ten minutes before. */
export type Said = {
  readonly at: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
};

/** What is held against what came: the horizon that is honest. */
export const AHEAD_MIN = 10;

/** What was said for each instant ten minutes before, then what is said now of later ones. */
export function bandOf(f: Pick<Forecast, 'said' | 'horizons' | 'observedAt'>): readonly Said[] {
  const past = f.said
    .filter((s) => s.horizonMin === AHEAD_MIN)
    .map((s) => ({ at: Date.parse(s.at) + s.horizonMin * 60_000, low: s.p10, middle: s.p50, high: s.p90 }));
  const last = past[past.length - 1]?.at ?? Number.NEGATIVE_INFINITY;
  const now = f.observedAt === null ? Number.NaN : Date.parse(f.observedAt);
  const coming = f.horizons
    .map((a) => ({ at: now + a.horizonMin * 60_000, low: a.p10, middle: a.p50, high: a.p90 }))
    .filter((s) => s.at > last);
  return [...past, ...coming].sort((a, b) => a.at - b.at);
}
