import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RouteName } from '../../../src/wire/http/routes.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

const OWN = '341602';

let edge: EdgeHarness;
const tokens: Record<string, string> = {};
let alarm = '';

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,owner
area,3416,亳州市,,,,,,
area,${OWN},谯城区,3416,,,,,
asset,W-1,魏武大道 12 号井,,gas,${OWN},,,gas-co
point,P-1,井内甲烷,,gas,${OWN},W-1,,
device,D-1,,,gas,,,P-1,
`,
  });
  for (const [code, name] of [
    ['gas-crew', '燃气抢修一班'],
    ['water-crew', '供水抢修班'],
  ])
    await edge.ask('createUnit', { body: { code, name, kind: 'crew', areas: ['3416'] } });
  await edge.raise('D-1');
  alarm = edge.flow.open('P-1')[0]?.id ?? '';
  tokens.wang = await edge.person('wang', ['crew'], null, 'gas-crew');
  tokens.zhao = await edge.person('zhao', ['crew'], null, 'water-crew');
  tokens.li = await edge.person('li', ['dispatcher']);
});
afterAll(() => edge.close());

let n = 0;
const fresh = () => `crew-${++n}`;
const as = (who: string) => ({ token: tokens[who] ?? '' });
const make = async (): Promise<{ id: string; revision: number }> =>
  (
    await edge.ask('createOrder', {
      ...as('li'),
      body: { source: { kind: 'alarm', id: alarm }, unit: 'gas-crew', commandId: fresh() },
    })
  ).json;
const act = (name: RouteName, id: string, who: string, body: object = {}) =>
  edge.ask(name, { ...as(who), params: { id }, body: { commandId: fresh(), ...body } });

test('a crew is told what the alarms of its order are, and not who else works on them', async () => {
  const { id } = await make();
  const { items } = (await edge.ask('orderAlarms', { ...as('wang'), params: { id } })).json;
  expect(items).toEqual([
    expect.objectContaining({
      id: alarm,
      assetName: '魏武大道 12 号井',
      level: 1,
      trigger: expect.objectContaining({ value: 60, unit: '%LEL' }),
      advice: { zh: expect.any(String), en: expect.any(String) },
    }),
  ]);
  expect(Object.keys(items[0])).not.toContain('orders');
  expect((await edge.ask('orderAlarms', { ...as('zhao'), params: { id } })).json.code).toBe('order-unknown');
  expect((await edge.ask('alarm', { ...as('wang'), params: { id: alarm } })).json.code).toBe('not-permitted');
  expect((await edge.ask('nearby', { ...as('wang'), query: { point: 'P-1' } })).json.code).toBe(
    'not-permitted',
  );
});

test('a crew knows the units to forward to, the lifelines and the areas by name, and nothing else of them', async () => {
  const { json } = await edge.ask('orderNames', as('wang'));
  expect(json.units).toEqual([
    { code: 'gas-crew', name: '燃气抢修一班' },
    { code: 'water-crew', name: '供水抢修班' },
  ]);
  expect(json.lifelines).toContainEqual({ key: 'gas', name: expect.objectContaining({ zh: '燃气' }) });
  expect(json.areas).toContainEqual({ code: OWN, name: '谯城区' });
  expect((await edge.ask('units', as('wang'))).json.code).toBe('not-permitted');
});

test('a phone that asks again while nothing is new is answered in a few bytes', async () => {
  const { id } = await make();
  const first = await edge.ask('orders', as('wang'));
  const etag = first.headers.get('etag') ?? '';
  const again = () =>
    edge.fetch('/api/v1/orders', {
      headers: { authorization: `Bearer ${tokens.wang}`, 'if-none-match': etag },
    });
  expect(await again()).toMatchObject({ status: 304, text: '' });
  await act('acceptOrder', id, 'wang');
  expect((await again()).status).toBe(200);
});

test('who has given an order away and lost the answer gets it again, as it was then, and nothing later', async () => {
  const { id } = await make();
  await act('acceptOrder', id, 'wang');
  const away = { unit: 'water-crew', reason: '供水管线', commandId: fresh() };
  const told = await act('forwardOrder', id, 'wang', away);
  expect(told.json).toMatchObject({ unit: 'water-crew', state: 'dispatched' });
  await act('acceptOrder', id, 'zhao');
  await act('arriveAtOrder', id, 'zhao', { lon: 115.78, lat: 33.85 });
  const again = await act('forwardOrder', id, 'wang', away);
  expect([again.status, again.json]).toEqual([200, told.json]);
  expect((await act('forwardOrder', id, 'wang', { ...away, reason: '别的' })).json.code).toBe('other-unit');
  expect((await act('forwardOrder', id, 'wang', { ...away, commandId: fresh() })).json.code).toBe(
    'other-unit',
  );
  const story = (await edge.ask('orderEvents', { ...as('li'), params: { id } })).json.items;
  expect(story.filter((e: { event: string }) => e.event === 'forwarded')).toHaveLength(1);
});

test('where nothing measured the place, the crew says it in words', async () => {
  const { id } = await make();
  const { json } = await act('arriveAtOrder', id, 'wang', { accept: true, placeText: '魏武大道与光明路口' });
  expect(json.arrival).toMatchObject({ lon: null, lat: null, placeText: '魏武大道与光明路口' });
  const story = (await edge.ask('orderEvents', { ...as('wang'), params: { id } })).json.items;
  expect(story.at(-1)).toMatchObject({ event: 'arrived', text: '魏武大道与光明路口' });
});

test('place and camera are for the page of crews alone', async () => {
  const policy = async (path: string) =>
    (await edge.fetch(path, { headers: { accept: 'text/html' } })).headers.get('permissions-policy');
  for (const path of ['/m', '/m/', '/m/index.html'])
    expect([path, await policy(path)]).toEqual([path, 'camera=(self), geolocation=(self), microphone=()']);
  for (const path of ['/', '/map', '/m/other', '/api/v1/me', '/m.html'])
    expect([path, await policy(path)]).toEqual([path, 'camera=(), geolocation=(), microphone=()']);
});
