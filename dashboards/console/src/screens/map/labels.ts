/** Where a name may stand beside its outline: at a corner of it, so many pixels off. */
export type Label = {
  readonly at: readonly [number, number];
  readonly offset: readonly [number, number];
  readonly align: 'center' | 'left' | 'right';
};
type Outline = { readonly name: string; readonly ring: readonly (readonly number[])[] };
type Box = readonly [left: number, top: number, right: number, bottom: number];

const LINE = 16;
/** Close by, or a line further where that is taken. */
const AWAYS = [12, 28] as const;
/** Half of what a mark takes, and its count below it. */
const MARK = { side: 22, above: 18, below: 34 } as const;

/**
 * A place for each outline's name where it covers no mark and no other name: above it, else below, right or left, else
 * the same a line further; above all the same where there is none.
 *
 * @param marks in the outline's own coordinates
 * @param resolution units of them a pixel
 */
export function placeLabels(
  outlines: readonly Outline[],
  marks: readonly (readonly [number, number])[],
  resolution: number,
): Label[] {
  const taken: Box[] = marks.map(([x, y]) => {
    const [px, py] = [x / resolution, -y / resolution];
    return [px - MARK.side, py - MARK.above, px + MARK.side, py + MARK.below];
  });
  return outlines.map(({ name, ring }) => {
    const wide = widthOf(name);
    const places = choices(ring);
    const boxes = places.map((p) => boxOf(p, wide, resolution));
    const free = boxes.findIndex((b) => !taken.some((t) => overlap(b, t)));
    const chosen = Math.max(0, free);
    taken.push(boxes[chosen] as Box);
    return places[chosen] as Label;
  });
}

function choices(ring: readonly (readonly number[])[]): Label[] {
  const corner = (better: (a: readonly number[], b: readonly number[]) => boolean): [number, number] => {
    const found = ring.reduce((best, p) => (better(p, best) ? p : best), ring[0] ?? [0, 0]);
    return [found[0] ?? 0, found[1] ?? 0];
  };
  const top = corner((a, b) => (a[1] ?? 0) > (b[1] ?? 0));
  const bottom = corner((a, b) => (a[1] ?? 0) < (b[1] ?? 0));
  const right = corner((a, b) => (a[0] ?? 0) > (b[0] ?? 0));
  const left = corner((a, b) => (a[0] ?? 0) < (b[0] ?? 0));
  return AWAYS.flatMap((away): Label[] => [
    { at: top, offset: [0, -away], align: 'center' },
    { at: bottom, offset: [0, away], align: 'center' },
    { at: right, offset: [away, 0], align: 'left' },
    { at: left, offset: [-away, 0], align: 'right' },
  ]);
}

function boxOf(l: Label, wide: number, resolution: number): Box {
  const x = l.at[0] / resolution + l.offset[0];
  const y = -l.at[1] / resolution + l.offset[1];
  const left = l.align === 'center' ? x - wide / 2 : l.align === 'left' ? x : x - wide;
  return [left, y - LINE / 2, left + wide, y + LINE / 2];
}

/** At 13 px: a Chinese character is as wide as high, a Latin one about half. */
const widthOf = (name: string): number =>
  [...name].reduce((w, c) => w + ((c.codePointAt(0) ?? 0) > 0x2e7f ? 13 : 7.5), 0);

const overlap = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
