import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemTokens } from '../../../src/adapters/ids/tokens.ts';
import { readConfig } from '../../../src/config/read.ts';
import { type AlarmId, as } from '../../../src/domain/ids.ts';
import type { SendOutcome } from '../../../src/domain/notice/notice.ts';
import { NoticeLinks } from '../../../src/flow/outbox/links.ts';
import { Outbox } from '../../../src/flow/outbox/outbox.ts';
import type { OutgoingMessage } from '../../../src/flow/ports/notice-channel.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const AT = 'https://watch.example';

/** A house with one person on duty, who is mailed and stands in a robot's group. */
class House {
  readonly sent: { kind: string; message: OutgoingMessage }[] = [];
  answer: (m: OutgoingMessage) => SendOutcome = () => ({ is: 'accepted', said: 'ok' });
  readonly edge: EdgeHarness;
  readonly outbox: Outbox;

  private constructor(edge: EdgeHarness, mode: 'off' | 'read' | 'act') {
    this.edge = edge;
    const { core, turn, journal, clock, meters } = edge.flow;
    this.outbox = new Outbox({
      core,
      turn,
      journal,
      clock,
      meters,
      log: SILENT,
      links: new NoticeLinks({ mode, tokens: systemTokens, at: AT }),
      open: ({ kind }) => ({
        send: async (message) => {
          this.sent.push({ kind, message });
          return this.answer(message);
        },
      }),
    });
  }

  static async open(mode: 'off' | 'read' | 'act'): Promise<House> {
    const edge = await EdgeHarness.open({ linkMode: mode });
    await edge.ask('importRegister', {
      csv: `kind,code,name,unitKind,unit,post,email,lifeline,ownerUnit,asset,point
unit,gas-co,燃气,owner,,,,,,,
contact,wang,王<b>建国,,gas-co,duty,wang@city.example,,,,
asset,W,井,,,,,gas,gas-co,,
point,P,点,,,,,gas,,W,
device,D,,,,,,gas,,,P
point,P2,点二,,,,,gas,,W,
device,D2,,,,,,gas,,,P2
point,P3,点三,,,,,gas,,W,
device,D3,,,,,,gas,,,P3
`,
    });
    const mail = { host: 'mail.example', port: 25, tls: 'plain', from: 'w@city.example', user: null };
    for (const [id, kind, config, secrets] of [
      ['mail', 'smtp', mail, {}],
      ['robot', 'dingtalk', { url: 'https://oapi.dingtalk.com/robot/send' }, { token: 't' }],
    ] as const)
      await edge.ask('createChannel', {
        body: { id, kind, name: id, enabled: true, perMinute: 60, config, secrets },
      });
    const house = new House(edge, mode);
    await house.outbox.start();
    return house;
  }

  /** @returns the path in the newest mail */
  async raise(device = 'D', value = 60): Promise<string> {
    this.sent.length = 0;
    await this.edge.raise(device, value);
    await this.quiet();
    const mail = this.sent.find((s) => s.kind === 'smtp');
    return (mail?.message.text.link ?? '').replace(AT, '');
  }

  async quiet(): Promise<void> {
    this.outbox.kick();
    for (let n = 0; n < 8; n++) {
      await this.edge.flow.turn.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  alarm = (point = 'P') => this.edge.flow.open(point)[0];
  token = (path: string) => path.replace('/go/', '');
  follow = (path: string, headers = {}) =>
    this.edge.ask('followLink', { token: null, params: { token: this.token(path) }, headers });
  act = (path: string, revision: number) =>
    this.edge.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' },
      body: `revision=${revision}`,
    });
  async close() {
    this.outbox.stop();
    await this.edge.close();
  }
}

