import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
let district = '';
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,341602,谯城区,3416,,,,,,,
area,341621,涡阳县,3416,,,,,,,
point,P-1,一号点,,gas,341602,,,115.78000,33.85000,CGCS2000
point,P-2,二号点,,gas,341602,,,115.78000,33.85300,CGCS2000
point,P-3,无坐标,,gas,341602,,,,,
point,P-9,外区点,,gas,341621,,,115.78000,33.85100,CGCS2000
device,D-2,,,gas,,,P-2,,,
`,
  });
  await edge.ask('createUnit', { body: { code: 'pumps', name: '排涝队', kind: 'crew' } });
  district = await edge.person('district', ['shift-leader'], ['341621']);
});
afterAll(async () => {
  await edge.close();
});

const pump = {
  code: 'pump-1',
  kind: 'pump',
  name: '移动泵车',
  area: '341602',
  lon: 115.78,
  lat: 33.851,
  quantity: 2,
  measure: '台',
  keeper: 'pumps',
};

test('a resource is kept once by its code, refers to what is there, and is changed by who has seen it', async () => {
  expect((await edge.ask('createResource', { body: pump })).json).toMatchObject({
    ...pump,
    videoUrl: null,
    revision: 1,
  });
  expect((await edge.ask('createResource', { body: pump })).json.code).toBe('code-taken');
  expect(
    (await edge.ask('createResource', { body: { ...pump, code: 'x', keeper: 'nobody' } })).json.code,
  ).toBe('unknown-reference');
  expect((await edge.ask('createResource', { body: { ...pump, code: 'x', area: '9' } })).json.code).toBe(
    'unknown-reference',
  );
  expect(
    (await edge.ask('createResource', { body: { ...pump, code: 'x', videoUrl: 'javascript:alert(1)' } })).json
      .code,
  ).toBe('invalid');
  const params = { code: 'pump-1' };
  expect(
    (await edge.ask('changeResource', { params, body: { quantity: 3, seenRevision: 1 } })).json,
  ).toMatchObject({ quantity: 3, name: '移动泵车', revision: 2 });
  expect(
    (await edge.ask('changeResource', { params, body: { quantity: 4, seenRevision: 1 } })).json.code,
  ).toBe('changed-since');
  expect(
    (await edge.ask('changeResource', { params: { code: 'none' }, body: { seenRevision: 1 } })).json.code,
  ).toBe('not-found');
  expect((await edge.ask('resources', { query: { kind: 'pump' } })).json.items).toHaveLength(1);
  expect((await edge.ask('resources', { query: { kind: 'camera' } })).json.items).toEqual([]);
  expect((await edge.ask('resources', { token: district })).json.items).toEqual([]);
});

test('plans are found by lifeline, level and place', async () => {
  const plan = {
    code: 'leak',
    name: '燃气泄漏',
    kind: '燃气泄漏',
    lifelines: ['gas'],
    levels: [1, 2],
    areas: ['341602'],
    steps: [{ text: '关阀', who: '燃气公司' }, { text: '疏散' }],
  };
  expect((await edge.ask('createPlan', { body: plan })).json).toMatchObject({
    steps: [{ text: '关阀' }, { text: '疏散', who: null }],
  });
  await edge.ask('createPlan', {
    body: { code: 'any', name: '通用', kind: '通用', steps: [{ text: '报告' }] },
  });
  expect(
    (await edge.ask('changePlan', { params: { code: 'leak' }, body: { levels: [1], seenRevision: 1 } })).json
      .levels,
  ).toEqual([1]);
  const codes = async (query: Record<string, string | number>, token?: string) =>
    (await edge.ask('plans', { query, ...(token === undefined ? {} : { token }) })).json.items.map(
      (p: { code: string }) => p.code,
    );
  expect(await codes({})).toEqual(['any', 'leak']);
  expect(await codes({ lifeline: 'gas', level: 1, area: '341602' })).toEqual(['any', 'leak']);
  expect(await codes({ level: 2 })).toEqual(['any']);
  expect(await codes({ lifeline: 'bridge' })).toEqual(['any']);
  expect(await codes({ area: '341621' })).toEqual(['any']);
  expect(await codes({}, district)).toEqual(['any']);
});

test('what is near a point stands nearest first, with its alarms and works, and nothing of another district', async () => {
  await edge.raise('D-2');
  const until = new Date(edge.flow.clock.now() + 3_600_000).toISOString();
  await edge.ask('openWorkWindow', { params: { code: 'P-2' }, body: { until, reason: '清淤' } });
  const { json } = await edge.ask('nearby', { query: { point: 'P-1', radiusM: 500 } });
  expect(json.resources).toMatchObject([{ code: 'pump-1', distanceM: 111 }]);
  expect(json.points.map((p: { code: string; distanceM: number }) => [p.code, p.distanceM])).toEqual([
    ['P-1', 0],
    ['P-9', 111],
    ['P-2', 334],
  ]);
  expect(json.points[2]).toMatchObject({
    alarms: [{ level: 1, rule: 'gas.ch4.limit' }],
    works: [{ reason: '清淤' }],
  });
  const theirs = (await edge.ask('nearby', { query: { lon: 115.78, lat: 33.85 }, token: district })).json;
  expect([theirs.resources, theirs.points.map((p: { code: string }) => p.code)]).toEqual([[], ['P-9']]);
  expect((await edge.ask('nearby', { query: { point: 'P-1' }, token: district })).json.code).toBe(
    'point-unknown',
  );
  expect((await edge.ask('nearby', { query: { point: 'P-3' } })).json.code).toBe('invalid');
  expect((await edge.ask('nearby')).json.code).toBe('invalid');
});

test('they are there after a restart; who is bound to a district keeps none', async () => {
  const { core } = await FlowHarness.begin({ clock: edge.flow.clock, disk: edge.flow.disk.copied() });
  expect([core.resources.plans(), core.resources.resources()]).toEqual([
    edge.flow.core.resources.plans(),
    edge.flow.core.resources.resources(),
  ]);
  expect(
    (await edge.ask('createResource', { body: { ...pump, code: 'y' }, token: district })).json.code,
  ).toBe('foreign-area');
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'resources' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
