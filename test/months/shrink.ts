import { type Given, type Played, play } from './month.ts';

/** What was not kept, whoever it happened to and when. */
const kindOf = (p: Played): string =>
  (p.failure?.what ?? '').replace(/\b[AG]-?[0-9a-z]+\b|[\d.:TZ-]+/g, '_').slice(0, 60);

/**
 * The shortest history that still fails in the same way: points and fates are left out, many at once and then one by one.
 *
 * @param failing as it was played
 */
export async function shrink(failing: Played): Promise<Played> {
  let best = failing;
  const { points } = failing.given;
  const everything = [
    ...Array.from({ length: points }, (_, i) => `G-${i + 1}`),
    ...failing.fates.map((f) => f.id),
  ].filter((id) => failing.given.without?.includes(id) !== true);
  for (let piece = Math.ceil(everything.length / 2); piece >= 1; piece = Math.floor(piece / 2))
    for (let i = 0; i < everything.length; ) {
      const left = everything.slice(i, i + piece);
      const given: Given = { ...best.given, without: [...(best.given.without ?? []), ...left] };
      const played = await play(given);
      if (played.failure !== null && kindOf(played) === kindOf(failing)) {
        best = played;
        everything.splice(i, piece);
      } else i += piece;
    }
  return best;
}