describe('a link in a notice', () => {
  let house: House;
  let path = '';
  beforeAll(async () => {
    house = await House.open('act');
    path = await house.raise();
  });
  afterAll(() => house.close());

  test('is in the message to one person, of 128 bits, and in none to a group', () => {
    expect(path).toMatch(/^\/go\/[\w-]{22}$/);
    const robot = house.sent.find((s) => s.kind === 'dingtalk')?.message.text.link;
    expect(robot).toBe(`${AT}/alarms/${house.alarm()?.id}`);
  });

  test('shows the case without a log-in, in their language, and runs nothing', async () => {
    const page = await house.follow(path);
    expect(page.status).toBe(200);
    for (const said of ['红色报警', '点（P）', '王&lt;b&gt;建国', '确认报警'])
      expect(page.text).toContain(said);
    expect(page.text).not.toContain('<script');
    expect(page.text).not.toContain('wang@city.example');
    const english = await house.follow(path, { 'accept-language': 'en' });
    expect(english.text).toContain('acknowledge</button>');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('does nothing when it is only opened, as mail scanners do', async () => {
    for (let n = 0; n < 3; n++) await house.follow(path);
    expect(house.alarm()?.phase.is).toBe('active-unacked');
  });

  test('acknowledges once, by name, and the ladder stops; it leaves a trace, and the token none', async () => {
    const done = await house.act(path, house.alarm()?.revision ?? 0);
    expect(done.status).toBe(200);
    expect(done.text).not.toContain('<button');
    expect(house.alarm()?.phase).toMatchObject({ is: 'active-acked', ack: { by: { name: '王<b>建国' } } });
    const mine = house.edge.flow.core.notices.book.noticesOf(house.alarm()?.id as never);
    expect(mine.map((n) => n.state)).toEqual(['acted', 'acted']);
    const again = await house.act(path, house.alarm()?.revision ?? 0);
    expect(again.text).toContain('已由他人确认');
    expect(house.edge.audit.kept.at(-2)).toMatchObject({
      what: 'notices.actByLink',
      after: { contact: 'wang', alarm: house.alarm()?.id, refused: null },
    });
    const kept = JSON.stringify([house.edge.audit.kept, house.edge.lines, house.edge.flow.records]);
    expect(kept).not.toContain(house.token(path));
  });

  test('does not acknowledge what its addressee has not seen: graver than it was', async () => {
    const yellow = await house.raise('D2', 25);
    const seen = house.alarm('P2')?.revision ?? 0;
    await house.edge.raise('D2', 60);
    const { text } = await house.act(yellow, seen);
    expect(text).toContain('等级已升高');
    expect(house.alarm('P2')?.phase.is).toBe('active-unacked');
    expect((await house.act(yellow, house.alarm('P2')?.revision ?? 0)).text).toContain('已确认');
  });

  test('acts once: what becomes graver afterwards wants another word', async () => {
    const yellow = await house.raise('D3', 25);
    await house.act(yellow, house.alarm('P3')?.revision ?? 0);
    expect(house.alarm('P3')?.phase.is).toBe('active-acked');
    await house.edge.raise('D3', 60);
    expect(house.alarm('P3')?.phase.is).toBe('active-unacked');
    await house.act(yellow, house.alarm('P3')?.revision ?? 0);
    expect(house.alarm('P3')?.phase.is).toBe('active-unacked');
    expect((await house.follow(yellow)).text).not.toContain('<button');
  });

  test('leads nowhere with a sign changed, by a program that guesses, after its end and out of service', async () => {
    const other = path.endsWith('A') ? `${path.slice(0, -1)}Q` : `${path.slice(0, -1)}A`;
    expect((await house.follow(other)).status).toBe(404);
    expect((await house.edge.fetch('/go/short')).status).toBe(400);
    // Turned away before any route: the audit journal says where, and not which.
    await house.edge.fetch(path, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' });
    expect(house.edge.audit.kept.at(-1)).toMatchObject({ object: 'POST /go/…', outcome: 'refused' });
    expect((await house.follow(path)).status).toBe(200);
    const tries = await Promise.all(
      Array.from({ length: 30 }, () => house.edge.fetch(`/go/${systemTokens.mint().token}`)),
    );
    expect(tries.filter((t) => t.status === 429).length).toBeGreaterThan(10);
    await house.edge.flow.pass(25 * 3_600_000);
    expect((await house.follow(path)).status).toBe(404);
  });
});

test('to read only, shows the case and no button, and a form of somebody else’s making does nothing', async () => {
  const house = await House.open('read');
  const path = await house.raise();
  expect((await house.follow(path)).text).not.toContain('<button');
  expect((await house.act(path, 1)).status).toBe(404);
  expect(house.alarm()?.phase.is).toBe('active-unacked');
  await house.close();
});

test('turned off there is none, and one from before leads nowhere', async () => {
  const house = await House.open('off');
  expect(await house.raise()).toBe(`/alarms/${house.alarm()?.id}`);
  const { core, turn } = house.edge.flow;
  const { token, hash } = systemTokens.mint();
  const alarm = house.alarm()?.id as AlarmId;
  const link = { hash, notice: as.notice('n'), alarm, contact: as.contact('wang'), until: Infinity };
  await turn.tell((draft) => core.notices.keep({ is: 'link', link, open: true }, draft));
  expect((await house.follow(`/go/${token}`)).status).toBe(404);
  await house.close();
});

test('is over with its alarm, and what a receiver says back holds no token', async () => {
  const house = await House.open('act');
  house.answer = ({ text }) => ({ is: 'refused', said: `bad: ${text.link}` });
  const path = await house.raise();
  const { book } = house.edge.flow.core.notices;
  expect(JSON.stringify(book.notices())).not.toContain(house.token(path));
  expect((await house.follow(path)).status).toBe(200);
  await house.edge.flow.acknowledge(house.alarm() as never);
  for (let n = 0; n < 20 && house.alarm() !== undefined; n++) {
    house.edge.flow.clock.forward(29_000);
    await house.edge.raise('D', 1);
  }
  if (house.alarm() !== undefined)
    await house.edge.ask('reset', { params: { id: house.alarm()?.id ?? '' }, body: { commandId: 'r-1' } });
  expect(house.alarm()).toBeUndefined();
  expect((await house.follow(path)).status).toBe(404);
  await house.close();
});

test('links without an address to lead to stop the start, with what is missing', () => {
  expect(() => readConfig({ LIFELINE_NOTICE_LINKS: 'act' })).toThrow('LIFELINE_PUBLIC_URL');
  expect(readConfig({ LIFELINE_NOTICE_LINKS: 'act', LIFELINE_PUBLIC_URL: AT }).LIFELINE_NOTICE_LINKS).toBe(
    'act',
  );
});
