import type { PastFlood } from '../../../src/domain/forecast/curve.ts';

/** A flood that rises evenly to its peak, stands, and drains: cm, by the minute. */
export function aFlood(peak: number, risesFor: number, from = 0): PastFlood {
  const rise = Array.from({ length: risesFor }, (_, i) => (peak * i) / risesFor);
  const stands = Array.from({ length: 15 }, () => peak);
  const drains = Array.from({ length: 60 }, (_, i) => peak * (1 - (i + 1) / 60));
  return { from, minutes: Float64Array.from([...rise, ...stands, ...drains]) };
}

/** As many floods of different heights and haste. */
export const floods = (n: number): PastFlood[] =>
  Array.from({ length: n }, (_, i) => aFlood(8 + ((i * 7) % 40), 15 + ((i * 11) % 50), i * 86_400_000));
