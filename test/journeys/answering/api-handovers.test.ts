import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { type Ask, EdgeHarness, PASSWORD, type Told } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

const OWN = '341602';
const FOREIGN = '341621';
const WELLS = [0, 1, 2].map((i) => ({ code: `W${i}`, lat: (33.85 + i * 0.0009).toFixed(5) }));

let edge: EdgeHarness;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  edge = await EdgeHarness.open({ handoverPersons: 2 });
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,${OWN},谯城区,3416,,,,,,,
area,${FOREIGN},涡阳县,3416,,,,,,,
${WELLS.map(({ code, lat }) => `asset,${code},井${code},,gas,${OWN},,,115.78000,${lat},CGCS2000\npoint,P-${code},点${code},,gas,${OWN},${code},,115.78000,${lat},CGCS2000\ndevice,D-${code},,,gas,,,P-${code},,,`).join('\n')}
`,
  });
  for (const name of ['zhang', 'li', 'wang', 'zhao', 'qian'])
    tokens[name] = await edge.person(name, [name === 'zhang' ? 'shift-leader' : 'operator']);
  tokens.foreign = await edge.person('foreign', ['shift-leader'], [FOREIGN]);
  tokens.own = await edge.person('own', ['operator'], [OWN]);
  tokens.crew = await edge.person('crew', ['crew'], null, 'x');
});
afterAll(async () => {
  await edge.close();
});

let n = 0;
const fresh = () => `h-${++n}`;
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });
const SIDES = { outgoing: ['zhang', 'li'], incoming: ['wang', 'zhao'] };
const make = (who: string, body: object = {}): Promise<Told> =>
  edge.ask('makeHandover', as(who, { body: { ...SIDES, commandId: fresh(), ...body } }));
const sign = (id: string, who: string, side: string, body: object = {}): Promise<Told> =>
  edge.ask(
    'signHandover',
    as(who, { params: { id }, body: { side, password: PASSWORD, commandId: fresh(), ...body } }),
  );
const seen = async (id: string, who = 'qian') =>
  (await edge.ask('handover', as(who, { params: { id } }))).json;
const voided = (id: string) =>
  edge.ask('voidHandover', as('zhang', { params: { id }, body: { reason: '重来', commandId: fresh() } }));

let first: Told['json'];

describe('one shift hands over to the next', () => {
  test('what is handed over is frozen at a place in the journal: the world moves on, and it does not', async () => {
    await edge.raise('D-W0', 25);
    const [alarm] = edge.flow.open('P-W0');
    const order = await edge.ask(
      'createOrder',
      as('li', {
        body: { source: { kind: 'alarm', id: alarm?.id }, alarms: [alarm?.id], commandId: fresh() },
      }),
    );
    await edge.ask('putUpstream', {
      params: { name: 'city' },
      body: {
        ...{ title: '市级平台', profile: 'district-to-city', url: 'http://127.0.0.1:9', source: 'bozhou' },
        objects: ['alarm'],
      },
    });
    first = (await make('zhang', { instructions: '盯住井W0' })).json;
    // Who comes must know what has not gone up yet.
    expect(first.contents.upstreams).toEqual({
      total: 1,
      items: [
        { name: 'city', title: '市级平台', live: 1, bulk: 0, rejected: 0, oldestAt: expect.any(String) },
      ],
    });
    expect(first).toMatchObject({
      state: 'open',
      answers: 'outgoing',
      seq: edge.flow.core.lastSeq - 1,
      instructions: '盯住井W0',
      anchor: expect.stringMatching(/^\d+:/),
      outgoing: [{ account: 'zhang' }, { account: 'li' }],
    });
    expect(first.contents.alarms).toMatchObject({
      total: 1,
      items: [{ id: alarm?.id, level: 3, ackBy: null }],
    });
    expect(first.contents.orders.items).toMatchObject([{ no: order.json.no, state: 'new', next: null }]);
    await edge.raise('D-W0', 60);
    await edge.raise('D-W1', 25);
    await edge.ask(
      'acknowledge',
      as('li', { params: { id: alarm?.id ?? '' }, body: { seenRevision: 9, commandId: fresh() } }),
    );
    expect((await seen(first.id)).contents).toEqual(first.contents);
    expect((await seen(first.id)).seq).toBe(first.seq);
  });

  test('each signs for themselves: somebody else who signs for a person is refused, and so is a wrong password', async () => {
    expect((await sign(first.id, 'qian', 'outgoing')).json.code).toBe('handover-not-yours');
    expect((await sign(first.id, 'wang', 'outgoing')).json.code).toBe('handover-not-yours');
    expect((await sign(first.id, 'zhang', 'outgoing', { password: 'nicht das' })).json.code).toBe(
      'wrong-credentials',
    );
    // Digits of a second factor that nobody has enrolled prove nothing.
    expect(
      (await sign(first.id, 'zhang', 'outgoing', { password: undefined, totp: '123456' })).json.code,
    ).toBe('wrong-credentials');
    expect((await seen(first.id)).signatures).toEqual([]);
  });

  test('the incoming shift signs when all of the outgoing one have; until then the outgoing one answers', async () => {
    expect((await sign(first.id, 'wang', 'incoming')).json.code).toBe('handover-outgoing-first');
    expect((await sign(first.id, 'zhang', 'outgoing')).json.state).toBe('open');
    expect((await sign(first.id, 'zhang', 'outgoing')).json.code).toBe('handover-signed');
    expect((await sign(first.id, 'wang', 'incoming')).json.code).toBe('handover-outgoing-first');
    const second = await sign(first.id, 'li', 'outgoing', { remarks: '二号井渗水' });
    expect(second.json).toMatchObject({ state: 'outgoing-signed', answers: 'outgoing' });
    expect((await sign(first.id, 'wang', 'incoming', { ticks: ['log', 'console'] })).json).toMatchObject({
      state: 'outgoing-signed',
      answers: 'outgoing',
    });
    const done = await sign(first.id, 'zhao', 'incoming');
    expect(done.json).toMatchObject({ state: 'both-signed', answers: 'incoming' });
    expect(done.json.signatures.map((s: { account: string; side: string }) => [s.account, s.side])).toEqual([
      ['zhang', 'outgoing'],
      ['li', 'outgoing'],
      ['wang', 'incoming'],
      ['zhao', 'incoming'],
    ]);
    expect(done.json.signatures[2]).toMatchObject({ by: 'password', ticks: ['log', 'console'] });
    expect((await sign(first.id, 'zhao', 'incoming')).json.code).toBe('handover-over');
    expect((await voided(first.id)).json.code).toBe('handover-over');
  });

  test('its story names everybody in order, and the audit journal has each act', async () => {
    const { items } = (await edge.ask('handoverEvents', as('qian', { params: { id: first.id } }))).json;
    expect(items.map((e: { event: string; account: string }) => [e.event, e.account])).toEqual([
      ['opened', 'zhang'],
      ['signed', 'zhang'],
      ['signed', 'li'],
      ['signed', 'wang'],
      ['signed', 'zhao'],
    ]);
    const kept = await edge.audit.entries({}, 500, null);
    expect(kept.filter((e) => e.what === 'handovers.signHandover' && e.outcome === 'done')).toHaveLength(4);
  });
});

describe('what a hand-over needs', () => {
  test('two persons a side where the house asks for two, none on both sides, all of them in use', async () => {
    for (const [body, code] of [
      [{ incoming: ['wang'] }, 'handover-persons'],
      [{ incoming: ['wang', 'wang'] }, 'handover-persons'],
      [{ incoming: ['wang', 'nobody'] }, 'handover-persons'],
      [{ incoming: ['wang', 'crew'] }, 'handover-persons'],
      [{ incoming: ['wang', 'foreign'] }, 'handover-persons'],
      [{ incoming: ['wang', 'li'] }, 'handover-both-sides'],
      [{ areas: ['999999'] }, 'unknown-reference'],
    ] as const)
      expect([body, (await make('zhang', body)).json.code]).toEqual([body, code]);
    expect((await edge.ask('handoverPeople', as('zhang'))).json).toMatchObject({ persons: 2 });
  });

  test('one at a time for the same areas; a second one of other areas goes beside it', async () => {
    const begun = (await make('zhang', { areas: [OWN] })).json;
    expect((await make('zhang')).json.code).toBe('handover-open');
    expect((await make('zhang', { areas: [OWN] })).json.code).toBe('handover-open');
    const other = await make('zhang', { areas: [FOREIGN] });
    expect(other.json.contents.alarms.total).toBe(0);
    await voided(other.json.id);
    expect((await voided(begun.id)).json).toMatchObject({ state: 'voided', voided: { reason: '重来' } });
  });

  test('a red incident that nobody has under control stands in its way, unless a reason is given', async () => {
    await edge.raise('D-W1', 60);
    await edge.raise('D-W2', 60);
    expect([...edge.flow.core.incidents.open.values()].map((i) => [i.level, i.state])).toEqual([[1, 'open']]);
    expect((await make('zhang')).json.code).toBe('handover-red-incident');
    // Elsewhere it is nobody's.
    const elsewhere = await make('zhang', { areas: [FOREIGN] });
    expect(elsewhere.status).toBe(201);
    await voided(elsewhere.json.id);
    const reasoned = (await make('zhang', { reason: '原班已连续值守十六小时' })).json;
    expect(reasoned.contents.incidents).toMatchObject({ total: 1, items: [{ level: 1 }] });
    expect((await sign(reasoned.id, 'zhang', 'outgoing')).status).toBe(200);
    await voided(reasoned.id);
    const [incident] = [...edge.flow.core.incidents.open.values()];
    await edge.ask(
      'controlIncident',
      as('zhang', { params: { id: incident?.id ?? '' }, body: { commandId: fresh() } }),
    );
    const calm = (await make('zhang')).json;
    expect(calm.reason).toBeNull();
    await voided(calm.id);
  });

  test('one that begins between making and signing does so too', async () => {
    const made = (await make('zhang', { areas: [OWN] })).json;
    const alarm = edge.flow.open('P-W0')[0]?.id ?? '';
    await edge.ask(
      'makeIncident',
      as('zhang', { body: { name: '另一起', alarms: [alarm], commandId: fresh() } }),
    );
    expect((await sign(made.id, 'zhang', 'outgoing')).json.code).toBe('handover-red-incident');
    const signed = await sign(made.id, 'zhang', 'outgoing', { reason: '接班人已到场协助' });
    expect(signed.json).toMatchObject({ reason: '接班人已到场协助', signatures: [{ account: 'zhang' }] });
  });

  test('killed and started again it waits for the same signatures', async () => {
    const flow = await FlowHarness.begin({ clock: edge.flow.clock, disk: edge.flow.disk.copied() });
    expect([...flow.core.handovers.open.values()]).toEqual([...edge.flow.core.handovers.open.values()]);
    expect([...flow.core.handovers.open.values()]).toMatchObject([{ signatures: [{ account: 'zhang' }] }]);
    const list = (await edge.ask('handovers', as('qian', { query: { state: 'open' } }))).json;
    expect(list.items).toHaveLength(1);
    await voided(list.items[0].id);
  });

  test('the same command again is the same hand-over', async () => {
    const commandId = fresh();
    const reason = '事件仍在处置';
    const made = await make('zhang', { commandId, reason });
    expect(made.status).toBe(201);
    expect((await make('zhang', { commandId, reason })).json.id).toBe(made.json.id);
    expect((await make('zhang', { commandId, reason, instructions: '另一件' })).json.code).toBe(
      'command-reused',
    );
    await voided(made.json.id);
  });
});

test('the live stream tells it without its contents, in one sequence with everything else', async () => {
  const joined = await LiveConsole.join(edge.url, { token: tokens.qian ?? '' });
  await joined.until(() => joined.of('snapshot').length > 0);
  const made = await make('zhang', { areas: [FOREIGN] });
  const frames = await joined.until(() => joined.of('handover').length > 0 && joined.of('handover'));
  expect(frames.at(-1)).toMatchObject({ event: 'opened', by: 'zhang', handover: { id: made.json.id } });
  expect(frames.at(-1)?.handover).not.toHaveProperty('contents');
  joined.leave();
  await voided(made.json.id);
});

describe('whose it is', () => {
  test('one of the whole city is for those who see all of it', async () => {
    expect(
      (await edge.ask('handovers', as('foreign'))).json.items.map((h: { areas: string[] }) => h.areas),
    ).toEqual(
      (await edge.ask('handovers', as('qian'))).json.items
        .map((h: { areas: string[] }) => h.areas)
        .filter((a: string[]) => a.includes(FOREIGN)),
    );
    for (const name of ['handover', 'handoverEvents'] as const)
      expect((await edge.ask(name, as('foreign', { params: { id: first.id } }))).json.code).toBe(
        'handover-unknown',
      );
    expect((await sign(first.id, 'foreign', 'outgoing')).json.code).toBe('handover-unknown');
    expect((await make('foreign')).json.code).toBe('foreign-area');
    expect((await make('own', { areas: [OWN, FOREIGN] })).json.code).toBe('foreign-area');
  });

  test.each(PERSON_ROLES)('%s is refused exactly what is not theirs', async (role) => {
    const token = await edge.person(`only-${role}`, [role]);
    const asks: Partial<Record<RouteName, Ask>> = {
      signHandover: {
        params: { id: 'H-none' },
        body: { side: 'outgoing', password: 'x', commandId: fresh() },
      },
      voidHandover: { params: { id: 'H-none' }, body: { reason: 'r', commandId: fresh() } },
      handover: { params: { id: 'H-none' } },
    };
    for (const [name, ask] of Object.entries(asks) as [RouteName, Ask][]) {
      const right = ROUTES[name].right as Parameters<typeof may>[1];
      const code = (await edge.ask(name, { ...ask, token })).json.code;
      expect([name, code]).toEqual([name, may([role], right) ? 'handover-unknown' : 'not-permitted']);
    }
  });
});

test('every route of hand-overs was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'handovers' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
