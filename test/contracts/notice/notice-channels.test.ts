import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { channelsThrough } from '../../../src/adapters/notice-channels/index.ts';
import { dingtalkSign, feishuSign } from '../../../src/adapters/notice-channels/robots.ts';
import { acs3 } from '../../../src/adapters/notice-channels/sms-aliyun.ts';
import { tc3 } from '../../../src/adapters/notice-channels/sms-tencent.ts';
import { signatureOf } from '../../../src/adapters/notice-channels/webhook.ts';
import { OutDoor } from '../../../src/adapters/shared/out-door.ts';
import { OutHosts } from '../../../src/adapters/shared/out-hosts.ts';
import {
  type ChannelSecrets,
  type ChannelSettings,
  SECRETS as SECRETS_OF,
} from '../../../src/domain/notice/channel.ts';
import type { SendOutcome } from '../../../src/domain/notice/notice.ts';
import type { OutgoingMessage } from '../../../src/flow/ports/notice-channel.ts';
import { ManualClock } from '../../memory/clock.ts';
import { Authority, textsOf } from '../../support/certificates.ts';
import {
  type Asked,
  aliyunSms,
  type Checks,
  dingtalkRobot,
  feishuBot,
  Receiver,
  signedWebhook,
  smsGateway,
  tencentSms,
  wecomRobot,
} from './receivers.ts';

const clock = new ManualClock(Date.UTC(2026, 2, 7, 11, 0));
let nonces = 0;
const tools = { wall: () => clock.now(), clock, nonce: () => `nonce-${++nonces}` };
const door = (ca?: string) => new OutDoor({ hosts: new OutHosts(['127.0.0.0/8', 'localhost']), ca });
const open = channelsThrough(door(), tools);
const send = (
  settings: ChannelSettings,
  secrets: ChannelSecrets,
  message: OutgoingMessage = aMessage(),
  signal: AbortSignal = new AbortController().signal,
): Promise<SendOutcome> => open(settings, secrets).send(message, signal);

const aMessage = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: 'n-17',
  about: 'raised',
  text: {
    marks: ['drill'],
    title: '红色报警：甲烷 60 %LEL',
    lines: ['监测点 W-0301 & <窨井>', '建议：疏散周边人员'],
    link: 'https://watch.example/a1',
  },
  facts: [
    {
      alarm: 'a1',
      level: 1,
      lifeline: 'gas',
      area: '341602',
      point: 'W-0301',
      rule: 'gas-ch4',
      title: '红色报警：甲烷 60 %LEL',
      startsAt: clock.now(),
      endsAt: null,
      drill: true,
    },
  ],
  to: { name: '王建国', mobile: '13812345678', email: 'wang@city.example', handles: {} },
  ...more,
});
const LONG = aMessage({
  text: {
    ...aMessage().text,
    lines: Array.from({ length: 500 }, (_, i) => `第 ${i} 行：监测点附近人员疏散${'。'.repeat(40)}`),
  },
});

const SECRETS = { token: 'tok-3f9c&=/x', secret: 'SEC-61aa+/ =' } as const;
type Row = {
  readonly name: string;
  readonly checks: (c: Checks) => (asked: Asked) => object;
  readonly settings: (url: string) => ChannelSettings;
  readonly secrets: ChannelSecrets;
  /** What whoever reads the message sees of it. */
  readonly seen: (asked: Asked) => string;
  /** Answers that say no although the status is 200. */
  readonly lies: readonly unknown[];
};
const text = (asked: Asked) => (JSON.parse(asked.body) as { text: { content: string } }).text.content;

