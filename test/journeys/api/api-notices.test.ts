import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SendOutcome } from '../../../src/domain/notice/notice.ts';
import { Outbox } from '../../../src/flow/outbox/outbox.ts';
import type { OutgoingMessage } from '../../../src/flow/ports/notice-channel.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

const TOKEN = 'a1b2c3-robot-token';
const SECRET = 'SEC-very-secret';
const OWN = '341602';
const FOREIGN = '341621';

let edge: EdgeHarness;
let district: string;
let outbox: Outbox;
const sent: { secrets: object; url: string; message: OutgoingMessage }[] = [];
let answer: SendOutcome = { is: 'accepted', said: '0 ok' };

beforeAll(async () => {
  edge = await EdgeHarness.open({
    channels: (settings, secrets) => ({
      send: async (message) => {
        sent.push({ secrets, url: 'url' in settings ? settings.url : '', message });
        return answer;
      },
    }),
  });
  const { core, turn, journal, clock, meters } = edge.flow;
  outbox = new Outbox({
    core,
    turn,
    journal,
    clock,
    meters,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    open: (settings, secrets) => ({
      send: async (message) => {
        sent.push({ secrets, url: 'url' in settings ? settings.url : '', message });
        return answer;
      },
    }),
  });
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,owner
area,3416,亳州市,,,,,,
area,${OWN},谯城区,3416,,,,,
area,${FOREIGN},涡阳县,3416,,,,,
${[OWN, FOREIGN].map((a) => `asset,W-${a},井,,gas,${a},,,gas-co\npoint,P-${a},点,,gas,${a},W-${a},,\ndevice,D-${a},,,gas,,,P-${a},`).join('\n')}
`,
  });
  district = await edge.person('li', ['operator'], [OWN]);
});
afterAll(async () => {
  outbox.stop();
  await edge.close();
});

const robot = {
  id: 'robot',
  name: '值班群',
  enabled: true,
  perMinute: 18,
  kind: 'dingtalk',
  config: { url: `https://oapi.dingtalk.com/robot/send?access_token=${TOKEN}` },
  secrets: { secret: SECRET },
};
const at = (hours: number) => new Date(edge.flow.clock.now() + hours * 3_600_000).toISOString();
/** Until nothing is on its way. */
const quiet = async () => {
  for (let n = 0; n < 8; n++) {
    await edge.flow.turn.settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('who answers', () => {
  test('units and people are added once, and refer to what is there', async () => {
    const unit = { code: 'gas-co', name: '亳州燃气', kind: 'owner', areas: ['3416'] };
    expect((await edge.ask('createUnit', { body: unit })).status).toBe(201);
    expect((await edge.ask('createUnit', { body: unit })).json.code).toBe('code-taken');
    const nowhere = { ...unit, code: 'x', areas: ['9999'] };
    expect((await edge.ask('createUnit', { body: nowhere })).json.code).toBe('unknown-reference');
    expect((await edge.ask('createUnit', { body: { ...unit, code: 'owner' } })).json.code).toBe('invalid');
    for (const [id, post] of [
      ['wang', 'duty'],
      ['zhao', 'leader'],
    ])
      await edge.ask('createContact', {
        body: { id, unit: 'gas-co', name: id === 'wang' ? '王建国' : '赵敏', post, mobile: '13812345678' },
      });
    const lost = { id: 'q', unit: 'nowhere', name: 'q', post: 'duty' };
    expect((await edge.ask('createContact', { body: lost })).json.code).toBe('unknown-reference');
    expect((await edge.ask('changeContact', { params: { id: 'q' }, body: {} })).json.code).toBe('not-found');
  });

  test('a number is masked, and whoever sees it whole leaves a trace', async () => {
    const { text } = await edge.ask('contacts');
    expect(text).toContain('138****5678');
    expect(text).not.toContain('13812345678');
    const before = edge.audit.kept.length;
    expect((await edge.ask('contactMobile', { params: { id: 'wang' } })).json.mobile).toBe('13812345678');
    expect(edge.audit.kept.slice(before)).toMatchObject([{ what: 'notices.contactMobile', object: 'wang' }]);
    expect(JSON.stringify(edge.audit.kept)).not.toContain('"mobile":"13812345678"');
  });

  test('whoever changes what another has changed meanwhile is told, and writes over nothing', async () => {
    const asking = {
      changeUnit: (name: string, seenRevision?: number) => ({
        params: { code: 'gas-co' },
        body: { name, ...(seenRevision === undefined ? {} : { seenRevision }) },
      }),
      changeContact: (name: string, seenRevision?: number) => ({
        params: { id: 'wang' },
        body: { name, ...(seenRevision === undefined ? {} : { seenRevision }) },
      }),
    };
    for (const route of ['changeUnit', 'changeContact'] as const) {
      const before = (await edge.ask(route, asking[route]('one'))).json;
      const second = await edge.ask(route, asking[route]('two', before.revision));
      expect(second.json).toMatchObject({ name: 'two', revision: before.revision + 1 });
      const late = await edge.ask(route, asking[route]('three', before.revision));
      expect([late.status, late.json.code]).toEqual([409, 'changed-since']);
    }
    await edge.ask('changeUnit', asking.changeUnit('亳州燃气'));
    await edge.ask('changeContact', asking.changeContact('王建国'));
    const put = (seenRevision: number) =>
      edge.ask('keepRoster', { params: { unit: 'gas-co' }, body: { shifts: [], seenRevision } });
    expect((await put(1)).json.code).toBe('changed-since');
    const { revision } = (await edge.ask('roster', { params: { unit: 'gas-co' } })).json;
    expect([revision, (await put(0)).json.revision, (await put(0)).json.code]).toEqual([
      0,
      1,
      'changed-since',
    ]);
  });

  test('who is out of service holds no post; what they were stays, and they come back', async () => {
    const duty = async () =>
      (await edge.ask('onDuty', { query: { unit: 'gas-co', at: at(1) } })).json.leader.map(
        (c: { id: string }) => c.id,
      );
    const put = (inService: boolean) =>
      edge.ask('changeContact', { params: { id: 'zhao' }, body: { inService } });
    expect(await duty()).toEqual(['zhao']);
    expect((await put(false)).json).toMatchObject({ inService: false, name: '赵敏' });
    expect(await duty()).toEqual([]);
    expect((await put(true)).json.inService).toBe(true);
    expect(await duty()).toEqual(['zhao']);
    const unit = (inService: boolean) =>
      edge.ask('changeUnit', { params: { code: 'gas-co' }, body: { inService } });
    expect((await unit(false)).json).toMatchObject({ inService: false, areas: ['3416'] });
    expect(await duty()).toEqual([]);
    await unit(true);
  });

  test('a roster says where it will hurt, and who answers when', async () => {
    const shift = (from: number, to: number, duty: string[]) => ({
      from: at(from),
      to: at(to),
      duty,
      leader: ['zhao'],
    });
    const put = (shifts: object[]) =>
      edge.ask('keepRoster', { params: { unit: 'gas-co' }, body: { shifts } });
    expect((await put([shift(0, 0, ['wang'])])).json.code).toBe('invalid');
    expect((await put([shift(0, 8, ['stranger'])])).json.code).toBe('unknown-reference');
    const { json } = await put([
      shift(-1, 8, ['wang']),
      shift(10, 100, ['wang']),
      shift(96, 200, ['wang']),
      shift(200, 360, ['wang']),
    ]);
    expect(json.findings.map((f: { is: string; post: string | null }) => [f.is, f.post])).toEqual([
      ['gap', 'duty'],
      ['gap', 'leader'],
      ['overlap', null],
    ]);
    const duty = async (hours: number) =>
      (await edge.ask('onDuty', { query: { unit: 'gas-co', at: at(hours) } })).json;
    expect(await duty(1)).toMatchObject({ duty: [{ id: 'wang', name: '王建国' }], gaps: [] });
    expect(await duty(9)).toMatchObject({ duty: [], gaps: ['duty', 'leader'] });
  });
});

describe('a channel', () => {
  test('is set up by its address as the provider shows it; its secrets go in and never come out', async () => {
    const made = await edge.ask('createChannel', { body: robot });
    expect(made.json).toMatchObject({
      config: { url: 'https://oapi.dingtalk.com/robot/send' },
      secrets: ['token', 'secret'],
      lacks: [],
    });
    const again = await edge.ask('createChannel', { body: robot });
    expect(again.json.code).toBe('code-taken');
    const everything = [made.text, (await edge.ask('channels')).text, JSON.stringify(edge.lines)].join();
    for (const secret of [TOKEN, SECRET]) expect(everything).not.toContain(secret);
  });

  test('is tested by a message that says so, and hears what the receiver said', async () => {
    sent.length = 0;
    answer = { is: 'refused', said: '310000 sign not match' };
    const { json } = await edge.ask('testChannel', { params: { id: 'robot' } });
    expect(json).toEqual({ outcome: 'refused', said: '310000 sign not match' });
    expect(sent).toMatchObject([
      { secrets: { token: TOKEN, secret: SECRET }, message: { text: { marks: ['test'] } } },
    ]);
    answer = { is: 'accepted', said: '0 ok' };
    const other = { params: { id: 'robot' }, body: { contact: 'wang' } };
    expect((await edge.ask('testChannel', other)).json.outcome).toBe('accepted');
    expect(sent.at(-1)?.message.to).toMatchObject({ name: '王建国' });
  });

  test('that is pointed at another receiver does not take its secrets along', async () => {
    const change = (body: object) => edge.ask('changeChannel', { params: { id: 'robot' }, body });
    expect((await change({ name: '新群' })).json.secrets).toEqual(['token', 'secret']);
    const moved = await change({ config: { url: 'https://evil.example/robot/send' } });
    expect(moved.json).toMatchObject({ secrets: [], lacks: ['token'] });
    await change({ config: robot.config, secrets: robot.secrets });
  });

  test.each([
    { kind: 'webhook', url: 'file:///etc/passwd' },
    {
      kind: 'http',
      method: 'POST',
      url: 'https://{mobile}.example/',
      headers: {},
      body: '',
      accepted: null,
      needs: 'mobile',
    },
    { kind: 'carrier-pigeon' },
  ])('%j is none', async ({ kind, ...config }) => {
    const made = await edge.ask('createChannel', { body: { ...robot, id: 'x', kind, config } });
    expect(made.json.code).toBe('invalid');
  });

  test('is made of a kind, a name and its settings alone, secrets among them', async () => {
    const config = { url: 'https://hook.example/in', secret: 's3cret-of-the-hook' };
    const made = await edge.ask('createChannel', { body: { kind: 'webhook', name: '平台', config } });
    expect(made.json).toMatchObject({
      kind: 'webhook',
      enabled: true,
      config: { url: 'https://hook.example/in' },
      secrets: ['secret'],
      lacks: [],
    });
    expect(JSON.stringify(made.json)).not.toContain('s3cret');
    const { id } = made.json;
    const paused = await edge.ask('changeChannel', { params: { id }, body: { config: { url: 'x' } } });
    expect(paused.json.errors[0].at).toBe('body.config.url');
    await edge.ask('dropChannel', { params: { id } });
  });

  test('a contact needs no id of anybody’s making', async () => {
    const made = await edge.ask('createContact', { body: { unit: 'gas-co', name: '赵六', post: 'member' } });
    expect(made.json.id).toMatch(/^contact-[0-9a-f]{10}$/);
  });
});

describe('a policy', () => {
  const body = (more: object = {}) => ({
    name: { zh: '燃气', en: 'gas' },
    match: { subjects: ['alarm'], lifelines: ['gas'] },
    rungs: [
      { afterS: 0, to: [{ unit: 'owner', post: 'duty' }], channels: ['robot'], stopsOn: 'acknowledge' },
      { afterS: 60, to: [{ unit: 'owner', post: 'leader' }], channels: [], stopsOn: 'acknowledge' },
    ],
    reason: '试行',
    ...more,
  });
  const put = (more: object = {}) =>
    edge.ask('keepNoticePolicy', { params: { id: 'gas' }, body: body(more) });

  test('is kept in versions, and nobody writes over a version that they have not seen', async () => {
    expect((await put()).json).toMatchObject({ version: 1, by: expect.any(String) });
    expect((await put({ seenVersion: 1, reason: '定稿' })).json.version).toBe(2);
    expect((await put({ seenVersion: 1 })).json.code).toBe('seen-too-old');
    const versions = await edge.ask('noticePolicyVersions', { params: { id: 'gas' } });
    expect(versions.json.items.map((v: { reason: string }) => v.reason)).toEqual(['试行', '定稿']);
    expect((await put({ rungs: body().rungs.reverse() })).json.code).toBe('invalid');
    const stranger = [{ afterS: 0, to: [{ contact: 'nobody' }], channels: [], stopsOn: 'never' }];
    expect((await put({ rungs: stranger })).json.code).toBe('unknown-reference');
  });

  test('is explained before anything happens: whom, when, by what, and why nobody', async () => {
    const ask = async (hours: number) =>
      (await edge.ask('explainNotices', { query: { point: `P-${OWN}`, level: 1, at: at(hours) } })).json;
    expect(await ask(1)).toMatchObject({
      policy: { id: 'gas', version: 2 },
      rungs: [
        { rung: 0, told: [{ contact: 'wang', channel: 'robot' }], misses: [] },
        { rung: 1, told: [{ contact: 'zhao', channel: 'robot' }] },
      ],
    });
    expect((await ask(1)).passed).toContainEqual({ policy: 'default-1', why: 'narrower' });
    expect((await ask(9)).rungs[0]).toMatchObject({
      told: [],
      misses: [{ why: 'nobody-on-duty', unit: 'gas-co' }],
    });
    expect((await edge.ask('explainNotices')).json.code).toBe('invalid');
  });
});

describe('an alarm', () => {
  let id = '';
  test('is told, and it is known to whom, when, by what and with which answer', async () => {
    sent.length = 0;
    await outbox.start();
    await edge.raise(`D-${OWN}`);
    await edge.raise(`D-${FOREIGN}`);
    outbox.kick();
    await quiet();
    id = edge.flow.open(`P-${OWN}`)[0]?.id ?? '';
    expect(sent.map((s) => s.message.text.title)).toEqual(
      Array(2).fill('红色报警：可燃气体浓度超限 60 %LEL'),
    );
    const { items } = (await edge.ask('notices', { query: { subject: id } })).json;
    expect(items).toMatchObject([
      {
        contact: 'wang',
        contactName: '王建国',
        channel: 'robot',
        state: 'sent',
        rung: 0,
        tries: [{ answer: '0 ok' }],
      },
    ]);
    const explained = (await edge.ask('explainNotices', { query: { alarm: id } })).json;
    expect(explained.rungs.map((r: { state: string }) => r.state)).toEqual(['called', 'to-come']);
  });

  test('that did not arrive is sent once more when somebody wants it', async () => {
    answer = { is: 'refused', said: 'no' };
    await edge.flow.pass(60_000);
    outbox.kick();
    await quiet();
    const lost = (await edge.ask('notices', { query: { state: 'undeliverable' } })).json.items;
    expect(lost.map((n: { contact: string }) => n.contact)).toEqual(['zhao', 'zhao']);
    const strip = edge.service
      .health()
      .troubles.map((t) => t.zh)
      .join();
    expect(strip).toContain('2 条未确认报警有通知未送达任何人');
    const state = async (token?: string) =>
      (await edge.ask('noticeState', token === undefined ? {} : { token })).json;
    expect(await state()).toMatchObject({
      channels: 1,
      undelivered: 2,
      unreached: [{ point: `P-${OWN}` }, { point: `P-${FOREIGN}` }],
      unmanned: [{ unit: null }],
    });
    expect(await state(district)).toMatchObject({ undelivered: 1, unreached: [{ point: `P-${OWN}` }] });
    answer = { is: 'accepted', said: '0 ok' };
    const mine = lost.find((n: { subject: { id: string } }) => n.subject.id === id);
    expect((await edge.ask('retryNotice', { params: { id: mine.id } })).json.state).toBe('queued');
    outbox.kick();
    await quiet();
    expect((await edge.ask('notice', { params: { id: mine.id } })).json.state).toBe('sent');
    expect(
      edge.service
        .health()
        .troubles.map((t) => t.zh)
        .join(),
    ).toContain('1 条未确认报警有通知');
    expect((await edge.ask('retryNotice', { params: { id: mine.id } })).json.code).toBe('invalid');
  });

  test('that did not arrive is told to the desk until somebody has seen it, each district its own', async () => {
    const unseen = async () =>
      (await edge.ask('notices', { query: { unseen: 'true' } })).json.items.map((n: { id: string }) => n.id);
    const [foreign] = await unseen();
    const undelivered = async () => (await edge.ask('noticeState')).json.undelivered;
    expect(await undelivered()).toBe(1);
    expect((await edge.ask('seeNotices', { token: district, body: { ids: [foreign] } })).status).toBe(204);
    expect(await undelivered()).toBe(1);
    expect((await edge.ask('seeNotices', { body: { ids: [foreign] } })).status).toBe(204);
    expect([await undelivered(), await unseen()]).toEqual([0, []]);
    const { seen, state } = (await edge.ask('notice', { params: { id: foreign } })).json;
    expect([state, seen.at]).toEqual(['undeliverable', at(0)]);
  });

  test('of another district is nobody’s business here', async () => {
    const token = district;
    const all = (await edge.ask('notices', { token })).json.items;
    expect(new Set(all.map((n: { subject: { id: string } }) => n.subject.id))).toEqual(new Set([id]));
    const foreign = edge.flow.open(`P-${FOREIGN}`)[0]?.id ?? '';
    const theirs = (await edge.ask('notices', { query: { subject: foreign } })).json.items[0].id;
    expect((await edge.ask('notices', { token, query: { subject: foreign } })).json.code).toBe(
      'alarm-unknown',
    );
    expect((await edge.ask('explainNotices', { token, query: { alarm: foreign } })).json.code).toBe(
      'alarm-unknown',
    );
    const point = { point: `P-${FOREIGN}`, level: 1 };
    expect((await edge.ask('explainNotices', { token, query: point })).json.code).toBe('point-unknown');
    for (const name of ['notice', 'retryNotice'] as const)
      expect((await edge.ask(name, { token, params: { id: theirs } })).json.code).toBe('not-found');
  });
});

describe('what did not arrive', () => {
  test('is told to every console that may know of it, in the sequence of alarms, and again to one that comes back', async () => {
    const joined = (token: string, query = '') => LiveConsole.join(edge.url, { token, query });
    const lost = (c: LiveConsole) => c.frames.filter((f) => f.type === 'notice');
    const expiresAt = at(24);
    const made = await edge.ask('createToken', { body: { name: 'wall', role: 'wall', expiresAt } });
    const [mine, theirs, foreign, wall] = [
      await joined(edge.token),
      await joined(district),
      await joined(await edge.person('screen', ['analyst'], [FOREIGN])),
      await joined(made.json.token),
    ];
    const { epoch } = await mine.until(() => mine.frames.find((f) => f.type === 'hello'));
    for (const c of [mine, theirs, foreign, wall])
      await c.until(() => c.frames.some((f) => f.type === 'snapshot'));
    const before = edge.service.board.seq();
    answer = { is: 'refused', said: 'gone' };
    const device = `D-${OWN}`;
    // Another rule of the same point: carbon monoxide.
    edge.flow.clock.forward(1_000);
    await edge.flow.value('gas', device, 'co', 3_000);
    outbox.kick();
    await quiet();
    await mine.until(() => lost(mine).length > 0);
    await theirs.until(() => lost(theirs).length > 0);
    expect(lost(mine)[0]).toMatchObject({
      event: 'undeliverable',
      notice: { state: 'undeliverable', channel: 'robot', contactName: expect.any(String), seen: null },
    });
    const back = await joined(edge.token, `?after=${before}&epoch=${epoch}`);
    await back.until(() => lost(back).length === lost(mine).length);
    const seqs = back.frames.flatMap((f) => ('seq' in f && f.type !== 'hello' ? [f.seq] : []));
    expect(seqs).toEqual(Array.from(seqs, (_, i) => before + 1 + i));
    // The alarm itself came to both, or to the wall alone; that a person was not reached is not theirs to know.
    await wall.until(() => wall.seq >= before + 1);
    for (const c of [foreign, wall]) expect(lost(c)).toEqual([]);
    for (const c of [mine, theirs, foreign, wall, back]) c.leave();
    answer = { is: 'accepted', said: '0 ok' };
    await edge.ask('seeNotices', { body: { ids: edge.flow.core.notices.book.lost().map((n) => n.id) } });
  });

  test('is counted at /metrics, as is how long the others took', async () => {
    const { text } = await edge.fetch('/metrics');
    expect(text).toContain('# TYPE lifeline_notices_accepted_seconds histogram\n');
    expect(text).toMatch(/notices_accepted_seconds_bucket\{channel="dingtalk",le="0.5"\} 2\n/);
    expect(text).toMatch(/notices_accepted_seconds_bucket\{channel="dingtalk",le="\+Inf"\} 3\n/);
    expect(text).toMatch(/notices_accepted_seconds_count\{channel="dingtalk"\} 3\n/);
    expect(text).toContain('notices_unseen 0\n');
    expect(text).toContain('notices_unreached_alarms 2\n');
  });
});
