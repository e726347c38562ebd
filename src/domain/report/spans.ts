import type { Duration, Millis } from '../time.ts';

/** Inclusive, exclusive. */
export type Span = readonly [from: Millis, to: Millis];

/** Within the limits, in order, without overlaps. */
export function merged(spans: readonly Span[], [from, to]: Span): readonly Span[] {
  const inside = spans
    .map(([a, b]): Span => [Math.max(a, from), Math.min(b, to)])
    .filter(([a, b]) => a < b)
    .sort((x, y) => x[0] - y[0]);
  const out: [Millis, Millis][] = [];
  for (const [a, b] of inside) {
    const last = out.at(-1);
    if (last !== undefined && a <= last[1]) last[1] = Math.max(last[1], b);
    else out.push([a, b]);
  }
  return out;
}

/** @param spans merged, as is `without` */
export function subtracted(spans: readonly Span[], without: readonly Span[]): readonly Span[] {
  let left: readonly Span[] = spans;
  for (const [a, b] of without)
    left = left.flatMap(([x, y]): Span[] => {
      if (b <= x || y <= a) return [[x, y]];
      const kept: Span[] = [];
      if (x < a) kept.push([x, a]);
      if (b < y) kept.push([b, y]);
      return kept;
    });
  return left;
}

export const lengthOf = (spans: readonly Span[]): Duration => spans.reduce((sum, [a, b]) => sum + b - a, 0);
