/** Of coordinates; GCJ-02 is converted on display and on import only, never stored. */
export type Reference = 'CGCS2000' | 'WGS-84';

/** Degrees, longitude first. */
export type Position = readonly [number, number];
export type Path = readonly Position[];

/**
 * Where a thing lies that is no point: a main, a gallery, a basin. As GeoJSON has it (RFC 7946), with the reference of its
 * coordinates named. A line is drawn from where it begins; which way it flows says the attribute `flow`.
 */
export type Geometry = { readonly crs: Reference } & (
  | { readonly type: 'LineString'; readonly coordinates: Path }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly Path[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly Path[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Path[])[] }
);

/** Attribute of a line: `along` as it is drawn, `against` it. */
export const FLOW = 'flow';
export const FLOWS: readonly string[] = ['along', 'against'];

/** Its lines, or the rings of its areas. */
export function pathsOf(g: Geometry): readonly Path[] {
  switch (g.type) {
    case 'LineString':
      return [g.coordinates];
    case 'MultiLineString':
    case 'Polygon':
      return g.coordinates;
    case 'MultiPolygon':
      return g.coordinates.flat();
  }
}
