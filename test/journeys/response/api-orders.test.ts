import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { ORDER_STATES } from '../../../src/domain/order/order.ts';
import type { RouteSpec } from '../../../src/wire/http/route.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness, type Told } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

const OWN = '341602';
const FOREIGN = '341621';

let edge: EdgeHarness;
const tokens: Record<string, string> = {};
let alarm = '';

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,owner
area,3416,亳州市,,,,,,
area,${OWN},谯城区,3416,,,,,
area,${FOREIGN},涡阳县,3416,,,,,
${[OWN, FOREIGN].map((a) => `asset,W-${a},井,,gas,${a},,,gas-co\npoint,P-${a},点,,gas,${a},W-${a},,\ndevice,D-${a},,,gas,,,P-${a},`).join('\n')}
`,
  });
  for (const code of ['gas-crew', 'water-crew', 'power-crew'])
    await edge.ask('createUnit', { body: { code, name: code, kind: 'crew', areas: ['3416'] } });
  await edge.raise(`D-${OWN}`);
  alarm = edge.flow.open(`P-${OWN}`)[0]?.id ?? '';
  tokens.wang = await edge.person('wang', ['crew'], null, 'gas-crew');
  tokens.zhao = await edge.person('zhao', ['crew'], null, 'water-crew');
  tokens.nobody = await edge.person('nobody', ['crew']);
  tokens.chief = await edge.person('chief', ['unit-leader'], null, 'gas-crew');
  tokens.li = await edge.person('li', ['dispatcher']);
  tokens.sun = await edge.person('sun', ['operator']);
  tokens.ban = await edge.person('ban', ['shift-leader']);
  tokens.district = await edge.person('district', ['dispatcher'], [FOREIGN]);
});
afterAll(async () => {
  await edge.close();
});

let n = 0;
const fresh = () => `c-${++n}`;
const later = (min: number) => new Date(edge.flow.clock.now() + min * 60_000).toISOString();
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });

const make = async (more: object = {}, who = 'li'): Promise<Told> =>
  edge.ask(
    'createOrder',
    as(who, {
      body: { source: { kind: 'alarm', id: alarm }, unit: 'gas-crew', commandId: fresh(), ...more },
    }),
  );
const act = (name: RouteName, id: string, who: string, body: object = {}): Promise<Told> =>
  edge.ask(name, as(who, { params: { id }, body: { commandId: fresh(), ...body } }));
/** @throws where it was refused */
const does = async (name: RouteName, id: string, who: string, body: object = {}) => {
  const told = await act(name, id, who, body);
  if (told.status !== 200) throw new Error(`${name}: ${told.text}`);
  return told.json;
};

describe('from the alarm to the archive', () => {
  test('an order takes title, level and place from its alarm, and its clocks from the policy of its level', async () => {
    const { json } = await make();
    expect(json).toMatchObject({
      no: expect.stringMatching(/^GD\d{8}-\d{4}$/),
      source: { kind: 'alarm', id: alarm },
      lifeline: 'gas',
      level: 1,
      place: { area: OWN, point: `P-${OWN}`, asset: `W-${OWN}` },
      unit: 'gas-crew',
      state: 'dispatched',
      alarms: [alarm],
      policy: 'default-1',
      reworks: 0,
    });
    expect(json.clocks.map((c: { name: string; state: string }) => [c.name, c.state])).toEqual([
      ['accept', 'running'],
      ['arrive', 'running'],
      ['first-feedback', 'running'],
      ['control', 'running'],
    ]);
  });

  test('the whole way: accepted, arrived, fed back, done, failed, done again, verified by another, archived', async () => {
    const { id } = (await make()).json;
    await does('acceptOrder', id, 'wang');
    await does('arriveAtOrder', id, 'wang', { actedAt: later(-1), lon: 115.78, lat: 33.85, accuracyM: 12 });
    await does('feedbackOnOrder', id, 'wang', { text: '阀门已关' });
    await does('doneWithOrder', id, 'wang', { result: '已更换密封' });
    expect((await act('verifyOrder', id, 'li', { pass: true, method: 'on-site' })).json.code).toBe(
      'own-work',
    );
    expect((await act('verifyOrder', id, 'wang', { pass: true, method: 'on-site' })).json.code).toBe(
      'not-permitted',
    );
    expect((await act('verifyOrder', id, 'sun', { pass: false, method: 'on-site' })).json.code).toBe(
      'reason-missing',
    );
    expect((await act('archiveOrder', id, 'li')).json.code).toBe('not-verified');
    expect(
      await does('verifyOrder', id, 'sun', { pass: false, method: 'on-site', reason: '仍有气味' }),
    ).toMatchObject({
      state: 'on-site',
      reworks: 1,
    });
    await does('doneWithOrder', id, 'wang', { result: '再次更换' });
    await does('verifyOrder', id, 'sun', { pass: true, method: 'readings' });
    expect(await does('archiveOrder', id, 'li')).toMatchObject({ state: 'archived' });
    expect((await act('feedbackOnOrder', id, 'wang', { text: '再补一句' })).json.code).toBe('order-over');
    const story = (await edge.ask('orderEvents', as('sun', { params: { id } }))).json.items;
    expect(story.map((e: { event: string }) => e.event)).toEqual([
      'created',
      'dispatched',
      'accepted',
      'arrived',
      'fed-back',
      'done',
      'rework',
      'done',
      'verified',
      'archived',
    ]);
    expect(story[3]).toMatchObject({ by: 'wang', actedAt: expect.any(String) });
    expect((await edge.ask('order', as('sun', { params: { id } }))).json.state).toBe('archived');
    const over = (await edge.ask('orders', as('sun', { query: { state: 'over' } }))).json.items;
    expect(over.map((o: { id: string }) => o.id)).toEqual([id]);
  });

  test('sent back twice it waits for a shift leader', async () => {
    const { id } = (await make()).json;
    await does('refuseOrder', id, 'wang', { reasonKind: 'no-capacity', reason: '人手不足' });
    await does('dispatchOrder', id, 'li', { unit: 'water-crew' });
    expect(await does('refuseOrder', id, 'zhao', { reasonKind: 'not-ours', reason: '非供水' })).toMatchObject(
      {
        state: 'returned',
        withCoordinator: true,
        refusals: 2,
      },
    );
    const again = await act('dispatchOrder', id, 'li', { unit: 'power-crew' });
    expect(again.json.code).toBe('coordinator-needed');
    expect((await does('dispatchOrder', id, 'ban', { unit: 'power-crew' })).state).toBe('dispatched');
  });

  test('more time is asked for by one and granted by another; a pause has its end', async () => {
    const { id } = (await make()).json;
    await does('acceptOrder', id, 'wang');
    expect(
      (await does('extendOrder', id, 'wang', { until: later(600), reason: '备件未到' })).extension,
    ).toMatchObject({ by: 'wang' });
    const granted = await does('answerExtension', id, 'li', { granted: true, reason: '同意' });
    expect(granted.clocks.find((c: { name: string }) => c.name === 'control').dueAt).toBe(later(600));
    expect(
      (await act('pauseOrder', id, 'wang', { kind: 'permit', until: later(-1), reason: '许可' })).json.code,
    ).toBe('end-in-past');
    await does('pauseOrder', id, 'wang', { kind: 'permit', until: later(60), reason: '等待许可' });
    await edge.flow.pass(61 * 60_000);
    expect((await edge.ask('order', as('wang', { params: { id } }))).json.state).toBe('accepted');
    await edge.flow.pass(1_000);
  });

  test('a retry changes nothing, whoever sends it late or twice; another act by the same id is refused', async () => {
    const body = {
      source: { kind: 'manual' },
      title: '巡查',
      lifeline: 'gas',
      level: 3,
      place: { area: OWN },
      commandId: fresh(),
    };
    const first = await edge.ask('createOrder', as('li', { body }));
    const second = await edge.ask('createOrder', as('li', { body }));
    expect([second.status, second.json.id]).toEqual([201, first.json.id]);
    const other = await edge.ask('createOrder', as('li', { body: { ...body, title: '另一件' } }));
    expect(other.json.code).toBe('command-reused');
    const { id } = first.json;
    const twice = { unit: 'gas-crew', commandId: fresh() };
    const [a, b] = await Promise.all([
      act('dispatchOrder', id, 'li', twice),
      act('dispatchOrder', id, 'li', twice),
    ]);
    expect([a.json.revision, b.json.revision]).toEqual([2, 2]);
  });

  test('what a crew did not see before it lost the order is refused, and says so', async () => {
    const { id, revision } = (await make()).json;
    await does('forwardOrder', id, 'li', { unit: 'water-crew', reason: '改派' });
    expect(
      (await act('acceptOrder', id, 'wang', { seenRevision: revision, actedAt: later(-5) })).json,
    ).toMatchObject({
      code: 'other-unit',
      status: 403,
    });
    expect((await act('acceptOrder', id, 'zhao', { seenRevision: revision })).json.code).toBe(
      'order-changed',
    );
    await does('acceptOrder', id, 'zhao', { seenRevision: revision + 1 });
  });

  test('a unit, a contact, an alarm or a file that is not there is said', async () => {
    expect((await make({ unit: 'nowhere' })).json.code).toBe('unknown-reference');
    expect((await make({ contact: 'nobody' })).json.code).toBe('unknown-reference');
    expect((await make({ attachments: ['a'.repeat(64)] })).json.code).toBe('unknown-reference');
    expect((await make({ source: { kind: 'alarm', id: 'A9' } })).json.code).toBe('alarm-unknown');
    expect((await make({ source: { kind: 'manual' } })).json.code).toBe('invalid');
    const { id } = (await make()).json;
    expect((await act('linkAlarmsToOrder', id, 'li', { alarms: ['A9'] })).json.code).toBe('alarm-unknown');
    expect((await act('urgeOrder', id, 'li', { note: '请抓紧' })).json.urges).toBe(1);
    expect((await edge.ask('alarm', { params: { id: alarm } })).json.orders).toContainEqual(
      expect.objectContaining({ id, state: 'dispatched' }),
    );
  });
});

describe('clock policies', () => {
  test('a change is a new version; running orders keep theirs until somebody re-bases them', async () => {
    const before = (await make()).json;
    const minutes = { accept: 3, arrive: 20, 'first-feedback': 20, feedback: 20, control: 60, verify: 60 };
    const body = { match: { levels: [1], lifelines: ['gas'] }, minutes, reason: '本市规定' };
    const kept = await edge.ask('keepClockPolicy', as('ban', { params: { id: 'gas-red' }, body }));
    expect(kept.json).toMatchObject({ id: 'gas-red', version: 1, by: 'ban' });
    expect(
      (
        await edge.ask(
          'keepClockPolicy',
          as('ban', { params: { id: 'gas-red' }, body: { ...body, seenVersion: 0 } }),
        )
      ).json.code,
    ).toBe('seen-too-old');
    await edge.ask('keepClockPolicy', as('ban', { params: { id: 'gas-red' }, body }));
    const versions = await edge.ask('clockPolicyVersions', as('wang', { params: { id: 'gas-red' } }));
    expect(versions.json.items.map((v: { version: number }) => v.version)).toEqual([1, 2]);
    expect((await make()).json).toMatchObject({ policy: 'gas-red', policyVersion: 2 });
    const same = (await edge.ask('order', as('li', { params: { id: before.id } }))).json;
    expect(same).toMatchObject({ policy: 'default-1', clocks: before.clocks });
    expect(await does('rebaseOrder', before.id, 'li')).toMatchObject({ policy: 'gas-red', policyVersion: 2 });
    const off = { ...body, match: { levels: [1], lifelines: ['heating'] } };
    await edge.ask('keepClockPolicy', as('ban', { params: { id: 'gas-red' }, body: off }));
    expect((await edge.ask('clockPolicies', as('wang'))).json.items).toHaveLength(5);
    expect((await edge.ask('clockPolicy', as('wang', { params: { id: 'none' } }))).json.code).toBe(
      'not-found',
    );
  });
});

describe('who sees what', () => {
  test('a crew sees the orders of its unit alone, a unit-less one none, a district those of its area', async () => {
    const mine = (await make()).json.id;
    const ids = async (who: string) =>
      (await edge.ask('orders', as(who))).json.items.map((o: { id: string; unit: string }) => [o.id, o.unit]);
    const units = new Set((await ids('wang')).map(([, unit]: string[]) => unit));
    expect([...units]).toEqual(['gas-crew']);
    expect((await ids('zhao')).map(([id]: string[]) => id)).not.toContain(mine);
    expect(await ids('nobody')).toEqual([]);
    expect(await ids('district')).toEqual([]);
    expect((await edge.ask('order', as('zhao', { params: { id: mine } }))).json.code).toBe('order-unknown');
    expect((await edge.ask('orderEvents', as('zhao', { params: { id: mine } }))).json.code).toBe(
      'order-unknown',
    );
    expect((await edge.ask('order', as('district', { params: { id: mine } }))).status).toBe(404);
    for (const who of ['zhao', 'nobody', 'district'])
      expect((await edge.ask('orderAlarms', as(who, { params: { id: mine } }))).json.code).toBe(
        'order-unknown',
      );
    expect((await edge.ask('orderAlarms', as('wang', { params: { id: mine } }))).json.items).toHaveLength(1);
    const areas = async (who: string) =>
      (await edge.ask('orderNames', as(who))).json.areas.map((a: { code: string }) => a.code);
    expect(await areas('wang')).toContain(OWN);
    expect(await areas('district')).not.toContain(OWN);
  });

  test('nobody makes an order where they see nothing', async () => {
    expect((await make({}, 'district')).json.code).toBe('alarm-unknown');
    const body = {
      source: { kind: 'manual' },
      title: '巡查',
      lifeline: 'gas',
      level: 3,
      place: { area: OWN },
      commandId: fresh(),
    };
    expect((await edge.ask('createOrder', as('district', { body }))).json.code).toBe('foreign-area');
  });

  /** A right body for every verb. */
  const BODIES: { readonly [name in RouteName]?: () => object } = {
    dispatchOrder: () => ({ unit: 'power-crew' }),
    acceptOrder: () => ({}),
    refuseOrder: () => ({ reasonKind: 'other', reason: '原因' }),
    forwardOrder: () => ({ unit: 'water-crew', reason: '原因' }),
    arriveAtOrder: () => ({ accept: true }),
    feedbackOnOrder: () => ({ text: '情况' }),
    checkSafetyOfOrder: () => ({ readings: [{ what: 'CH4', value: 0.1, unit: '%' }] }),
    pauseOrder: () => ({ kind: 'weather', until: later(30), reason: '暴雨' }),
    resumeOrder: () => ({}),
    extendOrder: () => ({ until: later(300), reason: '原因' }),
    answerExtension: () => ({ granted: false, reason: '原因' }),
    doneWithOrder: () => ({ result: '结果' }),
    verifyOrder: () => ({ pass: true, method: 'remote' }),
    archiveOrder: () => ({}),
    voidOrder: () => ({ reason: '原因' }),
    urgeOrder: () => ({ note: '请抓紧' }),
    linkAlarmsToOrder: () => ({ alarms: [alarm] }),
    rebaseOrder: () => ({}),
  };
  const VERBS = Object.keys(BODIES) as RouteName[];

  test('every verb is tried here', () => {
    const verbs = (Object.entries(ROUTES) as [RouteName, RouteSpec][]).filter(
      ([, r]) => r.tag === 'orders' && r.method === 'POST' && r.path.includes('{id}'),
    );
    expect(verbs.map(([name]) => name).sort()).toEqual([...VERBS].sort());
  });

  /** Ways into each state. */
  async function inState(state: (typeof ORDER_STATES)[number]): Promise<string> {
    const { id } = (await make(state === 'new' ? { unit: undefined } : {})).json;
    const way: [RouteName, string, object?][] = [];
    const add = (...steps: typeof way) => way.push(...steps);
    if (state === 'returned') add(['refuseOrder', 'wang', { reasonKind: 'other', reason: '原因' }]);
    if (state === 'voided') add(['voidOrder', 'li', { reason: '误建' }]);
    if (['accepted', 'on-site', 'paused', 'done', 'verified', 'archived'].includes(state))
      add(['acceptOrder', 'wang']);
    if (['on-site', 'done', 'verified', 'archived'].includes(state)) add(['arriveAtOrder', 'wang']);
    if (state === 'paused') add(['pauseOrder', 'wang', { kind: 'permit', until: later(60), reason: '许可' }]);
    if (['done', 'verified', 'archived'].includes(state)) add(['doneWithOrder', 'wang', { result: '好' }]);
    if (['verified', 'archived'].includes(state))
      add(['verifyOrder', 'ban', { pass: true, method: 'on-site' }]);
    if (state === 'archived') add(['archiveOrder', 'li']);
    for (const [name, who, body] of way) await does(name, id, who, body);
    return id;
  }

  test.each(ORDER_STATES)(
    'in state %s each verb is refused to whom the table refuses it, and to another unit and area',
    async (state) => {
      const id = await inState(state);
      for (const verb of VERBS) {
        const body = BODIES[verb]?.() ?? {};
        const right = ROUTES[verb].right as Parameters<typeof may>[1];
        const foreign = await act(verb, id, 'district', body);
        expect([verb, foreign.json.code]).toEqual([
          verb,
          may(['dispatcher'], right) ? 'order-unknown' : 'not-permitted',
        ]);
        if (state !== 'new') {
          const other = await act(verb, id, 'zhao', body);
          expect([verb, other.json.code]).toEqual([
            verb,
            may(['crew'], right) ? 'order-unknown' : 'not-permitted',
          ]);
        }
        const none = await act(verb, id, 'nobody', body);
        expect([verb, none.json.code]).toEqual([
          verb,
          may(['crew'], right) ? 'order-unknown' : 'not-permitted',
        ]);
      }
      expect((await edge.ask('order', as('li', { params: { id } }))).json.state).toBe(state);
    },
  );

  test.each(PERSON_ROLES)('%s is refused exactly the verbs that are not theirs', async (role) => {
    const token = await edge.person(`only-${role}`, [role], null, 'gas-crew').catch(() => '');
    for (const verb of VERBS) {
      const told = await edge.ask(verb, {
        params: { id: 'O-none' },
        body: { commandId: fresh(), ...BODIES[verb]?.() },
        token,
      });
      const right = ROUTES[verb].right as Parameters<typeof may>[1];
      expect([verb, told.json.code]).toEqual([verb, may([role], right) ? 'order-unknown' : 'not-permitted']);
    }
  });
});

describe('the live stream', () => {
  test('tells orders in one sequence with alarms, in the snapshot, and after a gap', async () => {
    const first = await LiveConsole.join(edge.url, { token: tokens.li ?? '' });
    const [snapshot] = await first.until(() => first.of('snapshot').length > 0 && first.of('snapshot'));
    const open = edge.flow.board.responses.orders().map((o) => o.id);
    expect(snapshot?.orders.map((o) => o.id)).toEqual(open);
    const { id } = (await make()).json;
    const [made, sent] = await first.until(() => first.of('order').length === 2 && first.of('order'));
    expect([made?.event, made?.order.id, sent?.event]).toEqual(['created', id, 'dispatched']);
    expect(sent?.seq).toBe((made?.seq ?? 0) + 1);
    first.leave();
    await does('acceptOrder', id, 'wang');
    const query = `?after=${sent?.seq}&epoch=${edge.flow.board.epoch}`;
    const back = await LiveConsole.join(edge.url, { token: tokens.li ?? '', query });
    const [missed] = await back.until(() => back.of('order').length > 0 && back.of('order'));
    expect(missed).toMatchObject({
      seq: (sent?.seq ?? 0) + 1,
      event: 'accepted',
      by: 'wang',
      order: { id, state: 'accepted' },
    });
    back.leave();
  });

  test('tells somebody of another district nothing of it', async () => {
    const theirs = await LiveConsole.join(edge.url, { token: tokens.district ?? '' });
    const [snapshot] = await theirs.until(() => theirs.of('snapshot').length > 0 && theirs.of('snapshot'));
    expect(snapshot?.orders).toEqual([]);
    theirs.leave();
  });

  test('and MQTT hears it below the unit that has the order', async () => {
    const before = edge.flow.told.length;
    const { id } = (await make()).json;
    const told = edge.flow.told.slice(before).filter((t) => t.topic.startsWith('lifeline/v1/orders/'));
    expect(told.map((t) => [t.topic, JSON.parse(t.payload).event, JSON.parse(t.payload).order.id])).toEqual([
      ['lifeline/v1/orders/gas-crew', 'dispatched', id],
    ]);
  });
});

describe('files', () => {
  const jpeg = (text: string) =>
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(text.padEnd(64, '.'))]);
  const keep = (bytes: Uint8Array<ArrayBuffer>, type = 'image/jpeg', who = 'wang') =>
    edge.ask('keepAttachment', as(who, { file: { bytes, type } }));

  test('a photo is kept by its SHA-256, comes back as it was, and never as a page', async () => {
    const bytes = jpeg('before');
    const kept = (await keep(bytes)).json;
    expect(kept).toEqual({
      id: kept.sha256,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: bytes.length,
      type: 'image/jpeg',
    });
    expect((await keep(bytes, 'application/pdf')).json).toEqual(kept);
    const { id } = (await make()).json;
    await does('acceptOrder', id, 'wang');
    expect((await does('arriveAtOrder', id, 'wang', { attachments: [kept.id] })).attachments).toEqual([
      kept.id,
    ]);
    const back = await edge.ask('attachment', as('wang', { params: { id: kept.id } }));
    expect([back.status, back.headers.get('content-type'), back.headers.get('content-disposition')]).toEqual([
      200,
      'image/jpeg',
      `attachment; filename="${kept.id.slice(0, 16)}.jpg"`,
    ]);
    expect(back.headers.get('content-security-policy')).toContain('sandbox');
    expect(back.headers.get('x-content-type-options')).toBe('nosniff');
    for (const who of ['zhao', 'district'])
      expect((await edge.ask('attachment', as(who, { params: { id: kept.id } }))).json.code).toBe(
        'not-found',
      );
    await does('doneWithOrder', id, 'wang', { result: '好' });
    await does('verifyOrder', id, 'sun', { pass: true, method: 'on-site' });
    await does('archiveOrder', id, 'li');
    expect((await edge.ask('attachment', as('wang', { params: { id: kept.id } }))).status).toBe(404);
    expect(
      (await edge.ask('attachment', as('wang', { params: { id: kept.id }, query: { order: id } }))).status,
    ).toBe(200);
    expect(
      (await edge.ask('attachment', as('zhao', { params: { id: kept.id }, query: { order: id } }))).status,
    ).toBe(404);
  });

  test('what is no picture or paper by its bytes is refused, whatever it is called; so is what is too large', async () => {
    expect((await keep(Buffer.from('<html><script>alert(1)</script></html>'))).json.code).toBe(
      'unsupported-media-type',
    );
    expect((await edge.ask('keepAttachment', as('wang', { body: {} }))).json.code).toBe(
      'unsupported-media-type',
    );
    expect(
      (
        await edge.ask(
          'keepAttachment',
          as('wang', { file: { bytes: Buffer.from('<svg/>'), type: 'image/svg+xml' } }),
        )
      ).json.code,
    ).toBe('unsupported-media-type');
    expect((await keep(Buffer.concat([jpeg('x'), Buffer.alloc(10 * 1_024 * 1_024)]))).json.code).toBe(
      'too-large',
    );
    expect((await edge.ask('attachment', as('li', { params: { id: 'f'.repeat(64) } }))).json.code).toBe(
      'not-found',
    );
  });
});

test('every route of orders was answered as the table says', async () => {
  const { id } = (await make()).json;
  await does('acceptOrder', id, 'wang');
  await does('checkSafetyOfOrder', id, 'wang', {
    readings: [{ what: 'CH4', value: 0.1, unit: '%' }],
    permit: 'P-7',
  });
  await does('pauseOrder', id, 'wang', { kind: 'weather', until: later(30), reason: '暴雨' });
  await does('resumeOrder', id, 'wang');
  await does('arriveAtOrder', id, 'wang');
  await does('linkAlarmsToOrder', id, 'li', { alarms: [alarm] });
  expect((await does('voidOrder', id, 'li', { reason: '误派' })).wanted).toMatchObject({
    do: 'void',
    by: 'li',
  });
  expect((await does('voidOrder', id, 'li', { reason: '误派' })).state).toBe('on-site');
  expect((await does('voidOrder', id, 'ban', { reason: '同意' })).state).toBe('voided');
  await edge.ask('clockPolicy', as('wang', { params: { id: 'default-1' } }));
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'orders' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});

test('overdue orders are found, and a list goes on from page to page', async () => {
  await make();
  await edge.flow.pass(6 * 60_000);
  const overdue = (await edge.ask('orders', as('li', { query: { overdue: 'true' } }))).json.items;
  expect(overdue.length).toBeGreaterThan(0);
  for (const o of overdue) expect(o.clocks.map((c: { state: string }) => c.state)).toContain('overdue');
  const walk = async (state: string): Promise<string[]> => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const query = { state, limit: 3, ...(after === undefined ? {} : { after }) };
      const page = (await edge.ask('orders', as('li', { query }))).json;
      found.push(...page.items.map((o: { id: string }) => o.id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    return found;
  };
  const open = await walk('open');
  expect(open).toEqual(edge.flow.board.responses.orders().map((o) => o.id));
  const all = await walk('open,over');
  expect(new Set(all).size).toBe(all.length);
  expect(all.filter((id) => open.includes(id))).toHaveLength(open.length);
});
