import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Asset, Point } from '../../src/domain/register/register.ts';
import { csvRows, delimiterOf } from '../../src/wire/files/csv.ts';
import {
  assetRow,
  deviceRow,
  exportHeader,
  modelRow,
  pointRow,
  readHeader,
  readRow,
  unusedColumns,
} from '../../src/wire/files/register-csv.ts';

const LIFELINES = new Map([
  ['gas', 'gas'],
  ['燃气', 'gas'],
]);

function readFile(text: string) {
  const [first, ...rest] = [...csvRows(text)];
  const header = readHeader(first?.cells ?? []);
  if ('error' in header) throw new Error(header.error.code);
  return rest.map((r) => readRow(header.header, r.cells, LIFELINES));
}

const onlyRow = (text: string) => readFile(text)[0] ?? { draft: null, errors: [] };

describe('a line or an area in a register file', () => {
  const asset = (cell: string, crs = 'CGCS2000') =>
    onlyRow(`kind,code,crs,geometry\nasset,M-1,${crs},"${cell}"\n`);
  test.each([
    [
      'LINESTRING (118.1 31.2, 118.3 31.4)',
      'LineString',
      [
        [118.1, 31.2],
        [118.3, 31.4],
      ],
    ],
    [
      'linestring z(118.1 31.2 7, 118.3 31.4 8)',
      'LineString',
      [
        [118.1, 31.2],
        [118.3, 31.4],
      ],
    ],
    [
      'SRID=4490;MULTILINESTRING((1 2,3 4),(5 6,7 8))',
      'MultiLineString',
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    ],
    [
      'POLYGON ((0 0, 1 0, 1 1, 0 0))',
      'Polygon',
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    ],
    [
      'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))',
      'MultiPolygon',
      [
        [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      ],
    ],
  ])('%s is read', (cell, type, coordinates) => {
    const { draft, errors } = asset(cell);
    expect(errors).toEqual([]);
    expect(draft).toMatchObject({ geometry: { type, coordinates, crs: 'CGCS2000' } });
  });
  test.each([
    'POINT (1 2)',
    'LINESTRING EMPTY',
    'LINESTRING (1 2 3',
    'LINESTRING (1, 2)',
    'LINESTRING ((1 2, 3 4))',
    'POLYGON (1 2, 3 4)',
    '[[1,2],[3,4]]',
    'LINESTRING (a b, c d)',
  ])('%s is none', (cell) => {
    expect(asset(cell).errors.map((e) => [e.column, e.code])).toEqual([['geometry', 'geometry-bad']]);
  });
  test('without its reference nobody knows where it is', () => {
    expect(asset('LINESTRING (1 2, 3 4)', '').errors.map((e) => e.code)).toEqual(['crs-bad']);
  });
  test('is written as it is read', () => {
    const written: Asset = {
      code: as.asset('M-1'),
      name: '主管',
      lifeline: as.lifeline('gas'),
      area: as.area('3416'),
      owner: null,
      place: null,
      geometry: {
        type: 'MultiPolygon',
        crs: 'WGS-84',
        coordinates: [
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        ],
      },
      attributes: { 管径: 'DN300', flow: 'against' },
    };
    const { draft, errors } = onlyRow(exportHeader('zh') + assetRow(written));
    expect(errors).toEqual([]);
    const { geometry, attributes } = written;
    expect(draft).toMatchObject({ kind: 'asset', geometry, attributes });
  });
});

describe('a register file', () => {
  test('may have Chinese headers, kinds and lifelines', () => {
    const { draft, errors } = onlyRow(
      '类型,编码,名称,业务专项,经度,纬度,坐标系\n监测点,P-1,一号井,燃气,115.8,33.9,cgcs2000\n',
    );
    expect(errors).toEqual([]);
    expect(draft).toEqual({
      kind: 'point',
      code: 'P-1',
      name: '一号井',
      lifeline: 'gas',
      place: { lon: 115.8, lat: 33.9, crs: 'CGCS2000' },
    });
  });

  test('empty cells and unknown columns ask for nothing', () => {
    const { draft } = onlyRow('kind,code,name,备注,owner\ndevice,D-1,,随便写,\n');
    expect(draft).toEqual({ kind: 'device', code: 'D-1' });
  });

  test('a column that nothing is taken from is named, with the one that may have been meant', () => {
    const cells = ['kind', 'code', '备注', 'Longitude', '设备型号', '厂商名称', 'vendor', ''];
    const read = readHeader(cells);
    if ('error' in read) throw new Error(read.error.code);
    expect(unusedColumns(cells, read.header)).toEqual([
      { name: '备注', meant: null },
      { name: 'Longitude', meant: 'lon' },
      { name: '设备型号', meant: 'model' },
      // It is there under its own name.
      { name: '厂商名称', meant: null },
    ]);
  });

  test.each([
    ['kind,code\n', ','],
    ['kind;code;name\n', ';'],
    ['kind\tcode\r\npoint\tA;B;C\n', '\t'],
    ['"kind;of;thing",code\n', ','],
    ['kind\n', ','],
    ['', ','],
  ] as const)('the header of %j is parted by %j', (text, by) => {
    expect(delimiterOf(text)).toBe(by);
  });

  test('cells are parted by what the header is parted by, quotes and all', () => {
    expect([...csvRows('kind;code\r\npoint;"A;""B"\r\n', ';')].map((r) => r.cells)).toEqual([
      ['kind', 'code'],
      ['point', 'A;"B'],
    ]);
  });

  test.each([
    ['kind,name\n', 'no-such-column'],
    ['kind,code,code\n', 'column-twice'],
  ])('a header that cannot be used is refused: %j', (text, code) => {
    expect(() => readFile(text)).toThrow(code);
  });

  test.each([
    ['kind,code\nbridge,B\n', 'kind-unknown'],
    ['kind,code\nconstructor,B\n', 'kind-unknown'],
    ['kind,code\npoint,\n', 'code-missing'],
    ['kind,code\npoint,a b\n', 'code-bad'],
    ['kind,code\npoint,../../etc\n', 'code-bad'],
    ['kind,code,lifeline\npoint,P,water\n', 'lifeline-unknown'],
    ['kind,code,lon,lat,crs\npoint,P,181,0,WGS-84\n', 'lon-bad'],
    ['kind,code,lon,lat,crs\npoint,P,0x10,0,WGS-84\n', 'lon-bad'],
    ['kind,code,lon,lat,crs\npoint,P,115,,WGS-84\n', 'lat-bad'],
    ['kind,code,lon,lat,crs\npoint,P,115,33,GCJ-02\n', 'crs-bad'],
    ['kind,code,lon,lat\npoint,P,115,33\n', 'crs-bad'],
    ['kind,code,installedAt\ndevice,D,2026-02-30\n', 'time-bad'],
    ['kind,code,installedAt\ndevice,D,2026-02-03T00:00:00\n', 'time-bad'],
    ['kind,code,unverified\ndevice,D,maybe\n', 'flag-bad'],
    ['kind,code,attributes\npoint,P,nonsense\n', 'attributes-bad'],
    ['kind,code,attributes\npoint,P,well=\u001b[2J\n', 'attributes-bad'],
    ['kind,code,attributes\npoint,P,we\u202ell=sag\n', 'attributes-bad'],
    ['kind,code,attributes\ndevice,D,sentinel.depth=no echo\n', 'attributes-bad'],
    ['kind,code,attributes\nmodel,M,sentinel.depth=\n', 'attributes-bad'],
    ['kind,code,model\ndevice,D,U 3\n', 'code-bad'],
    [`kind,code,name\npoint,P,${'长'.repeat(101)}\n`, 'text-bad'],
  ])('a bad cell is named with what would be right: %j', (text, code) => {
    const { draft, errors } = onlyRow(text);
    expect(draft).toBeNull();
    expect(errors.map((e) => e.code)).toContain(code);
    for (const e of errors) expect(e.say.zh && e.say.en).toBeTruthy();
  });

  test('models and devices have fault values of their own, and are read back as they are written', () => {
    const attributes = { 'sentinel.depth': '5003,-1' };
    const model = { code: as.model('U3'), name: '超声波液位计', vendor: '某厂', attributes };
    const device = {
      code: as.device('D'),
      lifeline: as.lifeline('gas'),
      point: null,
      vendor: null,
      serial: null,
      installedAt: null,
      unverified: false,
      model: as.model('U3'),
      attributes,
    };
    const drafts = readFile(exportHeader('zh') + modelRow(model) + deviceRow(device)).map((r) => r.draft);
    expect(drafts).toEqual([
      { kind: 'model', ...model },
      { kind: 'device', code: 'D', lifeline: 'gas', unverified: false, model: 'U3', attributes },
    ]);
  });

  test('a day as a spreadsheet writes it is that day in Beijing', () => {
    const { draft } = onlyRow('kind,code,installedAt\ndevice,D,2026/2/3\n');
    expect(draft).toEqual({
      kind: 'device',
      code: 'D',
      installedAt: Date.parse('2026-02-02T16:00:00.000Z'),
    });
  });

  test('what is exported is read back the same, attributes with any sign in them', () => {
    const text = fc
      .string({ unit: fc.constantFrom('a', '井', ';', '；', '=', '%', '%3B', '"', ',', '+') })
      .filter((s) => s !== '');
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 4 }), (attributes) => {
        const point: Point = {
          code: as.point('P-1'),
          name: '=1+1',
          lifeline: as.lifeline('gas'),
          asset: as.asset('A-1'),
          area: as.area('341602'),
          place: { lon: -1.25, lat: 33, crs: 'WGS-84' },
          unverified: true,
          outOfService: null,
          attributes,
        };
        const { draft, errors } = onlyRow(exportHeader('zh') + pointRow(point));
        expect(errors).toEqual([]);
        expect(draft).toEqual({
          kind: 'point',
          code: 'P-1',
          name: '=1+1',
          lifeline: 'gas',
          asset: 'A-1',
          area: '341602',
          place: point.place,
          unverified: true,
          ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
        });
      }),
      { examples: [[{ [';'.repeat(40)]: '；'.repeat(200) }]] },
    );
  });

  test('a device keeps the instant of its installation', () => {
    const installedAt = Date.UTC(2026, 0, 31, 8, 30);
    const row = deviceRow({
      code: as.device('D-1'),
      lifeline: as.lifeline('gas'),
      point: null,
      vendor: '厂商, 公司',
      serial: '00012',
      installedAt,
      unverified: false,
    });
    expect(onlyRow(exportHeader('en') + row).draft).toEqual({
      kind: 'device',
      code: 'D-1',
      lifeline: 'gas',
      vendor: '厂商, 公司',
      serial: '00012',
      installedAt,
      unverified: false,
    });
  });
});
