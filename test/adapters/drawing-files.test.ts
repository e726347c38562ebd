import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readDrawing as readInThread } from '../../src/adapters/drawing-files/index.ts';
import { readDrawing } from '../../src/adapters/drawing-files/read.ts';
import { type DrawingAsk, drawingAsk } from '../../src/wire/files/drawing.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ask = (more: Partial<DrawingAsk> = {}): DrawingAsk => ({
  ...drawingAsk.parse({}),
  lifeline: 'gas',
  ...more,
});
const read = (file: Uint8Array | string, more: Partial<DrawingAsk> = {}, name = 'pipes.geojson') =>
  readDrawing(typeof file === 'string' ? bytes(file) : file, ask(more), name);
const feature = (geometry: unknown, properties: unknown = {}) => ({ type: 'Feature', geometry, properties });
const geojson = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });
const line = (coordinates: unknown) => ({ type: 'LineString', coordinates });
const codes = (r: ReturnType<typeof read>) => r.faults.map((f) => [f.feature, f.code]);

/** Gauss-Kruger by the series of a textbook, GRS80: not the library that is looked at. Metres east of the meridian, and north. */
function gauss(lon: number, lat: number, meridian: number): readonly [number, number] {
  const [a, f] = [6_378_137, 1 / 298.257222101];
  const e2 = f * (2 - f);
  const [phi, d] = [(lat * Math.PI) / 180, ((lon - meridian) * Math.PI) / 180];
  let arc = 0;
  const steps = 20_000;
  for (let i = 0; i < steps; i++) {
    const at = ((i + 0.5) / steps) * phi;
    arc += ((a * (1 - e2)) / (1 - e2 * Math.sin(at) ** 2) ** 1.5) * (phi / steps);
  }
  const [s, c, t] = [Math.sin(phi), Math.cos(phi), Math.tan(phi) ** 2];
  const n = a / Math.sqrt(1 - e2 * s * s);
  const eta = (e2 / (1 - e2)) * c * c;
  const k = d * c;
  return [
    n * (k + ((1 - t + eta) * k ** 3) / 6 + ((5 - 18 * t + t * t + 14 * eta - 58 * t * eta) * k ** 5) / 120),
    arc + n * Math.tan(phi) * (k ** 2 / 2 + ((5 - t + 9 * eta + 4 * eta * eta) * k ** 4) / 24),
  ];
}
const METRE = 1 / 111_000;

