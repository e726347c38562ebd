import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

const line = (code: string, lon: number, properties = {}) => ({
  type: 'Feature',
  properties: { code, ...properties },
  geometry: {
    type: 'LineString',
    coordinates: [
      [lon, 33.8],
      [lon + 0.01, 33.8],
    ],
  },
});
const drawing = (...features: unknown[]) => ({
  type: 'application/geo+json',
  bytes: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features })),
});

describe('a drawing that is imported', () => {
  let edge: EdgeHarness;
  beforeAll(async () => {
    edge = await EdgeHarness.open();
    await edge.ask('importRegister', {
      csv: 'kind,code,name,parent\narea,3416,亳州市,\narea,341602,谯城区,3416\narea,341621,涡阳县,3416\n',
    });
  });
  afterAll(() => edge.close());
  const load = async (
    query: Record<string, unknown>,
    file = drawing(line('M-1', 115.7, { 管径: 315 })),
    token = edge.token,
  ) => {
    const told = await edge.ask('importDrawing', { query: query as never, file, token });
    expect(told.status, told.text).toBe(200);
    return told.json;
  };

  test('is tried first and changes nothing; imported, it is an asset with its line and attributes; again, it is unchanged', async () => {
    const query = { lifeline: 'gas', area: '341602', file: '干管.geojson' };
    expect(await load({ ...query, dryRun: true })).toMatchObject({ dryRun: true, created: 1, failed: 0 });
    expect((await edge.ask('assets')).json.items).toEqual([]);
    expect(await load(query)).toMatchObject({
      created: 1,
      updated: 0,
      failed: 0,
      kind: 'GeoJSON',
      crs: 'WGS-84',
    });
    const [asset] = (await edge.ask('assets', { query: { geometry: 'true' } })).json.items;
    expect(asset).toMatchObject({
      code: 'M-1',
      attributes: { 管径: '315' },
      geometry: { type: 'LineString', crs: 'WGS-84' },
    });
    expect(await load(query)).toMatchObject({ created: 0, unchanged: 1 });
    expect((await edge.ask('assets', { query: { geometry: 'false' } })).json.items).toEqual([]);
    const csv = (await edge.ask('exportRegister', { query: { header: 'zh' } })).text;
    const again = await edge.ask('importRegister', { csv });
    expect(again.json).toMatchObject({ created: 0, updated: 0, failed: 0 });
  });

  test('says of each feature what is wrong, and uses the others; of a file that is wrong as a whole, none', async () => {
    const mixed = drawing(
      line('M-2', 115.8),
      line('M-2', 115.9),
      line('M-3', 115.9, { lifeline: 'nothing' }),
    );
    const report = await load({ lifeline: 'gas', area: '341602' }, mixed);
    expect(report).toMatchObject({ rows: 3, created: 1, failed: 2 });
    expect(report.errors.map((e: { row: number; code: string }) => [e.row, e.code])).toEqual([
      [2, 'feature-repeats'],
      [3, 'lifeline-unknown'],
    ]);
    const elsewhere = await load(
      { lifeline: 'gas', area: '341602', swap: true },
      drawing(line('M-9', 115.7)),
    );
    expect([elsewhere.created, elsewhere.errors[0].code]).toEqual([0, 'drawing-swapped']);
  });

  test('lands in no foreign area', async () => {
    const token = await edge.person('qiao', ['maintainer'], ['341602']);
    const report = await load({ lifeline: 'gas', area: '341621' }, drawing(line('M-5', 115.7)), token);
    expect([report.created, report.failed]).toEqual([0, 1]);
    expect(
      (await load({ lifeline: 'gas', area: '341602' }, drawing(line('M-5', 115.7)), token)).created,
    ).toBe(1);
  });

  test('is a file of such a kind: a picture is refused with what would be right', async () => {
    const told = await edge.ask('importDrawing', { file: { type: 'image/png', bytes: Buffer.from('x') } });
    expect([told.status, told.json.detail]).toEqual([415, expect.stringContaining('application/geo+json')]);
  });
});
