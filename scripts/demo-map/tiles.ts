import GeoJSONVT from 'geojson-vt';
import vtpbf from 'vt-pbf';
import { EXTENT } from '../../simulators/maps/linlan.ts';
import { city, type Drawn } from './city.ts';
import { pmtilesFile, type Tile } from './pmtiles-file.ts';

const ZOOMS = { least: 8, most: 14 } as const;

/** The file, byte by byte. */
export function demoMap(): Uint8Array {
  const layers = city();
  const tiles: Tile[] = [];
  for (let z: number = ZOOMS.least; z <= ZOOMS.most; z++) {
    // What is seen from close only is not in the tiles of those who are far away.
    const indexes = Object.entries(layers).map(
      ([name, all]) =>
        [
          name,
          indexOf(
            all.filter((d) => d.from <= z),
            z,
          ),
        ] as const,
    );
    const [west, south, east, north] = EXTENT;
    const [x0, y0] = tileAt(west, north, z);
    const [x1, y1] = tileAt(east, south, z);
    for (let x = x0; x <= x1; x++)
      for (let y = y0; y <= y1; y++) {
        const found = indexes.flatMap(([name, index]) => {
          const tile = index.getTile(z, x, y);
          return tile === null || tile.features.length === 0 ? [] : [[name, tile] as const];
        });
        if (found.length > 0)
          tiles.push({ z, x, y, bytes: vtpbf.fromGeojsonVt(Object.fromEntries(found), { version: 2 }) });
      }
  }
  return pmtilesFile(tiles, {
    bounds: EXTENT,
    metadata: {
      name: '临澜市（虚构）',
      attribution: '虚构城市 · invented',
      vector_layers: Object.keys(layers).map((id) => ({ id, fields: { kind: 'String', name: 'String' } })),
    },
  });
}

const indexOf = (features: readonly Drawn[], z: number) =>
  new GeoJSONVT(
    { type: 'FeatureCollection', features: features.map(({ from: _, ...f }) => f) as never[] },
    { maxZoom: z, indexMaxZoom: z, indexMaxPoints: 0, extent: 4096, buffer: 80, tolerance: 4 },
  );

function tileAt(lon: number, lat: number, z: number): readonly [number, number] {
  const n = 2 ** z;
  const turn = (lat * Math.PI) / 180;
  return [
    Math.floor(((lon + 180) / 360) * n),
    Math.floor(((1 - Math.log(Math.tan(turn) + 1 / Math.cos(turn)) / Math.PI) / 2) * n),
  ];
}
