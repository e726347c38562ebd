import TileLayer from 'ol/layer/Tile.js';
import Projection from 'ol/proj/Projection.js';
import { addCoordinateTransforms, addEquivalentProjections, addProjection, get } from 'ol/proj.js';
import WMTS from 'ol/source/WMTS.js';
import XYZ from 'ol/source/XYZ.js';
import TileGrid from 'ol/tilegrid/TileGrid.js';
import WMTSTileGrid from 'ol/tilegrid/WMTS.js';
import { type Base, isServer, type TileServer } from '../base.ts';

const LEVELS = 22;
/** 天地图 and the tile matrix sets of GB/T 35634 begin at the north-west corner, 1.40625° per pixel at level 0. */
const DEGREES: readonly number[] = Array.from({ length: LEVELS }, (_, z) => 1.40625 / 2 ** z);
const METRES: readonly number[] = Array.from({ length: LEVELS }, (_, z) => 156_543.033_928_041 / 2 ** z);
const HALF = 20_037_508.342_789_244;

/** CGCS2000 in degrees: within centimetres the same numbers as WGS 84, under a name of its own. */
function knowCgcs2000(): void {
  if (get('EPSG:4490') !== null) return;
  const wgs84 = get('EPSG:4326');
  const mercator = get('EPSG:3857');
  if (wgs84 === null || mercator === null)
    throw new Error('OpenLayers knows neither EPSG:4326 nor EPSG:3857');
  const metersPerUnit = wgs84.getMetersPerUnit();
  const cgcs2000 = new Projection({
    code: 'EPSG:4490',
    units: 'degrees',
    axisOrientation: 'neu',
    extent: [-180, -90, 180, 90],
    worldExtent: [-180, -90, 180, 90],
    global: true,
    ...(metersPerUnit === undefined ? {} : { metersPerUnit }),
  });
  addProjection(cgcs2000);
  addEquivalentProjections([wgs84, cgcs2000]);
  addCoordinateTransforms(cgcs2000, mercator, toMercator, toDegrees);
}
const toMercator = ([lon = 0, lat = 0]: number[]): number[] => [
  (lon * HALF) / 180,
  (Math.log(Math.tan(((90 + lat) * Math.PI) / 360)) / Math.PI) * HALF,
];
const toDegrees = ([x = 0, y = 0]: number[]): number[] => [
  (x / HALF) * 180,
  (Math.atan(Math.exp((y / HALF) * Math.PI)) * 360) / Math.PI - 90,
];

/** The view has the projection of its tiles, so that none has to be bent: sharp, and quick without WebGL. */
export function projectionOf(base: Base): string {
  if (!isServer(base)) return 'EPSG:3857';
  if (base.crs === 'EPSG:4490') knowCgcs2000();
  return base.crs;
}

/** @param onTrouble a tile did not come */
export function tileLayer(base: TileServer, onTrouble: () => void): TileLayer {
  const degrees = base.crs === 'EPSG:4490';
  const resolutions = [...(degrees ? DEGREES : METRES)];
  const origin = degrees ? [-180, 90] : [-HALF, HALF];
  const projection = projectionOf(base);
  const source =
    base.kind === 'xyz'
      ? new XYZ({ url: base.url, projection, tileGrid: new TileGrid({ origin, resolutions }), transition: 0 })
      : new WMTS({
          url: base.url,
          layer: base.layer,
          matrixSet: base.matrixSet,
          style: base.style,
          format: base.format,
          projection,
          tileGrid: new WMTSTileGrid({
            origin,
            resolutions,
            matrixIds: resolutions.map((_, z) => String(z)),
          }),
          transition: 0,
        });
  source.on('tileloaderror', onTrouble);
  return new TileLayer({ source });
}
