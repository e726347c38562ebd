import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness, type Told } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

const OWN = '341602';
const FOREIGN = '341621';
const WELLS = [0, 1, 2, 3].map((i) => ({ code: `W${i}`, lat: (33.85 + i * 0.0009).toFixed(5) }));

let edge: EdgeHarness;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,${OWN},谯城区,3416,,,,,,,
area,${FOREIGN},涡阳县,3416,,,,,,,
${WELLS.map(({ code, lat }) => `asset,${code},井${code},,gas,${OWN},,,115.78000,${lat},CGCS2000\npoint,P-${code},点${code},,gas,${OWN},${code},,115.78000,${lat},CGCS2000\ndevice,D-${code},,,gas,,,P-${code},,,`).join('\n')}
`,
  });
  tokens.zhang = await edge.person('zhang', ['shift-leader']);
  tokens.li = await edge.person('li', ['operator']);
  tokens.foreign = await edge.person('foreign', ['shift-leader'], [FOREIGN]);
});
afterAll(() => edge.close());

let n = 0;
const fresh = () => `d-${++n}`;
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });
const begin = (who: string, body: object = {}): Promise<Told> =>
  edge.ask('beginDrill', as(who, { body: { scenario: 'gas-leak', commandId: fresh(), ...body } }));
const end = (who: string, id: string): Promise<Told> =>
  edge.ask('endDrill', as(who, { params: { id }, body: { commandId: fresh() } }));
const list = async (name: RouteName, query: Record<string, string> = {}) =>
  (await edge.ask(name, as('li', { query }))).json.items as {
    id: string;
    drill?: string;
    pointName?: string;
  }[];
async function pass(minutes: number) {
  for (let s = 0; s < minutes * 6; s++) await edge.flow.pass(10_000);
}

let id = '';

describe('a drill over HTTP', () => {
  test('a named person begins it; a scenario that is none, and a place without points, are refused', async () => {
    expect(
      (await edge.ask('drillScenarios', as('li'))).json.items.map((s: { key: string }) => s.key),
    ).toContain('gas-leak');
    expect((await begin('zhang', { scenario: 'meteorite' })).json.code).toBe('drill-scenario-unknown');
    expect((await begin('zhang', { area: FOREIGN })).json.code).toBe('drill-nowhere');
    expect((await begin('foreign', { area: OWN })).json.code).toBe('foreign-area');
    const commandId = fresh();
    const begun = await begin('zhang', { area: OWN, commandId });
    expect(begun.status).toBe(201);
    expect(begun.json).toMatchObject({
      state: 'running',
      scenario: 'gas-leak',
      beganBy: 'zhang',
      notices: 'off',
      endsOnRed: true,
    });
    expect(begun.json.points.every((p: string) => p.startsWith('P-W'))).toBe(true);
    // The same command again is the same drill.
    expect((await begin('zhang', { area: OWN, commandId })).json.id).toBe(begun.json.id);
    expect((await begin('zhang')).json.code).toBe('drill-running');
    id = begun.json.id;
  });

  test('what it causes is in no list but where ?drill= asks for it, and carries its mark', async () => {
    await pass(14);
    expect(await list('alarms')).toEqual([]);
    const alarms = await list('alarms', { drill: id });
    expect(alarms.length).toBeGreaterThan(1);
    expect(alarms.every((a) => a.drill === id)).toBe(true);
    expect(await list('alarms', { drill: id, state: 'closed' })).toEqual([]);
    const first = alarms.at(-1)?.id ?? '';
    const read = (await edge.ask('alarm', as('li', { params: { id: first } }))).json;
    expect([read.drill, read.current?.value > 1]).toEqual([id, true]);
    const acked = await edge.ask(
      'acknowledge',
      as('li', { params: { id: first }, body: { seenRevision: read.revision, commandId: fresh() } }),
    );
    expect(acked.json).toMatchObject({ drill: id, ack: { by: 'li' } });
    const order = await edge.ask(
      'createOrder',
      as('li', { body: { source: { kind: 'alarm', id: first }, commandId: fresh() } }),
    );
    expect(order.json).toMatchObject({ drill: id });
    expect(await list('orders')).toEqual([]);
    expect(await list('orders', { drill: id })).toHaveLength(1);
    // As a crew's phone asks, which sees no list of drills; before and after there is none.
    expect((await list('orders', { drill: 'on' })).map((o) => o.drill)).toEqual([id]);
    expect(await list('warnings', { drill: id })).toEqual([]);
    expect(await list('incidents')).toEqual([]);
    expect((await list('incidents', { drill: id })).every((i) => i.drill === id)).toBe(true);
    expect(await list('notices', { drill: id })).toEqual([]);
    // In a file that somebody takes away every line says it.
    const file = await edge.ask('alarmsCsv', as('li', { query: { drill: id, state: 'all' } }));
    expect(
      file.text
        .split('\n')
        .slice(1, 3)
        .every((l) => l.includes('【演练】')),
    ).toBe(true);
    expect(
      (await edge.ask('alarmsCsv', as('li', { query: { state: 'all' } }))).text.trim().split('\n'),
    ).toHaveLength(1);
    const orders = await edge.ask('ordersCsv', as('li', { query: { drill: id } }));
    expect(orders.text.trim().split('\n').slice(1)).toEqual([expect.stringContaining('【演练】')]);
    expect((await edge.ask('ordersCsv', as('li'))).text.trim().split('\n')).toHaveLength(1);
    const sheet = await edge.ask('ordersXlsx', as('li', { query: { drill: id } }));
    expect(sheet.headers.get('content-disposition')).toContain(`drill-${id}-orders.xlsx`);
  });

  test('a console hears of it where it asks for drills, and else nothing; both stand at the same place', async () => {
    const [deaf, hears] = await Promise.all([
      LiveConsole.join(edge.url, { token: tokens.li ?? '' }),
      LiveConsole.join(edge.url, { token: tokens.li ?? '', query: '?drill=on' }),
    ]);
    await deaf.until(() => deaf.of('snapshot').length > 0);
    await hears.until(() => hears.of('snapshot').length > 0);
    expect(deaf.of('snapshot')[0]).toMatchObject({ alarms: [], orders: [], incidents: [] });
    expect(deaf.of('snapshot')[0]).not.toHaveProperty('drill');
    expect(hears.of('snapshot')[0]).toMatchObject({
      alarms: [],
      orders: [],
      drill: { drills: [{ id }], orders: [{ drill: id }] },
    });
    const [alarm] = await list('alarms', { drill: id });
    await edge.ask(
      'note',
      as('li', { params: { id: alarm?.id ?? '' }, body: { text: '到场', commandId: fresh() } }),
    );
    await hears.until(() => hears.of('alarm').some((f) => f.event === 'noted' && f.alarm.drill === id));
    // A real one reaches both, and leaves no hole for who heard nothing of the drill.
    await edge.raise('D-W3', 25);
    await deaf.until(() => deaf.of('alarm').length > 0);
    expect(deaf.of('alarm').every((f) => f.alarm.drill === undefined)).toBe(true);
    expect(deaf.of('resync')).toEqual([]);
    deaf.leave();
    hears.leave();
  });

  test('a real red one ends it; its sheet has what was measured, and its story is in order', async () => {
    await edge.raise('D-W3', 70);
    const over = (await edge.ask('drill', as('li', { params: { id } }))).json;
    expect(over).toMatchObject({ state: 'over', why: 'real-red', endedBy: '系统' });
    expect((await end('zhang', id)).json.code).toBe('drill-over');
    const sheet = (await edge.ask('drillSheet', as('li', { params: { id } }))).json;
    const acked = sheet.spans.find(
      (s: { what: string; at: string | null }) => s.what === 'acknowledge' && s.at !== null,
    );
    expect(acked).toMatchObject({ who: 'li', dueAt: null, late: null });
    expect(sheet.byPerson.map((p: { name: string }) => p.name)).toContain('li');
    const first = (await edge.ask('drillEvents', as('li', { params: { id }, query: { limit: '1' } }))).json;
    expect(first.items).toMatchObject([{ of: 'drill', event: 'began', by: 'zhang' }]);
    const rest = (await edge.ask('drillEvents', as('li', { params: { id }, query: { after: first.next } })))
      .json;
    expect(rest.items.at(-1)).toMatchObject({ of: 'drill', event: 'ended' });
    expect((await list('alarms')).length).toBe(1);
    expect((await list('drills'))[0]).toMatchObject({ id });
    const acts = await edge.audit.entries({}, 500, null);
    expect(acts.filter((e) => e.what === 'drills.beginDrill' && e.outcome === 'done').length).toBeGreaterThan(
      0,
    );
  });

  test('by a person, and once', async () => {
    const begun = await begin('zhang');
    expect((await end('zhang', begun.json.id)).json).toMatchObject({
      state: 'over',
      why: 'person',
      endedBy: 'zhang',
    });
    expect((await end('zhang', begun.json.id)).json.code).toBe('drill-over');
  });
});

describe('whose it is', () => {
  test('one of other areas is none that there is', async () => {
    for (const name of ['drill', 'drillSheet', 'drillEvents'] as const)
      expect((await edge.ask(name, as('foreign', { params: { id } }))).json.code).toBe('drill-unknown');
    expect((await end('foreign', id)).json.code).toBe('drill-unknown');
    expect((await edge.ask('drills', as('foreign'))).json.items).toEqual([]);
    expect((await edge.ask('alarms', as('foreign', { query: { drill: id } }))).json.items).toEqual([]);
  });

  test.each(PERSON_ROLES)('%s is refused exactly what is not theirs', async (role) => {
    const token = await edge.person(`only-${role}`, [role]);
    const asks: Partial<Record<RouteName, Ask>> = {
      endDrill: { params: { id: 'D-none' }, body: { commandId: fresh() } },
      drill: { params: { id: 'D-none' } },
    };
    for (const [name, ask] of Object.entries(asks) as [RouteName, Ask][]) {
      const right = ROUTES[name].right as Parameters<typeof may>[1];
      const { code } = (await edge.ask(name, { ...ask, token })).json;
      expect([name, code]).toEqual([name, may([role], right) ? 'drill-unknown' : 'not-permitted']);
    }
  });
});

test('every route of drills was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'drills' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
