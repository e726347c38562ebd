import type { MinutesAhead } from './trend.ts';

/** When a limit will be passed, in minutes from now. */
export type Reaching = {
  readonly limit: number;
  /** By what is said of this limit. */
  readonly inMin: number;
  /** By P90, and by P10; `null`: not within the last horizon. */
  readonly soonestMin: number | null;
  readonly latestMin: number | null;
};

/** @returns the limits above `now` of which it is said that they will be passed, the lowest first */
export function reachesOf(
  now: number,
  ahead: readonly MinutesAhead[],
  limits: readonly number[],
): readonly Reaching[] {
  const path = (of: (a: MinutesAhead) => number): readonly (readonly [number, number])[] => [
    [0, now],
    ...ahead.map((a) => [a.horizon, of(a)] as const),
  ];
  const reaching = limits.filter((limit) => limit > now).toSorted((a, b) => a - b);
  return reaching.flatMap((limit): Reaching[] => {
    const inMin = crossing(
      path((a) => a.passings.find((p) => p.limit === limit)?.depth ?? a.p50),
      limit,
    );
    if (inMin === null) return [];
    const soonestMin = crossing(
      path((a) => a.p90),
      limit,
    );
    const latestMin = crossing(
      path((a) => a.p10),
      limit,
    );
    return [
      {
        limit,
        inMin,
        // What is said leans towards caution: it may be sooner than P90 has it.
        soonestMin: soonestMin === null ? null : Math.min(soonestMin, inMin),
        latestMin: latestMin === null ? null : Math.max(latestMin, inMin),
      },
    ];
  });
}

/** Straight between the horizons; the first minute at which the limit is reached. */
function crossing(path: readonly (readonly [at: number, depth: number])[], limit: number): number | null {
  for (let i = 1; i < path.length; i++) {
    const [from, before] = path[i - 1] as readonly [number, number];
    const [to, after] = path[i] as readonly [number, number];
    if (after < limit) continue;
    return Math.max(1, Math.round(from + ((limit - before) / (after - before)) * (to - from)));
  }
  return null;
}