describe('coordinates of a drawing', () => {
  const [east, north] = gauss(118.02, 31.03, 117);
  it.each([
    ['3°, zone 39 before the easting, as a choice', 'EPSG:4527', 39_500_000 + east, north],
    ['3°, zone 39 before the easting, seen by itself', 'auto', 39_500_000 + east, north],
    ['3°, central meridian 117', 'EPSG:4548', 500_000 + east, north],
    ['6°, zone 20, which has the same meridian', 'EPSG:4498', 20_500_000 + east, north],
    ['6°, central meridian 117', 'EPSG:4509', 500_000 + east, north],
  ])('%s: within a metre of where it is, and CGCS2000', (_, crs, x, y) => {
    const r = read(
      geojson(
        feature(
          line([
            [x, y],
            [x + 100, y],
          ]),
        ),
      ),
      { crs },
    );
    expect(r.faults).toEqual([]);
    const [{ draft } = { draft: null }] = r.drafts;
    const geometry = draft?.geometry as { crs: string; coordinates: readonly (readonly [number, number])[] };
    expect(geometry.crs).toBe('CGCS2000');
    expect(Math.abs((geometry.coordinates[0]?.[0] ?? 0) - 118.02)).toBeLessThan(METRE);
    expect(Math.abs((geometry.coordinates[0]?.[1] ?? 0) - 31.03)).toBeLessThan(METRE);
  });

  it('GCJ-02 is taken back by some hundred metres', () => {
    const [{ draft } = { draft: null }] = read(
      geojson(feature({ type: 'Point', coordinates: [116.40372, 39.91491] })),
      { crs: 'GCJ-02' },
    ).drafts;
    // Some 600 m to the south-west, as everywhere near Beijing.
    expect(Math.abs((draft?.place?.lon ?? 0) - 116.39748)).toBeLessThan(20 * METRE);
    expect(Math.abs((draft?.place?.lat ?? 0) - 39.9135)).toBeLessThan(20 * METRE);
    expect(draft?.place?.crs).toBe('WGS-84');
  });

  it('metres without a zone are refused with what has to be chosen; so is northing first, an old datum, and a place outside China', () => {
    const metres = geojson(
      feature(
        line([
          [500_100, 3_434_000],
          [500_200, 3_434_000],
        ]),
      ),
    );
    expect(codes(read(metres))).toEqual([[0, 'drawing-crs-needed']]);
    const northFirst = geojson(
      feature(
        line([
          [north, 39_500_000 + east],
          [north + 5, 39_500_000 + east],
        ]),
      ),
    );
    expect(codes(read(northFirst))).toEqual([[0, 'drawing-swapped']]);
    expect(read(northFirst, { swap: true }).faults).toEqual([]);
    expect(
      codes(
        read(
          geojson(
            feature(
              line([
                [31.03, 118.02],
                [31.04, 118.02],
              ]),
            ),
          ),
          { crs: 'CGCS2000' },
        ),
      ),
    ).toEqual([[0, 'drawing-not-in-china']]);
    const xian = 'PROJCS["Xian_1980_3_Degree_GK_Zone_39",GEOGCS["GCS_Xian_1980"]]';
    expect(
      codes(
        read(
          shapefile(
            [
              [0, 0],
              [1, 1],
            ],
            xian,
          ),
          {},
          'a.zip',
        ),
      ),
    ).toEqual([[0, 'drawing-old-datum']]);
  });
});

describe('GeoJSON', () => {
  it('keeps codes, names, owners, flow and every other attribute', () => {
    const r = read(
      geojson(
        feature(
          line([
            [118, 31],
            [118.01, 31],
          ]),
          {
            编号: 'RQ/001 A',
            名称: '云麓大道干管',
            权属单位: '燃气公司',
            管径: 315,
            材质: 'PE100',
            流向: '逆',
            空: null,
          },
        ),
      ),
    );
    expect(r.faults).toEqual([]);
    expect(r.drafts[0]?.draft).toEqual({
      kind: 'asset',
      code: 'RQ-001-A',
      name: '云麓大道干管',
      lifeline: 'gas',
      owner: '燃气公司',
      geometry: {
        type: 'LineString',
        crs: 'WGS-84',
        coordinates: [
          [118, 31],
          [118.01, 31],
        ],
      },
      attributes: { 管径: '315', 材质: 'PE100', flow: 'against' },
    });
    expect([r.kind, r.features, r.bounds]).toEqual(['GeoJSON', 1, [118, 31, 118.01, 31]]);
  });

  it('without codes makes the same ones each time, of where things lie', () => {
    const file = geojson(
      feature(
        line([
          [118, 31],
          [118.01, 31],
        ]),
      ),
      feature(
        line([
          [118, 31],
          [118.02, 31],
        ]),
      ),
    );
    const [first, again] = [read(file), read(file)];
    expect(first.drafts).toEqual(again.drafts);
    expect(first.drafts.map((d) => d.draft.code)).toEqual([
      expect.stringMatching(/^pipes-[0-9a-f]{10}$/),
      expect.stringMatching(/^pipes-/),
    ]);
    expect(new Set(first.drafts.map((d) => d.draft.code)).size).toBe(2);
  });

  it('names every fault, and takes the others', () => {
    const r = read(
      geojson(
        feature(
          line([
            [118, 31],
            [118.01, 31],
          ]),
          { code: 'A' },
        ),
        feature(
          line([
            [118, 31],
            [118.01, 31],
          ]),
          { code: 'A' },
        ),
        feature({ type: 'GeometryCollection', geometries: [] }, { code: 'B' }),
        feature(
          line([
            [118, null],
            [118.01, 31],
          ]),
          { code: 'C' },
        ),
        feature(
          line([
            [118, 31],
            [118.01, 31],
          ]),
          { code: '管线五' },
        ),
        feature(
          line([
            [118, 31],
            [118.01, 31],
          ]),
          { code: 'F', 流向: '东', 备注: '长'.repeat(201) },
        ),
        null,
      ),
    );
    expect(codes(r)).toEqual([
      [2, 'feature-repeats'],
      [3, 'feature-shape'],
      [4, 'feature-coordinates'],
      [5, 'feature-code'],
      [6, 'feature-flow'],
      [6, 'feature-attributes'],
      [7, 'feature-shape'],
    ]);
    expect(r.drafts.map((d) => [d.feature, d.draft.code])).toEqual([
      [1, 'A'],
      [6, 'F'],
    ]);
  });

  it.each([
    ['{', 'drawing-no-json'],
    ['{"type":"Topology"}', 'drawing-no-features'],
    ['{"type":"FeatureCollection","features":[]}', 'drawing-empty'],
    ['AC1032 …', 'drawing-is-dwg'],
    ['hello', 'drawing-unknown'],
    ['', 'drawing-unknown'],
  ])('%s is none, and what is said is what it is', (text, code) => {
    expect(codes(read(text))).toEqual([[0, code]]);
  });
});

