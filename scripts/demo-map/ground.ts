/** Degrees, [lon, lat]. */
export type Spot = readonly [number, number];
export type Path = readonly Spot[];

/** Metres in a degree where the invented city lies: 31° north. */
const EAST = 95_500;
const NORTH = 110_900;

export const apart = ([ax, ay]: Spot, [bx, by]: Spot): number =>
  Math.hypot((ax - bx) * EAST, (ay - by) * NORTH);

export function lengthOf(path: Path): number {
  return path.slice(1).reduce((sum, p, i) => sum + apart(p, path[i] as Spot), 0);
}

/** Metres from a spot to the nearest place of a path. */
export function offPath(spot: Spot, path: Path): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1] as Spot, path[i] as Spot];
    const [dx, dy] = [(b[0] - a[0]) * EAST, (b[1] - a[1]) * NORTH];
    const [px, py] = [(spot[0] - a[0]) * EAST, (spot[1] - a[1]) * NORTH];
    const t = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(px - t * dx, py - t * dy));
  }
  return least;
}

/** A place every so many metres along a path, and its last one. */
export function every(path: Path, metres: number): Spot[] {
  const found: Spot[] = [];
  let due = 0;
  let gone = 0;
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1] as Spot, path[i] as Spot];
    const long = apart(a, b);
    for (; due <= gone + long; due += metres) {
      const t = long === 0 ? 0 : (due - gone) / long;
      found.push(round([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]));
    }
    gone += long;
  }
  return found;
}

/** A path, smoothed by cutting its corners (Chaikin), its ends kept. */
export function smooth(path: Path, times = 3): Path {
  let now: Spot[] = [...path];
  for (let n = 0; n < times; n++) {
    const next: Spot[] = [now[0] as Spot];
    for (let i = 1; i < now.length; i++) {
      const [a, b] = [now[i - 1] as Spot, now[i] as Spot];
      next.push([a[0] * 0.75 + b[0] * 0.25, a[1] * 0.75 + b[1] * 0.25]);
      next.push([a[0] * 0.25 + b[0] * 0.75, a[1] * 0.25 + b[1] * 0.75]);
    }
    next.push(now.at(-1) as Spot);
    now = next;
  }
  return now.map(round);
}

/** The ring around a path, so many metres to each side. */
export function banks(path: Path, metres: number): Path {
  const left: Spot[] = [];
  const right: Spot[] = [];
  path.forEach((p, i) => {
    const [a, b] = [path[Math.max(0, i - 1)] as Spot, path[Math.min(path.length - 1, i + 1)] as Spot];
    const [dx, dy] = [(b[0] - a[0]) * EAST, (b[1] - a[1]) * NORTH];
    const long = Math.hypot(dx, dy) || 1;
    // A river is nowhere as wide as a moment ago.
    const wide = metres * (1 + 0.14 * Math.sin(i * 0.9));
    const [east, north] = [((-dy / long) * wide) / EAST, ((dx / long) * wide) / NORTH];
    left.push(round([p[0] + east, p[1] + north]));
    right.push(round([p[0] - east, p[1] - north]));
  });
  return closed([...left, ...right.reverse()]);
}

/** A ring around a spot that is no circle. */
export function blob([lon, lat]: Spot, east: number, north: number, seed: number): Path {
  const ring: Spot[] = [];
  for (let i = 0; i < 36; i++) {
    const turn = (i / 36) * 2 * Math.PI;
    const far = 1 + 0.16 * Math.sin(turn * 3 + seed) + 0.08 * Math.sin(turn * 5 + seed * 2);
    ring.push(
      round([lon + (Math.cos(turn) * east * far) / EAST, lat + (Math.sin(turn) * north * far) / NORTH]),
    );
  }
  return closed(ring);
}

export const moved = ([lon, lat]: Spot, east: number, north: number): Spot =>
  round([lon + east / EAST, lat + north / NORTH]);

export const closed = (ring: Path): Path => [...ring, ring[0] as Spot];
export const round = ([lon, lat]: Spot): Spot => [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];

export function inside([x, y]: Spot, ring: Path): boolean {
  let is = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i] as Spot, ring[j] as Spot];
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) is = !is;
  }
  return is;
}

/** Chance that is the same each time: 0 … 1 by two whole numbers. */
export function chance(a: number, b: number): number {
  let n = (Math.imul(a, 374_761_393) + Math.imul(b, 668_265_263)) | 0;
  n = Math.imul(n ^ (n >>> 13), 1_274_126_177);
  return ((n ^ (n >>> 16)) >>> 0) / 4_294_967_296;
}
