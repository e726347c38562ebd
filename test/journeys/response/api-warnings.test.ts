import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
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
  for (const code of ['gas-co', 'street-1', 'other'])
    await edge.ask('createUnit', { body: { code, name: code, kind: 'owner' } });
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,owner
area,3416,亳州市,,,,,,
area,${OWN},谯城区,3416,,,,,
area,${FOREIGN},涡阳县,3416,,,,,
asset,W-1,一号井,,gas,${OWN},,,gas-co
point,P-1,点,,gas,${OWN},W-1,,
device,D-1,,,gas,,,P-1,
`,
  });
  await edge.ask('createContact', {
    body: { id: 'zhou', unit: 'gas-co', name: '周', post: 'duty', mobile: '13812345678', account: 'zhou' },
  });
  const config = { url: 'https://oapi.dingtalk.com/robot/send?access_token=t1' };
  await edge.ask('createChannel', {
    body: { id: 'robot', kind: 'dingtalk', name: '群', config },
  });
  await edge.raise('D-1', 25);
  alarm = edge.flow.open('P-1')[0]?.id ?? '';
  tokens.li = await edge.person('li', ['operator']);
  tokens.ban = await edge.person('ban', ['shift-leader']);
  tokens.wang = await edge.person('wang', ['shift-leader']);
  tokens.zhou = await edge.person('zhou', ['unit-leader'], null, 'gas-co');
  tokens.other = await edge.person('other', ['unit-leader'], null, 'other');
  tokens.nobody = await edge.person('nobody', ['crew']);
  tokens.foreign = await edge.person('foreign', ['shift-leader'], [FOREIGN]);
});
afterAll(async () => {
  await edge.close();
});

let n = 0;
const fresh = () => `w-${++n}`;
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });
const draft = (more: object = {}, who = 'li'): Promise<Told> =>
  edge.ask(
    'draftWarning',
    as(who, {
      body: { basis: { alarms: [alarm] }, recipients: ['gas-co', 'street-1'], commandId: fresh(), ...more },
    }),
  );
const act = (name: RouteName, id: string, who: string, body: object = {}): Promise<Told> =>
  edge.ask(name, as(who, { params: { id }, body: { commandId: fresh(), ...body } }));
const does = async (name: RouteName, id: string, who: string, body: object = {}) => {
  const told = await act(name, id, who, body);
  if (told.status !== 200) throw new Error(`${name}: ${told.text}`);
  return told.json;
};
/** One in force. */
const inForce = async (more: object = {}): Promise<string> => {
  const { id } = (await draft(more)).json;
  await does('submitWarning', id, 'li');
  await does('issueWarning', id, 'ban');
  return id;
};

describe('from the draft to its end', () => {
  test('a draft takes level, text and the pack’s advice from its alarm, and its owner as recipient', async () => {
    const { json } = await draft({ recipients: undefined });
    expect(json).toMatchObject({
      state: 'draft',
      level: 3,
      lifeline: 'gas',
      areas: [OWN],
      areaText: '谯城区一号井',
      text: expect.stringContaining('P-1'),
      instruction: expect.stringMatching(/./),
      recipients: [{ unit: 'gas-co' }],
      status: 'actual',
      drafter: 'li',
      overdue: false,
      messages: [],
    });
    expect((await edge.ask('warningCap', as('li', { params: { id: json.id } }))).json.code).toBe(
      'warning-not-issued',
    );
    expect((await act('discardWarning', json.id, 'li')).json.state).toBe('discarded');
  });

  test('the whole way: returned, mended, issued by another, confirmed by both, adjusted, lifted with a reason', async () => {
    const { id } = (await draft({ level: 2 }, 'ban')).json;
    await does('submitWarning', id, 'ban');
    await does('returnWarning', id, 'wang', { reason: '区域有误' });
    await does('editWarning', id, 'ban', { areaText: '谯城区一号井周边 200 米' });
    await does('submitWarning', id, 'ban');
    expect((await act('issueWarning', id, 'ban')).json.code).toBe('own-draft');
    expect((await act('issueWarning', id, 'li')).json.code).toBe('not-permitted');
    const issued = await does('issueWarning', id, 'wang', { documentNo: '亳预〔2026〕3号' });
    expect(issued).toMatchObject({
      state: 'issued',
      approver: 'wang',
      documentNo: '亳预〔2026〕3号',
      messages: [{ msgType: 'Alert' }],
    });
    await does('confirmWarning', id, 'zhou');
    const confirmed = await does('confirmWarning', id, 'li', { unit: 'street-1' });
    expect(confirmed.recipients.map((r: { by: string }) => r.by)).toEqual(['zhou', 'li']);
    const adjusted = await does('adjustWarning', id, 'wang', {
      level: 1,
      text: '扩散至路口',
      reason: '浓度升高',
    });
    expect(adjusted).toMatchObject({ level: 1, recipients: [{ unit: 'gas-co' }, { unit: 'street-1' }] });
    expect((await act('liftWarning', id, 'wang')).json.code).toBe('lift-conditions');
    const lifted = await does('liftWarning', id, 'wang', { reason: '险情已排除' });
    expect(lifted.messages.map((m: { msgType: string }) => m.msgType)).toEqual(['Alert', 'Update', 'Cancel']);
    expect((await act('adjustWarning', id, 'wang', { level: 2, text: 'x', reason: 'y' })).json.code).toBe(
      'warning-over',
    );
    const ids = lifted.messages.map((m: { identifier: string }) => m.identifier);
    expect(new Set(ids).size).toBe(3);
    for (const identifier of ids) {
      const file = await edge.ask('warningMessage', as('zhou', { params: { id, identifier } }));
      expect(file.headers.get('content-type')).toBe('application/cap+xml; charset=utf-8');
      expect(file.text).toContain(`<identifier>${identifier}</identifier>`);
    }
    const newest = (await edge.ask('warningCap', as('zhou', { params: { id } }))).text;
    expect(newest).toContain(`<references>34160041400100,${ids[0]},`);
    const feed = (await edge.ask('warningFeed', as('zhou'))).text;
    for (const identifier of ids) expect(feed).toContain(identifier);
    const none = { id, identifier: '00000000000000_20260101000000_0' };
    expect((await edge.ask('warningMessage', as('li', { params: none }))).json.code).toBe('not-found');
    const story = (await edge.ask('warningEvents', as('li', { params: { id } }))).json.items;
    expect(story.map((e: { event: string }) => e.event)).toEqual([
      'drafted',
      'submitted',
      'returned',
      'edited',
      'submitted',
      'issued',
      'confirmed',
      'confirmed',
      'adjusted',
      'lifted',
    ]);
    const over = (await edge.ask('warnings', as('li', { query: { state: 'lifted' } }))).json.items;
    expect(over.map((w: { id: string }) => w.id)).toEqual([id]);
  });

  test('lifted without a reason when its alarm is judged and its order done', async () => {
    const id = await inForce();
    await edge.ask('assess', { params: { id: alarm }, body: { verdict: 'test', commandId: fresh() } });
    const order = await edge.ask('createOrder', {
      body: { source: { kind: 'alarm', id: alarm }, warning: id, unit: 'other', commandId: fresh() },
    });
    expect((await act('liftWarning', id, 'ban')).json.code).toBe('lift-conditions');
    const conditions = async (who: string) =>
      (await edge.ask('warning', as(who, { params: { id } }))).json.lift;
    const { id: orderId, no, title } = order.json;
    expect(await conditions('li')).toEqual({
      over: false,
      alarms: [{ id: alarm, over: true }],
      orders: [{ id: orderId, no, title, state: 'dispatched' }],
    });
    expect(await conditions('zhou')).toBeUndefined();
    await edge.ask('voidOrder', {
      params: { id: order.json.id },
      body: { reason: '误建', commandId: fresh() },
    });
    expect(await conditions('li')).toMatchObject({ over: true, orders: [] });
    expect((await does('liftWarning', id, 'ban')).state).toBe('lifted');
    expect(await conditions('li')).toBeUndefined();
  });

  test('a graver alarm proposes, and its end makes it overdue: it stays in force', async () => {
    const id = await inForce();
    await edge.raise('D-1', 60);
    const proposed = (await edge.ask('warning', as('li', { params: { id } }))).json;
    expect(proposed).toMatchObject({ level: 3, proposal: { level: 1, alarm } });
    await edge.flow.pass(6 * 3_600_000 + 1_000);
    expect((await edge.ask('warning', as('li', { params: { id } }))).json).toMatchObject({
      state: 'issued',
      overdue: true,
    });
    expect((await does('cancelWarning', id, 'ban', { reason: '误发' })).state).toBe('cancelled');
  });

  test('an exercise says so to everybody; each unit is told, and its own receipt stops its ladder', async () => {
    const id = await inForce({ status: 'exercise', level: 2, recipients: ['gas-co'] });
    const owed = edge.flow.core.notices.book.noticesOf(`${id}-gas-co`);
    expect(owed.map((x) => [x.subject.kind, x.contact, x.text.marks])).toEqual([
      ['warning', 'zhou', ['drill']],
    ]);
    const listed = (await edge.ask('notices', as('li'))).json.items;
    expect(listed.map((x: { id: string }) => x.id)).toContain(owed[0]?.id);
    expect((await edge.ask('notices', as('foreign'))).json.items).toEqual([]);
    await does('confirmWarning', id, 'zhou');
    expect(edge.flow.core.notices.book.noticesOf(`${id}-gas-co`).map((x) => x.state)).toEqual(['superseded']);
    expect((await edge.ask('warningCap', as('li', { params: { id } }))).text).toContain(
      '<status>Exercise</status>',
    );
    await does('liftWarning', id, 'ban', { reason: '演练结束' });
  });

  test('a retry changes nothing; what is not there, or lies in the past, is said', async () => {
    const body = { basis: { alarms: [alarm] }, commandId: fresh() };
    const [a, b] = [
      await edge.ask('draftWarning', as('li', { body })),
      await edge.ask('draftWarning', as('li', { body })),
    ];
    expect(a.json.id).toBe(b.json.id);
    const submit = { commandId: fresh() };
    expect((await does('submitWarning', a.json.id, 'li', submit)).revision).toBe(2);
    expect((await does('submitWarning', a.json.id, 'li', submit)).revision).toBe(2);
    expect((await draft({ expires: '2020-01-01T00:00:00Z' })).json.code).toBe('end-in-past');
    expect((await draft({ basis: { alarms: ['A9'] } })).json.code).toBe('alarm-unknown');
    expect((await draft({ basis: { alarms: [] } })).json.code).toBe('invalid');
    expect((await draft({ recipients: ['nowhere'] })).json.code).toBe('unknown-reference');
    expect((await draft({}, 'foreign')).json.code).toBe('alarm-unknown');
    const own = {
      basis: { alarms: [] },
      lifeline: 'gas',
      level: 3,
      kind: '泄漏',
      areas: [OWN],
      instruction: '关阀',
    };
    expect((await draft(own, 'foreign')).json.code).toBe('foreign-area');
  });
});

describe('who sees and does what', () => {
  const BODIES: { readonly [name in RouteName]?: object } = {
    editWarning: { text: '改' },
    submitWarning: {},
    discardWarning: {},
    issueWarning: {},
    returnWarning: { reason: '原因' },
    adjustWarning: { level: 3, text: '文', reason: '原因' },
    liftWarning: { reason: '原因' },
    cancelWarning: { reason: '原因' },
    confirmWarning: { unit: 'gas-co' },
  };
  const VERBS = Object.keys(BODIES) as RouteName[];

  test('every verb is tried here', () => {
    const verbs = (Object.entries(ROUTES) as [RouteName, RouteSpec][]).filter(
      ([, r]) => r.tag === 'warnings' && r.method === 'POST' && r.path.includes('{id}'),
    );
    expect(verbs.map(([name]) => name).sort()).toEqual([...VERBS].sort());
  });

  test('a unit sees what was issued for it, and nothing else; a district what lies in it', async () => {
    const { id: hidden } = (await draft()).json;
    const id = await inForce();
    const ids = async (who: string) =>
      (await edge.ask('warnings', as(who))).json.items.map((w: { id: string }) => w.id);
    expect(await ids('zhou')).toContain(id);
    expect(await ids('zhou')).not.toContain(hidden);
    // Of the other recipients, and of their receipts, it learns nothing.
    await does('confirmWarning', id, 'ban', { unit: 'street-1' });
    const own = await does('confirmWarning', id, 'zhou', { unit: 'gas-co' });
    const asked = (await edge.ask('warning', as('zhou', { params: { id } }))).json;
    for (const seen of [own, asked, (await edge.ask('warnings', as('zhou'))).json.items[0]])
      expect(seen.recipients.map((r: { unit: string }) => r.unit)).toEqual(['gas-co']);
    const receipts = async (who: string) =>
      (await edge.ask('warningEvents', as(who, { params: { id } }))).json.items.filter(
        (e: { event: string }) => e.event === 'confirmed',
      ).length;
    expect([await receipts('zhou'), await receipts('li')]).toEqual([1, 2]);
    for (const who of ['other', 'nobody', 'foreign']) {
      expect(await ids(who)).toEqual([]);
      for (const name of ['warning', 'warningEvents', 'warningCap'] as const)
        expect((await edge.ask(name, as(who, { params: { id } }))).json.code).toBe('warning-unknown');
      expect((await edge.ask('warningFeed', as(who))).text).not.toContain('<entry>');
    }
    for (const verb of VERBS) {
      const right = ROUTES[verb].right as Parameters<typeof may>[1];
      expect([verb, (await act(verb, id, 'foreign', BODIES[verb])).json.code]).toEqual([
        verb,
        'warning-unknown',
      ]);
      expect([verb, (await act(verb, id, 'other', BODIES[verb])).json.code]).toEqual([
        verb,
        may(['unit-leader'], right) ? 'warning-unknown' : 'not-permitted',
      ]);
    }
    expect((await act('confirmWarning', id, 'zhou', { unit: 'street-1' })).json.code).toBe('not-a-recipient');
    expect((await edge.ask('warning', as('li', { params: { id } }))).json.state).toBe('issued');
  });

  test.each(PERSON_ROLES)('%s is refused exactly the verbs that are not theirs', async (role) => {
    const token = await edge.person(`only-${role}`, [role], null, 'gas-co').catch(() => '');
    for (const verb of VERBS) {
      const told = await edge.ask(verb, {
        params: { id: 'W-none' },
        body: { commandId: fresh(), ...BODIES[verb] },
        token,
      });
      const right = ROUTES[verb].right as Parameters<typeof may>[1];
      expect([verb, told.json.code]).toEqual([
        verb,
        may([role], right) ? 'warning-unknown' : 'not-permitted',
      ]);
    }
  });
});

test('the live stream tells warnings in one sequence with everything else, and in its snapshot; MQTT those in force', async () => {
  const joined = await LiveConsole.join(edge.url, { token: tokens.li ?? '' });
  const [snapshot] = await joined.until(() => joined.of('snapshot').length > 0 && joined.of('snapshot'));
  expect(snapshot?.warnings.map((w) => w.id)).toEqual(edge.flow.board.responses.warnings().map((w) => w.id));
  const before = edge.flow.told.length;
  const id = await inForce();
  const frames = await joined.until(() => joined.of('warning').length === 3 && joined.of('warning'));
  expect(frames.map((f) => [f.event, f.warning.id])).toEqual([
    ['drafted', id],
    ['submitted', id],
    ['issued', id],
  ]);
  expect(frames[2]?.seq).toBe((frames[1]?.seq ?? 0) + 1);
  const topics = edge.flow.told.slice(before).filter((t) => t.topic.includes('/warnings/'));
  expect(topics.map((t) => t.topic)).toEqual([`lifeline/v1/warnings/1/${OWN}`]);
  joined.leave();
});

test('every route of warnings was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'warnings' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
