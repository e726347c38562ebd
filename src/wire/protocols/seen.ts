/** Frames of a station remembered, to know what is sent again. */
const REMEMBERED = 64;

type Name = { readonly name: string; readonly before: Name | null };

/**
 * Names of the last 64 frames of a station. A frame costs one link: a list that is copied for each would be 64 names of
 * garbage a frame and station, and its collection was seen in the time until an alarm is told.
 */
export type SeenFrames = {
  readonly newest: Name | null;
  /** Names that count. */
  readonly length: number;
  /** Links, with those behind the last that counts: cut off from time to time. */
  readonly links: number;
};

export const NONE_SEEN: SeenFrames = { newest: null, length: 0, links: 0 };

export function hasSeen({ newest, length }: SeenFrames, name: string): boolean {
  let one = newest;
  for (let n = 0; n < length && one !== null; n++, one = one.before) if (one.name === name) return true;
  return false;
}

export function withSeen(seen: SeenFrames, name: string): SeenFrames {
  const { newest, length, links } = seen.links < 2 * REMEMBERED ? seen : cut(seen);
  return { newest: { name, before: newest }, length: Math.min(REMEMBERED, length + 1), links: links + 1 };
}

function cut({ newest, length }: SeenFrames): SeenFrames {
  const names: string[] = [];
  for (let one = newest; one !== null && names.length < length; one = one.before) names.push(one.name);
  let kept: Name | null = null;
  for (const name of names.reverse()) kept = { name, before: kept };
  return { newest: kept, length, links: length };
}
