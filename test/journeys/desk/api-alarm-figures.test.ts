import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,vendor
area,3416,亳州市,,,,,,
area,341602,谯城区,3416,,,,,
point,P-1,=1+1,,gas,341602,,,
point,P-2,二号点,,gas,341602,,,
device,D-1,,,gas,,,P-1,金卡
device,D-2,,,gas,,,P-2,汉威
`,
  });
  await edge.raise('D-1', 60);
  await edge.raise('D-2', 25);
  const [first] = edge.flow.open().filter((a) => a.pointCode === 'P-1');
  edge.flow.clock.forward(seconds(90));
  await edge.ask('acknowledge', {
    params: { id: first?.id ?? '' },
    body: { seenRevision: first?.revision, commandId: 'c-1' },
  });
});
afterAll(() => edge.close());

test('alarms are counted by level and day, with the time to acknowledge', async () => {
  const { json } = await edge.ask('alarmFigures', { query: { state: 'all' } });
  expect(json).toMatchObject({ total: 2, isWhole: true, unacked: 1, falseOnes: 0 });
  expect(json.levels['1']).toBe(1);
  expect(json.medianAckS).toBeGreaterThanOrEqual(90);
  expect(json.days).toHaveLength(1);
  expect(json.days[0].levels['1']).toBe(1);
  expect(json.hours).toEqual([expect.objectContaining({ levels: json.days[0].levels })]);
});

test('somebody bound to another district counts nothing, and takes nothing away', async () => {
  const token = await edge.person('district', ['shift-leader'], ['341621']);
  expect((await edge.ask('alarmFigures', { token, query: { state: 'all' } })).json.total).toBe(0);
  const sheet = await sheetOf(token);
  expect(sheet.match(/<row /g)).toHaveLength(1);
});

test('they are found by vendor, and by how long nobody acknowledged', async () => {
  const codes = async (query: Record<string, string | number>) =>
    (await edge.ask('alarms', { query: { state: 'all', ...query } })).json.items.map(
      (a: { pointCode: string }) => a.pointCode,
    );
  expect(await codes({ vendor: '金卡' })).toEqual(['P-1']);
  expect(await codes({ vendor: '汉威' })).toEqual(['P-2']);
  expect(await codes({ ackOverS: 60 })).toEqual(['P-2', 'P-1']);
  expect(await codes({ ackOverS: 91 })).toEqual([]);
  expect(await codes({ state: 'open', vendor: '汉威' })).toEqual(['P-2']);
});

test('the workbook has every alarm, times as times, and no formula', async () => {
  const sheet = await sheetOf(edge.token);
  expect(sheet.match(/<row /g)).toHaveLength(3);
  expect(sheet).toContain('<t xml:space="preserve">=1+1</t>');
  expect(sheet).not.toMatch(/<f[ >]/);
  expect(sheet).toMatch(/s="2"><v>\d{5}\.\d+<\/v>/);
});

async function sheetOf(token: string): Promise<string> {
  const response = await fetch(`${edge.url}/api/v1/alarms.xlsx?state=all`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.headers.get('content-type')).toContain('spreadsheetml');
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  expect(Object.keys(files)).toContain('[Content_Types].xml');
  return new TextDecoder().decode(files['xl/worksheets/sheet1.xml']);
}
