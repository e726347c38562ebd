import type { Asset } from '../../api/answers.ts';
import type { PointState } from './points.ts';

/** An asset that is a line or an area, as the map draws it. */
export type AssetShape = Pick<Asset, 'code' | 'name' | 'lifeline' | 'area' | 'owner' | 'attributes'> & {
  readonly geometry: NonNullable<Asset['geometry']>;
  readonly flow: 'along' | 'against' | null;
};

export function shapeOf(a: Asset): AssetShape | null {
  const { flow } = a.attributes;
  return a.geometry === null
    ? null
    : { ...a, geometry: a.geometry, flow: flow === 'along' || flow === 'against' ? flow : null };
}

/** The worst level of the points on each asset, where there is one. */
export function levelsOf(states: readonly PointState[]): ReadonlyMap<string, 1 | 2 | 3 | 4> {
  const worst = new Map<string, 1 | 2 | 3 | 4>();
  for (const { level, point } of states)
    if (level !== null && point.asset !== null && level < (worst.get(point.asset) ?? 5))
      worst.set(point.asset, level);
  return worst;
}

type Position = readonly [lon: number, lat: number];
const EARTH = 6_371_008.8;

/** Metres along a great circle. */
export function metresBetween([aLon, aLat]: Position, [bLon, bLat]: Position): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((bLat - aLat) * rad) / 2) ** 2 +
    Math.cos(aLat * rad) * Math.cos(bLat * rad) * Math.sin(((bLon - aLon) * rad) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Metres of a line; square metres of an area, its holes taken out. */
export function sizeOf({ geometry: g }: Pick<AssetShape, 'geometry'>): {
  readonly metres?: number;
  readonly square?: number;
} {
  switch (g.type) {
    case 'LineString':
      return { metres: lengthOf(g.coordinates) };
    case 'MultiLineString':
      return { metres: g.coordinates.reduce((sum, path) => sum + lengthOf(path), 0) };
    case 'Polygon':
      return { square: areaOf(g.coordinates) };
    case 'MultiPolygon':
      return { square: g.coordinates.reduce((sum, rings) => sum + areaOf(rings), 0) };
  }
}
export const lengthOf = (path: readonly Position[]): number =>
  path.slice(1).reduce((sum, p, i) => sum + metresBetween(path[i] as Position, p), 0);
/** Flat: a basin is small against the earth. */
function areaOf(rings: readonly (readonly Position[])[]): number {
  return rings.reduce((sum, ring, i) => sum + (i === 0 ? 1 : -1) * ringArea(ring), 0);
}
function ringArea(ring: readonly Position[]): number {
  const [lon0, lat0] = ring[0] ?? [0, 0];
  const k = (EARTH * Math.PI) / 180;
  const flat = ring.map(([lon, lat]) => [
    (lon - lon0) * k * Math.cos((lat0 * Math.PI) / 180),
    (lat - lat0) * k,
  ]);
  return Math.abs(
    flat.reduce((sum, [x = 0, y = 0], i) => {
      const [nx = 0, ny = 0] = flat[(i + 1) % flat.length] ?? [];
      return sum + x * ny - nx * y;
    }, 0) / 2,
  );
}

/** All its places. */
export function placesOf({ geometry: g }: Pick<AssetShape, 'geometry'>): readonly Position[] {
  switch (g.type) {
    case 'LineString':
      return g.coordinates;
    case 'MultiLineString':
    case 'Polygon':
      return g.coordinates.flat();
    case 'MultiPolygon':
      return g.coordinates.flat(2);
  }
}

/** `1.25 km`, `340 m`. */
export const metresInWords = (m: number): string =>
  m >= 1_000 ? `${Number((m / 1_000).toFixed(m >= 10_000 ? 1 : 2))} km` : `${Math.round(m)} m`;
