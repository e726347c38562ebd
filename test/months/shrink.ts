import { minutes } from '../../src/domain/time.ts';
import { type Given, type Played, play } from './month.ts';

/** What was not kept, whoever it happened to and when. */
const kindOf = (p: Played): string =>
  (p.failure?.what ?? '').replace(/\b[AG]-?[0-9a-z]+\b|[\d.:TZ-]+/g, '_').slice(0, 60);

/**
 * The shortest history that still fails in the same way: points and then fates are left out, many at once and then one by one,
 * and nobody looks beyond where it failed. The points that the failure names are tried by themselves first.
 *
 * @param failing as it was played
 * @param lasts how long, in real time, may be searched, in ms
 */
export async function shrink(failing: Played, lasts: number = minutes(2)): Promise<Played> {
  const begun = performance.now();
  let best = failing;
  /** @returns whether it fails in the same way still */
  const fails = async (less: Partial<Given>): Promise<boolean> => {
    if (performance.now() - begun > lasts) return false;
    const upTo = (best.failure?.when ?? 0) + minutes(10);
    const played = await play({ ...best.given, upTo, ...less });
    if (played.failure === null || kindOf(played) !== kindOf(failing)) return false;
    best = played;
    return true;
  };

  const all = failing.given.only ?? Array.from({ length: failing.given.points }, (_, i) => `G-${i + 1}`);
  const named = all.filter((p) => new RegExp(`\\b${p}\\b`).test(failing.failure?.what ?? ''));
  if (named.length === 0 || !(await fails({ only: named }))) await fewest(all, (only) => fails({ only }));
  const without = failing.given.without ?? [];
  const fates = best.fates.filter((f) => f.from <= (best.failure?.when ?? 0)).map((f) => f.id);
  const later = best.fates.filter((f) => !fates.includes(f.id)).map((f) => f.id);
  await fewest(fates, (left) => fails({ without: [...without, ...fates.filter((f) => !left.includes(f))] }));
  // What begins after the failure changes nothing, and is named to nobody.
  return { ...best, fates: best.fates.filter((f) => !later.includes(f.id)) };
}

/** Leaves out what can be left out. @param works whether the rest is enough */
async function fewest(
  all: readonly string[],
  works: (rest: readonly string[]) => Promise<boolean>,
): Promise<void> {
  let rest = [...all];
  for (let piece = Math.ceil(rest.length / 2); piece >= 1; piece = Math.floor(piece / 2))
    for (let i = 0; i < rest.length; ) {
      const fewer = rest.filter((_, n) => n < i || n >= i + piece);
      if (await works(fewer)) rest = fewer;
      else i += piece;
    }
}
