import type Geometry from 'ol/geom/Geometry.js';
import LineString from 'ol/geom/LineString.js';
import MultiLineString from 'ol/geom/MultiLineString.js';
import MultiPolygon from 'ol/geom/MultiPolygon.js';
import Polygon from 'ol/geom/Polygon.js';
import type { AssetShape } from '../shapes.ts';
import type { Ground } from './ground.ts';

/** Where an asset lies, in the map's own coordinates. */
export function drawnOf({ geometry }: Pick<AssetShape, 'geometry'>, { put }: Pick<Ground, 'put'>): Geometry {
  const path = (p: readonly (readonly number[])[]): number[][] =>
    p.map(([lon = 0, lat = 0]) => put(lon, lat));
  switch (geometry.type) {
    case 'LineString':
      return new LineString(path(geometry.coordinates));
    case 'MultiLineString':
      return new MultiLineString(geometry.coordinates.map(path));
    case 'Polygon':
      return new Polygon(geometry.coordinates.map(path));
    case 'MultiPolygon':
      return new MultiPolygon(geometry.coordinates.map((rings) => rings.map(path)));
  }
}
