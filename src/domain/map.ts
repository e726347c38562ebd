import type { Millis } from './time.ts';

/** West, south, east, north, degrees. */
type MapBounds = readonly [number, number, number, number];

/** Why a file in the folder of maps is no base map. */
export type MapFileFlaw =
  | 'map-not-pmtiles'
  | 'map-is-mbtiles'
  | 'map-old-version'
  | 'map-cut-short'
  | 'map-compression'
  | 'map-tile-type'
  | 'map-unreadable'
  | 'map-empty'
  | 'map-bad-bounds';

/** A file in the folder of maps, and what it holds. */
export type MapFile = { readonly name: string; readonly bytes: number } & (
  | {
      readonly flaw: null;
      readonly tiles: 'vector' | 'raster';
      readonly minZoom: number;
      readonly maxZoom: number;
      readonly bounds: MapBounds;
    }
  | { readonly flaw: MapFileFlaw }
);

/** What lies under the points: nothing, a file of ours, or tiles of a server that an administrator named. */
export type BaseMap =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly file: string; readonly attribution: string }
  | {
      readonly kind: 'xyz' | 'wmts';
      readonly url: string;
      readonly crs: 'EPSG:3857' | 'EPSG:4490';
      readonly layer: string;
      readonly matrixSet: string;
      readonly style: string;
      readonly format: string;
      readonly attribution: string;
    };

/** How every console of the house sees the map. */
export type MapSettings = {
  /** `null`: nobody has chosen yet; the first good file is taken. */
  readonly base: BaseMap | null;
  /** What the map opens at; `null`: at all points. */
  readonly view: { readonly lon: number; readonly lat: number; readonly zoom: number } | null;
  readonly revision: number;
  readonly changed: { readonly by: string; readonly at: Millis } | null;
};

export const NO_MAP_SETTINGS: MapSettings = { base: null, view: null, revision: 0, changed: null };

/** Which base map is shown: what was chosen, or else the first good file. */
export function baseInForce(settings: MapSettings, files: readonly MapFile[]): BaseMap {
  if (settings.base !== null) return settings.base;
  const first = files.find((f) => f.flaw === null);
  return first === undefined ? { kind: 'none' } : { kind: 'file', file: first.name, attribution: '' };
}