/** One line as a shapefile, by hand. */
function shapefile(
  path: readonly (readonly [number, number])[],
  prj: string | null,
  encoding = 'gb18030',
): Uint8Array {
  const content = 44 + 4 + path.length * 16;
  const shp = new DataView(new ArrayBuffer(100 + 8 + content));
  shp.setInt32(0, 9994);
  shp.setInt32(24, shp.byteLength / 2);
  shp.setInt32(28, 1000, true);
  shp.setInt32(32, 3, true);
  shp.setInt32(100, 1);
  shp.setInt32(104, content / 2);
  shp.setInt32(108, 3, true);
  shp.setInt32(144, 1, true);
  shp.setInt32(148, path.length, true);
  shp.setInt32(152, 0, true);
  path.forEach(([x, y], i) => {
    shp.setFloat64(156 + i * 16, x, true);
    shp.setFloat64(164 + i * 16, y, true);
  });
  // 燃气 in GB18030, padded.
  const cell = encoding === 'gb18030' ? Uint8Array.from([0xc8, 0xbc, 0xc6, 0xf8, 0x20, 0x20]) : bytes('燃气');
  const dbf = new Uint8Array(32 + 32 + 1 + 1 + 6 + 1);
  const view = new DataView(dbf.buffer);
  dbf[0] = 3;
  view.setInt32(4, 1, true);
  view.setInt16(8, 65, true);
  view.setInt16(10, 7, true);
  dbf.set(bytes('KIND'), 32);
  dbf[32 + 11] = 'C'.charCodeAt(0);
  dbf[32 + 16] = 6;
  dbf[64] = 0x0d;
  dbf[65] = 0x20;
  dbf.set(cell, 66);
  dbf[72] = 0x1a;
  return zipSync({
    'pipes/管线.shp': new Uint8Array(shp.buffer),
    'pipes/管线.dbf': dbf,
    ...(prj === null ? {} : { 'pipes/管线.prj': bytes(prj) }),
    'readme.txt': bytes('x'),
  });
}