const ROWS: readonly Row[] = [
  {
    name: 'webhook',
    checks: signedWebhook,
    settings: (url) => ({ kind: 'webhook', url: `${url}/hook` }),
    secrets: { secret: SECRETS.secret },
    seen: (asked) => (JSON.parse(asked.body) as { text: string }).text,
    lies: [{ accepted: false, message: 'unknown unit' }],
  },
  {
    name: 'dingtalk',
    checks: dingtalkRobot,
    settings: (url) => ({ kind: 'dingtalk', url: `${url}/robot/send` }),
    secrets: SECRETS,
    seen: text,
    lies: [
      { errcode: 310000, errmsg: 'keywords not in content' },
      { errcode: -1, errmsg: 'busy' },
      {},
      'ok',
      '',
    ],
  },
  {
    name: 'wecom',
    checks: wecomRobot,
    settings: (url) => ({ kind: 'wecom', url: `${url}/cgi-bin/webhook/send` }),
    secrets: { token: SECRETS.token },
    seen: text,
    lies: [{ errcode: 93000, errmsg: 'invalid webhook url' }, { errcode: '0' }, '<html>log in first</html>'],
  },
  {
    name: 'feishu',
    checks: feishuBot,
    settings: (url) => ({ kind: 'feishu', url: `${url}/open-apis/bot/v2/hook` }),
    secrets: { token: 'tok-3f9c', secret: SECRETS.secret },
    seen: (asked) => (JSON.parse(asked.body) as { content: { text: string } }).content.text,
    lies: [{ code: 9499, msg: 'Bad Request' }, { code: 19024, msg: 'Key Words Not Found' }, [], null],
  },
  {
    name: 'sms-aliyun',
    checks: aliyunSms,
    settings: (url) => ({
      kind: 'sms-aliyun',
      url: `${url}/`,
      signName: '城市 生命线*(1)',
      templateCode: 'SMS_1',
      accessKeyId: 'LTAI',
    }),
    secrets: { secret: SECRETS.secret },
    seen: (asked) => asked.url.searchParams.get('TemplateParam') ?? '',
    lies: [{ Code: 'isv.AMOUNT_NOT_ENOUGH', Message: '余额不足' }, { Message: 'OK' }, 'OK'],
  },
  {
    name: 'sms-tencent',
    checks: tencentSms,
    settings: (url) => ({
      kind: 'sms-tencent',
      url: `${url}/`,
      signName: '城市',
      templateId: '1',
      sdkAppId: '14',
      region: 'ap-guangzhou',
      secretId: 'AKID',
    }),
    secrets: { secret: SECRETS.secret },
    seen: (asked) => asked.body,
    lies: [
      { Response: { SendStatusSet: [{ Code: 'FailedOperation.InsufficientBalanceInSmsPackage' }] } },
      { Response: { SendStatusSet: [] } },
      { Response: {} },
    ],
  },
  {
    name: 'http',
    checks: smsGateway,
    settings: (url) => ({
      kind: 'http',
      method: 'POST',
      url: `${url}/send?to={mobile}`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'key={secret}&msg={text}',
      accepted: 'OK',
      needs: 'mobile',
    }),
    secrets: { secret: SECRETS.secret },
    seen: (asked) => new URLSearchParams(asked.body).get('msg') ?? '',
    lies: ['ERR 12 balance', ''],
  },
];

