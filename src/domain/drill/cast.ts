import { metresBetween } from '../metres-between.ts';
import type { Point } from '../register/register.ts';

/** A device of a scenario that needs a place. */
type Member = { readonly code: string; readonly lifeline: string; readonly metrics: readonly string[] };

/**
 * Gives the devices of a scenario their places in the city: each a point of its own, of its lifeline. A point of the same code is it;
 * else one that has measured most of what the device says, and of those the nearest to the one before.
 *
 * @param points those that may be drilled at, in order of code
 * @param measured what was heard from a point, by metric
 * @returns of each, in their order; `null`: none is left for it
 */
export function castOnto(
  cast: readonly Member[],
  points: readonly Point[],
  measured: (point: Point) => ReadonlySet<string>,
): readonly (Point | null)[] {
  const taken = new Set<string>();
  let last: Point | null = null;
  return cast.map((member) => {
    const free = points.filter((p) => p.lifeline === member.lifeline && !taken.has(p.code));
    const before: Point | null = last;
    const fits = (p: Point) => member.metrics.filter((m) => measured(p).has(m)).length;
    const best =
      free.find((p) => p.code === member.code) ??
      [...free].sort((a, b) => fits(b) - fits(a) || metresFrom(before, a) - metresFrom(before, b))[0];
    if (best === undefined) return null;
    taken.add(best.code);
    last = best;
    return best;
  });
}

const FAR = 1e9;
const metresFrom = (from: Point | null, p: Point): number =>
  from?.place == null || p.place === null ? FAR : metresBetween(from.place, p.place);