describe('a Shapefile', () => {
  const [east, north] = gauss(118.02, 31.03, 117);
  it('is read from its zip by its .prj, Chinese attributes of either encoding', () => {
    const prj =
      'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';
    for (const encoding of ['gb18030', 'utf-8']) {
      const r = read(
        shapefile(
          [
            [39_500_000 + east, north],
            [39_500_100 + east, north],
          ],
          prj,
          encoding,
        ),
        {},
        'pipes.zip',
      );
      expect(r.faults).toEqual([]);
      expect([r.kind, r.crs]).toEqual(['Shapefile', 'CGCS2000_3_Degree_GK_Zone_39']);
      const geometry = r.drafts[0]?.draft.geometry as { coordinates: readonly (readonly [number, number])[] };
      expect(Math.abs((geometry.coordinates[0]?.[0] ?? 0) - 118.02)).toBeLessThan(METRE);
      expect(r.drafts[0]?.draft.attributes).toEqual({ KIND: '燃气' });
    }
  });
  it('without .shp, or broken, is told so', () => {
    expect(codes(read(zipSync({ 'a.txt': bytes('x') })))).toEqual([[0, 'drawing-no-shp']]);
    expect(
      codes(
        read(
          shapefile(
            [
              [1, 1],
              [2, 2],
            ],
            null,
          ).subarray(0, 90),
        ),
      ),
    ).toEqual([[0, 'drawing-bad-zip']]);
    expect(codes(read(zipSync({ 'a.shp': bytes('nothing of the kind, and too short') })))[0]?.[1]).toMatch(
      /drawing-(bad-shp|empty)/,
    );
  });
});

describe('a DXF', () => {
  const dxf = (...pairs: (string | number)[]) =>
    ['0', 'SECTION', '2', 'ENTITIES', ...pairs, '0', 'ENDSEC', '0', 'EOF', ''].join('\n');
  const [east, north] = gauss(118.02, 31.03, 117);
  const x = 39_500_000 + east;
  const file = dxf(
    ...['0', 'LINE', '8', '燃气', '10', x, '20', north, '11', x + 50, '21', north],
    ...[
      '0',
      'LWPOLYLINE',
      '8',
      '雨水',
      '90',
      3,
      '70',
      0,
      '10',
      x,
      '20',
      north,
      '10',
      x + 9,
      '20',
      north,
      '10',
      x + 9,
      '20',
      north + 9,
    ],
    ...[
      '0',
      'LWPOLYLINE',
      '8',
      '水池',
      '90',
      3,
      '70',
      1,
      '10',
      x,
      '20',
      north,
      '10',
      x + 9,
      '20',
      north,
      '10',
      x + 9,
      '20',
      north + 9,
    ],
    ...['0', 'POINT', '8', '阀门', '10', x, '20', north],
    ...['0', 'TEXT', '8', '注记', '10', x, '20', north, '40', 2, '1', 'DN315'],
  );
  it('gives lines, closed ones as areas, and points, each with its layer; texts are no features', () => {
    const r = read(file, {}, 'city.dxf');
    expect(r.faults).toEqual([]);
    expect(r.drafts.map(({ draft }) => [draft.geometry?.type ?? 'Point', draft.attributes?.layer])).toEqual([
      ['LineString', '燃气'],
      ['LineString', '雨水'],
      ['Polygon', '水池'],
      ['Point', '阀门'],
    ]);
    expect(r.layers).toEqual(['水池', '燃气', '阀门', '雨水'].sort());
    expect(Math.abs((r.bounds?.[0] ?? 0) - 118.02)).toBeLessThan(METRE);
  });
  it('of some layers alone, and says which there are when those are none', () => {
    expect(read(file, { layers: '燃气，阀门' }, 'city.dxf').drafts).toHaveLength(2);
    const none = read(file, { layers: '给水' }, 'city.dxf');
    expect(none.faults[0]?.say.zh).toContain('燃气');
  });
  it('binary is told how to be saved', () => {
    expect(codes(read('AutoCAD Binary DXF\r\n\u001a\0'))).toEqual([[0, 'drawing-binary-dxf']]);
  });
});

it('is read in a thread of its own, with the same answer', async () => {
  const file = bytes(
    geojson(
      feature(
        line([
          [118, 31],
          [118.01, 31],
        ]),
        { code: 'A' },
      ),
    ),
  );
  expect(await readInThread(file, ask(), 'a.geojson')).toEqual(readDrawing(file, ask(), 'a.geojson'));
});