describe.each(ROWS)('$name', ({ checks, settings, secrets, seen, lies }) => {
  let receiver: Receiver;
  beforeEach(async () => {
    const right = { token: secrets.token ?? '', secret: secrets.secret ?? '', now: () => clock.now() };
    receiver = await Receiver.start(checks(right));
  });
  afterEach(() => receiver.stop());
  const asked = () => receiver.asked.at(-1) as Asked;

  test('a message arrives, signed as the receiver wants it, and says first that it is a drill', async () => {
    expect(await send(settings(receiver.url), secrets)).toMatchObject({ is: 'accepted' });
    expect(seen(asked())).toContain('【演练】红色报警：甲烷 60 %LEL');
    expect(seen(asked())).toContain('W-0301 & <窨井>');
  });

  test('what is secret of it is what the kind says', () => {
    const { needs, may } = SECRETS_OF[settings('http://x').kind];
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining([...needs]));
    expect([...needs, ...may]).toEqual(expect.arrayContaining(Object.keys(secrets)));
  });

  test('a text that is far too long is within what the receiver takes', async () => {
    expect(await send(settings(receiver.url), secrets, LONG)).toMatchObject({ is: 'accepted' });
    expect(seen(asked())).toContain('甲烷 60 %LEL');
  });

  test('a wrong secret is refused, and neither it nor the right one is in what is told', async () => {
    const wrong = Object.fromEntries(Object.keys(secrets).map((k) => [k, `wrong-${k}-7b1`]));
    const outcome = await send(settings(receiver.url), wrong);
    expect(['refused', 'failed']).toContain(outcome.is);
    for (const secret of [...Object.values(wrong), ...Object.values(secrets)])
      expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  test.each(lies)('status 200 with %j inside is no yes', async (body) => {
    receiver.answers(() => ({ body }));
    expect((await send(settings(receiver.url), secrets)).is).not.toBe('accepted');
  });

  test('429 and 503 may do next time, and not before the receiver says', async () => {
    receiver.answers(() => ({ status: 429, headers: { 'retry-after': '90' }, body: 'slow down' }));
    expect(await send(settings(receiver.url), secrets)).toEqual({
      is: 'failed',
      said: 'HTTP 429: slow down',
      retryAt: clock.now() + 90_000,
    });
    receiver.answers(() => ({ status: 503 }));
    expect(await send(settings(receiver.url), secrets)).toMatchObject({ is: 'failed' });
    receiver.answers(() => ({ status: 404, body: 'x'.repeat(5_000) }));
    const gone = await send(settings(receiver.url), secrets);
    expect(gone).toMatchObject({ is: 'refused' });
    expect(gone.said.length).toBeLessThan(400);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await Receiver.start(() => ({ body: { errcode: 0, code: 0, Code: 'OK' } }));
    receiver.answers(() => ({ status: 302, headers: { location: elsewhere.url } }));
    expect(await send(settings(receiver.url), secrets)).toMatchObject({ is: 'refused' });
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.stop();
  });

  test('one that is down, one that hangs and one that never ends may do next time', async () => {
    receiver.answers(() => 'hang');
    const given = new AbortController();
    const hanging = send(settings(receiver.url), secrets, aMessage(), given.signal);
    await expect.poll(() => receiver.asked.length).toBe(1);
    given.abort();
    expect(await hanging).toMatchObject({ is: 'failed' });
    receiver.answers(() => ({ body: 'x'.repeat(1_000_000) }));
    expect(await send(settings(receiver.url), secrets)).toEqual({ is: 'failed', said: 'ANSWER_TOO_LONG' });
    const gone = settings(receiver.url);
    await receiver.stop();
    expect(await send(gone, secrets)).toEqual({ is: 'failed', said: 'ECONNREFUSED' });
  });
});

describe('a receiver that is asked too fast is not asked again before it listens', () => {
  test.each<[string, number, number]>([
    ['dingtalk', 20, 600_000],
    ['wecom', 20, 60_000],
    ['feishu', 100, 30_000],
    ['sms-tencent', 1, 30_000],
  ])('%s after %d: %d ms', async (name, most, wait) => {
    const { checks, settings, secrets } = ROWS.find((r) => r.name === name) as Row;
    const right = { token: secrets.token ?? '', secret: secrets.secret ?? '', now: () => clock.now() };
    const receiver = await Receiver.start(checks(right));
    for (let n = 0; n < most; n++)
      expect(await send(settings(receiver.url), secrets)).toMatchObject({ is: 'accepted' });
    expect(await send(settings(receiver.url), secrets)).toMatchObject({
      is: 'failed',
      retryAt: clock.now() + wait,
    });
    await receiver.stop();
  });

  test('sms-aliyun: a number whose day is used up is reached another way', async () => {
    const { checks, settings, secrets } = ROWS.find((r) => r.name === 'sms-aliyun') as Row;
    const receiver = await Receiver.start(
      checks({ token: '', secret: SECRETS.secret, now: () => clock.now() }),
    );
    const one = settings(receiver.url);
    for (let n = 0; n < 50; n++) await send(one, secrets);
    expect(await send(one, secrets)).toMatchObject({
      is: 'refused',
      said: expect.stringContaining('BUSINESS_LIMIT_CONTROL'),
    });
    await receiver.stop();
  });
});

describe('signatures are those that the providers print', () => {
  test('dingtalk, feishu', () => {
    expect(dingtalkSign('SECdemo', 1_700_000_000_000)).toBe('lOvVf9TQCVugV68mGbSZCg0gzOl1SVjxWi1MyVZCUuA=');
    expect(feishuSign('demo', 1_700_000_000)).toBe('8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo=');
  });

  test('ACS3, of the example in its own documentation', () => {
    const { authorization } = acs3({
      method: 'POST',
      host: 'ecs.cn-shanghai.aliyuncs.com',
      path: '/',
      query: { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' },
      headers: {
        'x-acs-action': 'RunInstances',
        'x-acs-version': '2014-05-26',
        'x-acs-date': '2023-10-26T10:22:32Z',
        'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      },
      body: '',
      accessKeyId: 'YourAccessKeyId',
      secret: 'YourAccessKeySecret',
    }).headers;
    expect(authorization).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  test('TC3, of the example in its own documentation, whose keys are stars', () => {
    const stars = '*'.repeat(32);
    const { authorization } = tc3({
      service: 'cvm',
      host: 'cvm.tencentcloudapi.com',
      action: 'DescribeInstances',
      timestamp: 1_551_113_065,
      body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
      secretId: `AKID${stars}`,
      secret: stars,
    });
    expect(authorization).toContain(
      'Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f',
    );
  });

  test('a webhook cannot be changed, nor sent again later', () => {
    const [a, b] = [signatureOf('s', 1_700_000_000, '{}'), signatureOf('s', 1_700_000_301, '{}')];
    expect(a).toMatch(/^t=1700000000,v1=[0-9a-f]{64}$/);
    expect(a.split('v1=')[1]).not.toBe(b.split('v1=')[1]);
    expect(signatureOf('s', 1_700_000_000, '{ }')).not.toBe(a);
  });
});

describe('a template puts each value where it belongs, and nothing of it anywhere else', () => {
  const nasty = aMessage({
    id: 'n"1',
    to: { name: '"}, "admin": true', mobile: '138/../x?a=b#c', email: null, handles: {} },
  });
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start(() => ({ body: 'OK' }));
  });
  afterAll(() => receiver.stop());
  const through = async (type: string, body: string) => {
    const outcome = await send(
      {
        kind: 'http',
        method: 'POST',
        url: `${receiver.url}/sms/{mobile}/send`,
        headers: { 'content-type': type, 'x-who': '{name}' },
        body,
        accepted: 'OK',
        needs: 'mobile',
      },
      {},
      nasty,
    );
    expect(outcome).toMatchObject({ is: 'accepted' });
    return receiver.asked.at(-1) as Asked;
  };

  test('in a path, in JSON, in XML, in a header', async () => {
    const json = await through('application/json', '{"name": "{name}", "text": "{text}"}');
    expect(json.url.pathname).toBe('/sms/138%2F..%2Fx%3Fa%3Db%23c/send');
    expect(JSON.parse(json.body)).toMatchObject({ name: nasty.to?.name });
    const xml = await through('text/xml', '<m to="{name}">{text}</m>');
    expect(xml.body).toContain('W-0301 &#38; &#60;窨井&#62;');
    expect(xml.body.match(/"/g)).toHaveLength(2);
    const odd = aMessage({ to: { name: 'a\r\nx-evil: 1', mobile: '1', email: null, handles: {} } });
    const settings: ChannelSettings = {
      kind: 'http',
      method: 'GET',
      url: `${receiver.url}/`,
      headers: { 'x-who': '{name}' },
      body: '',
      accepted: null,
      needs: 'mobile',
    };
    expect(await send(settings, {}, odd)).toMatchObject({ is: 'accepted' });
    expect(receiver.asked.at(-1)?.headers).toMatchObject({ 'x-who': 'a x-evil: 1' });
  });

  test('somebody without a number is not called', async () => {
    const nobody = aMessage({ to: null });
    for (const name of ['sms-aliyun', 'sms-tencent', 'http']) {
      const { settings, secrets } = ROWS.find((r) => r.name === name) as Row;
      expect(await send(settings(receiver.url), secrets, nobody)).toMatchObject({ is: 'refused' });
    }
  });
});

describe('mail', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-mail-'));
  const authority = new Authority(dir);
  const pair = textsOf(authority.issue('localhost'));
  const ca = readFileSync(authority.pair.cert, 'utf8');
  const servers: SMTPServer[] = [];
  const mails: string[] = [];
  afterAll(() => {
    for (const s of servers) s.close();
    rmSync(dir, { recursive: true });
  });

  async function relay(more: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      ...pair,
      onAuth: (auth, _, done) =>
        auth.username === 'watch' && auth.password === SECRETS.secret
          ? done(null, { user: 'watch' })
          : done(new Error(`who is ${auth.password}?`)),
      onData: (stream, _, done) => {
        let text = '';
        stream.on('data', (part) => {
          text += String(part);
        });
        stream.on('end', () => {
          mails.push(text);
          done(null);
        });
      },
      ...more,
    });
    // What a client does to it is for the client to tell.
    server.on('error', () => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.server.address() as AddressInfo).port;
  }
  const settings = (port: number, tls: 'implicit' | 'starttls' | 'plain' = 'starttls'): ChannelSettings => ({
    kind: 'smtp',
    host: 'localhost',
    port,
    tls,
    from: 'watch@city.example',
    user: tls === 'plain' ? null : 'watch',
  });
  const mail = (s: ChannelSettings, secrets: ChannelSecrets = SECRETS, message = aMessage(), pem?: string) =>
    channelsThrough(door(pem ?? ca), tools)(s, secrets).send(message, new AbortController().signal);
  const refuse = (responseCode: number, said: string): SMTPServerOptions => ({
    onRcptTo: (_, __, done) => done(Object.assign(new Error(said), { responseCode })),
  });

  test.each(['implicit', 'starttls'] as const)('arrives over TLS, %s, as a machine’s', async (tls) => {
    const port = await relay({ secure: tls === 'implicit' });
    expect(await mail(settings(port, tls))).toMatchObject({ is: 'accepted' });
    const arrived = mails.at(-1) ?? '';
    expect(arrived).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
    expect(arrived).toMatch(/^Message-ID: <n-17@city\.example>\r?$/im);
    expect(arrived).toMatch(/^Subject: =\?UTF-8\?/m);
  });

  test('a relay without TLS is used only where that was said', async () => {
    const port = await relay({ disabledCommands: ['STARTTLS', 'AUTH'] });
    expect((await mail(settings(port))).is).not.toBe('accepted');
    expect(await mail(settings(port, 'plain'))).toMatchObject({ is: 'accepted' });
  });

  test('5xx is for good, 4xx may do next time', async () => {
    expect(await mail(settings(await relay(refuse(550, 'no such user'))))).toMatchObject({
      is: 'refused',
      said: '550 no such user',
    });
    expect(await mail(settings(await relay(refuse(451, 'greylisted'))))).toMatchObject({ is: 'failed' });
  });

  test('a wrong password is refused, and is in nothing that is told', async () => {
    const outcome = await mail(settings(await relay()), { secret: 'hunter2-wrong' });
    expect(outcome.is).toBe('refused');
    expect(outcome.said).not.toContain('hunter2-wrong');
  });

  test('a certificate that nobody vouches for gets no password', async () => {
    let logins = 0;
    const port = await relay({
      onAuth: (_, __, done) => {
        logins++;
        done(null, { user: 'x' });
      },
    });
    const strangers = readFileSync(new Authority(dir, 'strangers').pair.cert, 'utf8');
    expect(await mail(settings(port), SECRETS, aMessage(), strangers)).toMatchObject({ is: 'failed' });
    expect(logins).toBe(0);
  });

  test('an address with a line break in it writes to nobody else', async () => {
    const port = await relay();
    const before = mails.length;
    const to = { name: 'x\r\nBcc: all@city.example', mobile: null, email: 'wang@city.example', handles: {} };
    await mail(settings(port), SECRETS, aMessage({ to }));
    expect(mails.slice(before).join('')).not.toMatch(/^Bcc/m);
  });
});

describe('HTTPS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-tls-'));
  const authority = new Authority(dir);
  const pair = textsOf(authority.issue('localhost'));
  let server: Server;
  beforeAll(async () => {
    server = createServer(pair, (_, response) => response.end('{"errcode":0,"errmsg":"ok"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  test('a certificate must be vouched for', async () => {
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const ca = readFileSync(authority.pair.cert, 'utf8');
    const through = (pem?: string) =>
      channelsThrough(door(pem), tools)({ kind: 'dingtalk', url }, SECRETS).send(
        aMessage(),
        new AbortController().signal,
      );
    expect(await through(ca)).toMatchObject({ is: 'accepted' });
    expect(await through()).toMatchObject({
      is: 'failed',
      said: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
    });
  });
});
