import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { demo as demoCity } from '../../../simulators/profiles/demo.ts';
import { registerCsv } from '../../../simulators/register-csv.ts';
import { BOM, csvRows } from '../../../src/wire/files/csv.ts';
import { COLUMNS } from '../../../src/wire/files/register-columns.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(() => edge.close());

const FILE = `kind,code,name,lifeline,parent,area,asset,point,owner,lon,lat,crs,vendor,serial,installedAt
device,D-1,,gas,,,,P-1,,,,,某厂,0001,2026-01-31
point,P-1,一号井内,gas,,,WELL-1,,,115.78,33.85,CGCS2000,,,
asset,WELL-1,一号井,燃气,,341602,,,亳州燃气,115.78,33.85,WGS-84,,,
area,341602,谯城区,,3416,,,,,,,,,,
area,3416,亳州市,,,,,,,,,,,,
`;

const load = async (csv: string | Uint8Array<ArrayBuffer>, query = {}, headers = {}) =>
  (await edge.ask('importRegister', { csv, query, headers })).json;
const counts = ({ created, updated, unchanged, failed }: Record<string, number>) => [
  created,
  updated,
  unchanged,
  failed,
];

describe('the import of a register', () => {
  test('takes one file of everything, in any order of rows', async () => {
    expect(counts(await load(FILE))).toEqual([5, 0, 0, 0]);
    const { json } = await edge.ask('point', { params: { code: 'P-1' } });
    expect(json).toMatchObject({ name: '一号井内', asset: 'WELL-1', area: '341602', unverified: false });
    const devices = await edge.ask('devices');
    expect(devices.json.items[0]).toMatchObject({ point: 'P-1', installedAt: '2026-01-30T16:00:00.000Z' });
  });

  test('read again changes nothing, and writes nothing', async () => {
    await load(FILE);
    const turns = edge.flow.records.length;
    expect(counts(await load(FILE))).toEqual([0, 0, 5, 0]);
    expect(edge.flow.records.length).toBe(turns);
  });

  test('tried first, says the same and does nothing', async () => {
    const tried = await load(FILE, { dryRun: 'true' });
    expect(tried.dryRun).toBe(true);
    expect(counts(tried)).toEqual([5, 0, 0, 0]);
    expect(edge.service.register.points()).toEqual([]);
    expect((await edge.ask('importRegister', { csv: FILE, query: { dryRun: 'yes' } })).status).toBe(400);
  });

  test('uses good rows and names the bad ones with line, column and what would be right', async () => {
    const report = await load(
      [
        'kind,code,name,lifeline,parent,area,asset,point',
        'area,3416,亳州市',
        'area,341699,悬空区,,9999',
        'area,34169901,悬空街道,,341699',
        'asset,A-1,好设施,gas,,3416',
        'asset,A-2,坏设施,gas,,777',
        'asset,A-3,悬空设施,gas,,34169901',
        'point,P-1,好点,gas,,,A-1',
        'point,P-2,在坏设施上,gas,,,A-2',
        'point,P-3,别的专项,bridge,,,A-1',
        'point,P-1,重复',
        'point,P-4',
        'device,D-1,,gas,,,,P-1',
        'device,D-2,,gas,,,,P-2',
        '"device,D-3',
      ].join('\n'),
    );
    expect(counts(report)).toEqual([4, 0, 0, 10]);
    expect(report.rows).toBe(14);
    expect(
      report.errors.map((e: { row: number; column: string; code: string }) => [e.row, e.column, e.code]),
    ).toEqual([
      [3, 'parent', 'parent-unknown'],
      [4, 'parent', 'parent-unknown'],
      [6, 'area', 'area-unknown'],
      [7, 'area', 'area-unknown'],
      [9, 'asset', 'asset-unknown'],
      [10, 'asset', 'other-lifeline'],
      [11, 'code', 'row-repeats'],
      [12, 'name', 'name-missing'],
      [12, 'lifeline', 'lifeline-missing'],
      [14, 'point', 'point-unknown'],
      [15, null, 'quote-unended'],
    ]);
    expect(report.errors[0].message).toBe('编码 9999 不存在');
    expect((await load('kind,code\nx,y', {}, { 'accept-language': 'en' })).errors[0].message).toMatch(
      /^kind is/,
    );
    expect(edge.service.register.areas().map((a) => String(a.code))).toEqual(['000000', '3416']);
  });

  test('a file as other programs write it is read, and what nothing was taken from is named', async () => {
    const rows = ['kind\tcode\tname\tremark', 'area\tU-1\t谯城区\tx'].join('\r\n');
    const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const told = await edge.fetch('/api/v1/register/import?dryRun=true', {
      method: 'POST',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'text/csv' },
      body: new Uint8Array(utf16(rows)),
    });
    expect(told.json).toMatchObject({
      created: 1,
      failed: 0,
      unusedColumns: [{ name: 'remark', meant: null }],
    });
  });

  test('areas that stand on one another in a circle do not stand', async () => {
    const report = await load('kind,code,name,parent\narea,1,一,2\narea,2,二,1\narea,3,三,3\narea,4,四,\n');
    expect(counts(report)).toEqual([1, 0, 0, 3]);
  });

  test('an empty cell leaves what is there, a filled one changes it', async () => {
    await load(FILE);
    expect(counts(await load('kind,code,name,owner\nasset,WELL-1,,新单位\n'))).toEqual([0, 1, 0, 0]);
    expect((await edge.ask('assets')).json.items[0]).toMatchObject({ name: '一号井', owner: '新单位' });
  });

  test('takes models of devices, whose fault values hold for each of them, and goes round', async () => {
    const models = `kind,code,name,lifeline,point,vendor,attributes,model
model,U3,超声波液位计,,,某厂,"sentinel.ch4=50.03,-1",
device,D-1,,gas,P-1,,sentinel.ch4=40.01,U3
device,D-2,,gas,P-1,,,U9
`;
    await load(FILE);
    const report = await load(models);
    expect(counts(report)).toEqual([1, 1, 0, 1]);
    expect(report.errors).toMatchObject([{ row: 4, column: 'model', code: 'model-unknown' }]);
    expect((await edge.ask('devices', { query: { model: 'U3' } })).json.items).toMatchObject([
      { code: 'D-1', model: 'U3', attributes: { 'sentinel.ch4': '40.01' } },
    ]);
    const file = (await edge.ask('exportRegister')).text;
    expect(file).toContain('U3,超声波液位计');
    expect(counts(await load(file))).toEqual([0, 0, 7, 0]);

    const send = async (ch4: number) => {
      edge.flow.clock.forward(60_000);
      await edge.flow.value('gas', 'D-1', 'ch4', ch4);
      return (await edge.ask('latestOfPoint', { params: { code: 'P-1' } })).json.items[0];
    };
    expect(await send(50.03)).toMatchObject({ value: null, why: 'sentinel' });
    expect(await send(40.01)).toMatchObject({ value: null, why: 'sentinel' });
    expect(await send(20)).toMatchObject({ value: 20, quality: 'good' });
    const body = { attributes: { 'sentinel.ch4': '51.04' } };
    expect((await edge.ask('changeDeviceModel', { params: { code: 'U3' }, body })).status).toBe(200);
    expect(await send(50.03)).toMatchObject({ value: 50.03 });
    expect(await send(51.04)).toMatchObject({ value: null, why: 'sentinel' });
    const none = { params: { code: 'U9' }, body };
    expect((await edge.ask('changeDeviceModel', none)).status).toBe(404);
    const junk = { params: { code: 'D-1' }, body: { attributes: { 'sentinel.ch4': 'FFFF' } } };
    expect((await edge.ask('changeDevice', junk)).status).toBe(400);
    expect((await edge.ask('deviceModels')).json.items).toMatchObject([
      { code: 'U3', vendor: '某厂', attributes: { 'sentinel.ch4': '51.04' } },
    ]);
  });

  test.each([
    ['point,P-1,,gas,,,sentinel.ch=5003,', 'sentinel.ch'],
    ['device,D-1,,gas,P-1,,sentinel.depth=5003,', 'sentinel.depth'],
    ['model,U4,液位计,,,,sentinel.dept=5003,', 'sentinel.dept'],
  ])(
    'fault values of a metric that the pack does not know are refused, and what would be right is said: %s',
    async (row, key) => {
      await load(FILE);
      const report = await load(`kind,code,name,lifeline,point,vendor,attributes,model\n${row}\n`);
      expect(report.errors).toMatchObject([{ row: 2, column: 'attributes', code: 'fault-metric-unknown' }]);
      expect(report.errors[0].message).toContain(key);
      expect(report.errors[0].message).toMatch(key === 'sentinel.dept' ? /depth/ : /ch4/);
      const body = { attributes: { 'sentinel.depth': '5003' } };
      const refused = await edge.ask('changeDevice', { params: { code: 'D-1' }, body });
      expect([refused.status, refused.json.errors[0].at]).toEqual([400, 'body.attributes']);
      expect(refused.json.errors[0].message).toContain('ch4');
    },
  );

  test('history and rules belong to the lifeline: it cannot be changed', async () => {
    await load(FILE);
    const report = await load('kind,code,lifeline\npoint,P-1,bridge\n');
    expect(report.errors[0].code).toBe('lifeline-fixed');
  });

  test('takes what Excel writes in China: GB18030, and UTF-8 with its mark', async () => {
    const gbk = new Uint8Array([
      ...Buffer.from('kind,code,name\narea,3416,'),
      ...[0xd9, 0xf1, 0xd6, 0xdd], // 亳州 is 0xd9f1 0xd6dd
      ...Buffer.from('\n'),
    ]);
    expect(counts(await load(gbk))).toEqual([1, 0, 0, 0]);
    expect(edge.service.register.areas()[1]?.name).toBe('亳州');
    expect(counts(await load(`${BOM}kind,code,name\narea,3417,宿州\n`))).toEqual([1, 0, 0, 0]);
    const junk = await edge.ask('importRegister', { csv: new Uint8Array([0xff, 0xff, 0xff]) });
    expect([junk.status, junk.json.code]).toEqual([400, 'not-utf8']);
    const workbook = await edge.ask('importRegister', { csv: Buffer.from('PK\x03\x04 a workbook') });
    expect([workbook.json.code, workbook.json.detail]).toEqual(['not-utf8', expect.stringMatching(/xlsx/)]);
  });

  test('docs/register-file.md has every column, and its example imports as it is, in any order', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/register-file.md'), 'utf8');
    const [, table = ''] = /^## 列[^\n]*\n([\s\S]*?)^## /m.exec(page) ?? [];
    const rows = table.split('\n').filter((l) => l.startsWith('| `'));
    const keys = rows.flatMap((r) => [...(r.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map((m) => m[1]));
    const names = rows.flatMap((r) => (r.split('|')[2] ?? '').trim().split(' '));
    expect(keys.map((key, i) => [key, names[i]])).toEqual(expect.arrayContaining(COLUMNS.map((c) => [...c])));
    expect(keys).toHaveLength(COLUMNS.length);
    const [, example = ''] = /```csv\n([\s\S]*?)```/.exec(page) ?? [];
    const [head, ...things] = example.trim().split('\n');
    expect(counts(await load([head, ...things.reverse(), ''].join('\n')))).toEqual([4, 0, 0, 0]);
  });

  test('nobody has anything in the lifeline of the service itself', async () => {
    const body = { code: 'P-9', name: 'x', lifeline: 'platform' };
    const refused = await edge.ask('createPoint', { body });
    expect([refused.status, refused.json.errors[0].message]).toEqual([422, expect.stringContaining('gas')]);
    expect(refused.text).not.toMatch(/可用.*(platform|probe)/);
    expect((await edge.ask('createDevice', { body: { code: 'D-9', lifeline: 'platform' } })).status).toBe(
      422,
    );
    const report = await load('kind,code,name,lifeline\npoint,P-9,x,platform\ndevice,D-9,,probe\n');
    expect(report.errors.map((e: { code: string }) => e.code)).toEqual([
      'lifeline-unknown',
      'lifeline-unknown',
    ]);
  });

  test('a file without header, and an empty one, are told so', async () => {
    expect((await load('P-1,一号井\n')).errors[0].code).toBe('no-such-column');
    expect((await load('\n\n')).errors[0].code).toBe('empty');
  });

  test('a big file does not hold up the others', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `point,P-${i},点 ${i},gas`);
    const loading = load(`kind,code,name,lifeline\n${rows.join('\n')}\n`);
    let between = 0;
    let done = false;
    void loading.finally(() => {
      done = true;
    });
    while (!done) {
      await edge.ask('livez', { token: null });
      between += 1;
    }
    expect(counts(await loading)).toEqual([20_000, 0, 0, 0]);
    expect(between).toBeGreaterThan(5);
  });

  test('takes the simulated city, and every row of it is good', async () => {
    const city = demoCity();
    const report = await load(registerCsv(city));
    expect(report.errors).toEqual([]);
    expect(report.created).toBe(report.rows);
    expect(edge.service.register.points()).toHaveLength(city.instruments.length);
  });

  test('is exported as it can be imported again, formulas disarmed', async () => {
    await load(FILE);
    await load('kind,code,name\nasset,WELL-1,=HYPERLINK(1)\n');
    await edge.ask('changePoint', {
      params: { code: 'P-1' },
      body: { attributes: { '井=型;': '阀门;井' } },
    });
    for (const header of ['en', 'zh']) {
      const { text, headers } = await edge.ask('exportRegister', { query: { header } });
      expect(headers.get('content-disposition')).toContain('register.csv');
      expect(text).toContain(",'=HYPERLINK(1),");
      expect([...csvRows(text)]).toHaveLength(7);
      expect(counts(await load(text))).toEqual([0, 0, 6, 0]);
    }
  });
});

