import type { PointCode } from '../../ids.ts';
import type { SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { SignalMemory, SpreadMemory } from '../memory.ts';
import { eachOf } from '../moved.ts';
import { NOT_NEGATIVE, type SignalKind } from './kind.ts';

export function rememberSpread(
  before: SignalMemory,
  news: { readonly point: PointCode; readonly value: number; readonly at: Millis },
  reach: ReadonlySet<PointCode>,
): SpreadMemory {
  const latest: Record<string, SpreadMemory['latest'][string]> = {};
  if (before?.of === 'spread') {
    for (const [point, x] of Object.entries(before.latest))
      if (reach.has(point as PointCode)) latest[point] = x;
  }
  const was = latest[news.point];
  if (was === undefined || news.at >= was.at) latest[news.point] = { value: news.value, at: news.at };
  return { of: 'spread', latest };
}

/** Greatest less smallest of what is fresh enough; `null` with fewer than two points. */
export function spreadAt(signal: SignalOf<'spread'>, known: SpreadMemory, at: Millis): number | null {
  let n = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const x of Object.values(known.latest)) {
    if (x.at < at - signal.within) continue;
    n++;
    if (x.value < min) min = x.value;
    if (x.value > max) max = x.value;
  }
  return n < 2 ? null : max - min;
}

export const SPREAD: SignalKind<SignalOf<'spread'>> = {
  // As with `together`.
  lookBack: () => 0,
  answersToNoise: [],
  unit: (_, metric) => metric,
  bounds: () => NOT_NEGATIVE,
  moved: ({ of, latest }, by) => ({
    of,
    latest: eachOf(latest, (x) => ({ value: x.value, at: x.at + by })),
  }),
};
