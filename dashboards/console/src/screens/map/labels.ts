/** Where a name may stand beside its outline: at a corner of it, so many pixels off. */
export type Label = {
  readonly at: readonly [number, number];
  readonly offset: readonly [number, number];
  readonly align: 'center' | 'left' | 'right';
};
type Outline = { readonly name: string; readonly ring: readonly (readonly number[])[] };
/** `resolution`: units of the outlines a pixel. `scale`: of text and marks. `seen`: what is in sight, as [least x, least y, greatest x, greatest y]. */
export type Sight = {
  readonly resolution: number;
  readonly scale?: number;
  readonly seen?: readonly number[] | null;
};
type Box = readonly [left: number, top: number, right: number, bottom: number];

const LINE = 16;
/** Close by, or a line further where that is taken. */
const AWAYS = [12, 28] as const;
/** Half of what a mark takes, and its count below it. */
const MARK = { side: 22, above: 18, below: 34 } as const;

/**
 * A place for each outline's name where it covers no mark and no other name: above it, else below, right or left, else
 * the same a line further; where there is none it covers something rather than be cut off.
 *
 * @param marks in the outline's own coordinates
 */
export function placeLabels(
  outlines: readonly Outline[],
  marks: readonly (readonly [number, number])[],
  { resolution, scale = 1, seen = null }: Sight,
): Label[] {
  const taken: Box[] = marks.map(([x, y]) => {
    const [px, py] = [x / resolution, -y / resolution];
    return [px - MARK.side * scale, py - MARK.above * scale, px + MARK.side * scale, py + MARK.below * scale];
  });
  const [west = 0, south = 0, east = 0, north = 0] = (seen ?? []).map((v) => v / resolution);
  const inSight = ([left, top, right, bottom]: Box): boolean =>
    seen === null || (left >= west && right <= east && top >= -north && bottom <= -south);
  return outlines.map(({ name, ring }) => {
    const size = { wide: widthOf(name) * scale, high: LINE * scale };
    const places = choices(ring, scale);
    const boxes = places.map((p) => boxOf(p, size, resolution));
    const free = boxes.findIndex((b) => inSight(b) && !taken.some((t) => overlap(b, t)));
    const chosen = free >= 0 ? free : Math.max(0, boxes.findIndex(inSight));
    taken.push(boxes[chosen] as Box);
    return places[chosen] as Label;
  });
}

function choices(ring: readonly (readonly number[])[], scale: number): Label[] {
  const corner = (better: (a: readonly number[], b: readonly number[]) => boolean): [number, number] => {
    const found = ring.reduce((best, p) => (better(p, best) ? p : best), ring[0] ?? [0, 0]);
    return [found[0] ?? 0, found[1] ?? 0];
  };
  const top = corner((a, b) => (a[1] ?? 0) > (b[1] ?? 0));
  const bottom = corner((a, b) => (a[1] ?? 0) < (b[1] ?? 0));
  const right = corner((a, b) => (a[0] ?? 0) > (b[0] ?? 0));
  const left = corner((a, b) => (a[0] ?? 0) < (b[0] ?? 0));
  return AWAYS.map((a) => a * scale).flatMap((away): Label[] => [
    { at: top, offset: [0, -away], align: 'center' },
    { at: bottom, offset: [0, away], align: 'center' },
    { at: right, offset: [away, 0], align: 'left' },
    { at: left, offset: [-away, 0], align: 'right' },
  ]);
}

function boxOf(l: Label, { wide, high }: { wide: number; high: number }, resolution: number): Box {
  const x = l.at[0] / resolution + l.offset[0];
  const y = -l.at[1] / resolution + l.offset[1];
  const left = l.align === 'center' ? x - wide / 2 : l.align === 'left' ? x : x - wide;
  return [left, y - high / 2, left + wide, y + high / 2];
}

/** At 13 px: a Chinese character is as wide as high, a Latin one about half. */
const widthOf = (name: string): number =>
  [...name].reduce((w, c) => w + ((c.codePointAt(0) ?? 0) > 0x2e7f ? 13 : 7.5), 0);

const overlap = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