describe('single entries', () => {
  const well = { code: 'WELL-1', name: '一号井', lifeline: 'gas', area: '000000' };

  test('a code that is there is not made again', async () => {
    expect((await edge.ask('createAsset', { body: well })).status).toBe(201);
    const again = await edge.ask('createAsset', { body: { ...well, name: '别的' } });
    expect([again.status, again.json.code]).toEqual([409, 'code-taken']);
    const both = await Promise.all(
      [1, 2].map((n) => edge.ask('createPoint', { body: { code: 'P', name: `${n}`, lifeline: 'gas' } })),
    );
    expect(both.map((t) => t.status).sort()).toEqual([201, 409]);
  });

  test('areas are made, moved and renamed; never below themselves', async () => {
    expect((await edge.ask('createArea', { body: { code: '341600', name: '亳州市' } })).json).toEqual({
      code: '341600',
      name: '亳州市',
      parent: null,
    });
    const district = { code: '341602', name: '谯城区', parent: '341600' };
    expect((await edge.ask('createArea', { body: district })).status).toBe(201);
    expect((await edge.ask('createArea', { body: district })).json.code).toBe('code-taken');
    const lost = await edge.ask('createArea', { body: { ...district, code: 'X', parent: '999' } });
    expect([lost.status, lost.json.code, lost.json.errors[0].at]).toEqual([
      422,
      'unknown-reference',
      'body.parent',
    ]);
    const circle = await edge.ask('changeArea', { params: { code: '341600' }, body: { parent: '341602' } });
    expect([circle.json.code, circle.json.errors[0].at]).toEqual(['invalid', 'body.parent']);
    const renamed = await edge.ask('changeArea', { params: { code: '341602' }, body: { name: '谯城' } });
    expect(renamed.json).toEqual({ code: '341602', name: '谯城', parent: '341600' });
    expect(
      (await edge.ask('changeArea', { params: { code: '341602' }, body: { parent: null } })).json.parent,
    ).toBeNull();
    expect((await edge.ask('changeArea', { params: { code: 'X' }, body: { name: 'y' } })).status).toBe(404);
    const { items } = (await edge.ask('areas', {})).json;
    expect(items.map((a: { code: string }) => a.code)).toEqual(['000000', '341600', '341602']);
  });

  test('what they refer to must be there, and of the same lifeline', async () => {
    const told = await edge.ask('createAsset', { body: { ...well, area: '999' } });
    expect([told.status, told.json.code, told.json.errors[0].at]).toEqual([
      422,
      'unknown-reference',
      'body.area',
    ]);
    await edge.ask('createAsset', { body: well });
    const point = { code: 'P-1', name: '点', lifeline: 'bridge', asset: 'WELL-1' };
    expect((await edge.ask('createPoint', { body: point })).json.errors[0].message).toContain('gas');
    const water = await edge.ask('createPoint', { body: { ...point, lifeline: 'water' } });
    expect(water.json.errors[0].at).toBe('body.lifeline');
  });

  test('a patch changes what it names, null clears, and attributes are merged', async () => {
    await edge.ask('createAsset', { body: { ...well, owner: '甲' } });
    const place = { lon: 115, lat: 33, crs: 'WGS-84' };
    await edge.ask('createPoint', {
      body: {
        code: 'P-1',
        name: '点',
        lifeline: 'gas',
        asset: 'WELL-1',
        place,
        attributes: { a: '1', b: '2' },
      },
    });
    const point = await edge.ask('changePoint', {
      params: { code: 'P-1' },
      body: { asset: null, place: null, attributes: { a: null, c: '3' } },
    });
    expect(point.json).toMatchObject({
      name: '点',
      asset: null,
      place: null,
      attributes: { b: '2', c: '3' },
    });
    const asset = await edge.ask('changeAsset', { params: { code: 'WELL-1' }, body: { owner: null } });
    expect(asset.json).toMatchObject({ owner: null, name: '一号井' });
    expect((await edge.ask('changeAsset', { params: { code: 'none' }, body: {} })).status).toBe(404);
  });

  test('a point under maintenance hides its alarms, and says since when', async () => {
    await edge.raise('GAS-1');
    const out = await edge.ask('changePoint', {
      params: { code: 'GAS-1' },
      body: { outOfService: { reason: '年检' }, unverified: false },
    });
    expect(out.json.outOfService).toEqual({
      since: new Date(edge.flow.clock.now()).toISOString(),
      reason: '年检',
    });
    expect((await edge.ask('alarms')).json.items[0]).toMatchObject({
      overlay: 'outOfService',
      overlayReason: '年检',
    });
    await edge.ask('changePoint', { params: { code: 'GAS-1' }, body: { outOfService: null } });
    expect((await edge.ask('alarms')).json.items[0]).toMatchObject({ overlay: 'none' });
  });

  test('a device is moved to another point of its lifeline only', async () => {
    await edge.raise('GAS-1');
    await edge.ask('createPoint', { body: { code: 'B', name: '桥', lifeline: 'bridge' } });
    await edge.ask('createPoint', { body: { code: 'G', name: '井', lifeline: 'gas' } });
    const change = (point: string | null) =>
      edge.ask('changeDevice', { params: { code: 'GAS-1' }, body: { point } });
    expect((await change('B')).status).toBe(422);
    expect((await change('G')).json.point).toBe('G');
    expect((await change(null)).json.point).toBeNull();
  });

  test.each([
    ['createAsset', { code: 'a/b', name: 'x', lifeline: 'gas', area: '000000' }, 'body.code'],
    ['createAsset', { code: 'a', name: 'x\ny', lifeline: 'gas', area: '000000' }, 'body.name'],
    ['createAsset', { code: 'a', name: 'x'.repeat(101), lifeline: 'gas', area: '000000' }, 'body.name'],
    [
      'createPoint',
      { code: 'a', name: 'x', lifeline: 'gas', place: { lon: 200, lat: 0, crs: 'WGS-84' } },
      'body.place.lon',
    ],
    [
      'createPoint',
      { code: 'a', name: 'x', lifeline: 'gas', place: { lon: 1, lat: 0, crs: 'GCJ-02' } },
      'body.place.crs',
    ],
    ['createPoint', { code: 'a', name: 'x', lifeline: 'gas', isAdmin: true }, 'body'],
    ['createDevice', { code: 'a', lifeline: 'gas', installedAt: 'yesterday' }, 'body.installedAt'],
  ] as const)('%s %j is told what would be right', async (name, body, at) => {
    const told = await edge.ask(name, { body });
    expect([told.status, told.json.errors[0].at]).toEqual([400, at]);
  });

  test('lists are in order of code, page by page', async () => {
    const codes = ['c', 'a', 'B', 'b', '10', '9'];
    for (const code of codes) await edge.ask('createPoint', { body: { code, name: code, lifeline: 'gas' } });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { json } = await edge.ask('points', { query: { limit: 4, ...(after ? { after } : {}) } });
      seen.push(...json.items.map((p: { code: string }) => p.code));
      after = json.next;
    } while (after);
    expect(seen).toEqual([...codes].sort());
    expect((await edge.ask('points', { query: { lifeline: 'bridge' } })).json.items).toEqual([]);
    expect((await edge.ask('points', { query: { unverified: 'true' } })).json.items).toEqual([]);
  });
});
