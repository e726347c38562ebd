import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sm3 } from '../../../src/adapters/upstream-line/index.ts';
import { minutes } from '../../../src/domain/time.ts';
import { readProfile } from '../../../src/wire/upstream/profile.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { CITY } from '../../flow/upstream/two-platforms.ts';
import { upstreamsOver } from '../../support/upstreams.ts';

/** What a province wants: a form, signed by HMAC-SM3 over its sorted fields, its own codes, its own answers. */
const PROVINCE = {
  name: 'province',
  title: { zh: '省级监管平台', en: 'Province' },
  transport: { kind: 'form', path: '/gate/alarmReport.do', head: { bizNo: 'number', sender: 'source' } },
  auth: {
    kind: 'hmac',
    hash: 'sm3',
    over: '{fields}&nonce={nonce}&ts={time}',
    time: 's',
    write: 'HEX',
    headers: { 'x-app-key': '{key}', 'x-ts': '{time}', 'x-nonce': '{nonce}' },
    fields: { sign: '{signature}' },
  },
  objects: {
    alarm: {
      fields: {
        alarmNo: 'alarm/id',
        xzqh: 'alarm/areaCode',
        bjdj: { at: 'alarm/level', words: { '1': '01', '2': '02', '3': '03', '4': '04' } },
        bjsj: { at: 'alarm/raisedAt', time: 'beijing' },
        clzt: {
          at: 'event/event',
          words: { raised: 'NEW', acknowledged: 'ACK', escalated: 'UPD', closed: 'END' },
        },
        ndz: { at: 'alarm/worst/value', times: 0.01 },
        lb: { value: 'RQ' },
      },
    },
  },
  answer: {
    accepted: { resultCode: ['0000', '0001'] },
    later: { resultCode: '9001' },
    words: 'resultMsg',
    receipt: 'data/receiptNo',
  },
  reconcile: {
    path: '/gate/dayCount.do',
    fields: { rq: 'day', lx: { at: 'object', words: { alarm: 'RQ' } } },
    count: 'data/total',
  },
};

type Heard = {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
};

describe('a receiver that is described by a file alone', () => {
  let server: Server;
  let url: string;
  let dir: string;
  let heard: Heard[];
  let answer: (h: Heard) => unknown;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lifeline-profile-'));
    heard = [];
    server = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (p: Buffer) => parts.push(p));
      req.on('end', () => {
        const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString('utf8')));
        const one = { path: req.url ?? '', form, headers: req.headers };
        heard.push(one);
        res.setHeader('content-type', 'application/json');
        res.end(JSON.stringify(answer(one)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true, force: true });
  });

  const rig = async (profile: object, secrets = {}) => {
    writeFileSync(join(dir, 'province.json'), JSON.stringify(profile, null, 2));
    const flow = await FlowHarness.begin();
    const up = upstreamsOver(flow, { own: dir });
    expect(up.profiles.of('province')?.faults).toEqual([]);
    await up.office.keep(
      { ...CITY, profile: 'province', url, objects: ['alarm'] },
      { key: 'BZ-01', secret: 'the-secret', ...secrets },
    );
    return { flow, up };
  };
  const alarmed = async (flow: FlowHarness, value = 25) => {
    for (let i = 0; i < 3; i++) {
      await flow.value('gas', 'GAS-1', 'ch4', value);
      await flow.pass(minutes(1));
    }
  };
  const until = async (up: { sender: { kick(): void } }, done: () => boolean) => {
    for (let i = 0; i < 400 && !done(); i++) {
      up.sender.kick();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(done()).toBe(true);
  };

  test('is told in its form and codes, signed as it signs, and its receipt is kept', async () => {
    answer = ({ form }) => ({
      resultCode: '0000',
      resultMsg: '成功',
      data: { receiptNo: `HZ-${form.bizNo}` },
    });
    const { flow, up } = await rig(PROVINCE);
    await alarmed(flow);
    await until(up, () => up.office.one('city')?.queued.live === 0);
    const [{ form, headers, path } = { form: {}, headers: {}, path: '' }] = heard;
    const [alarm] = flow.open();
    const { sign, ...rest } = form as Record<string, string>;
    expect(path).toBe('/gate/alarmReport.do');
    expect(rest).toEqual({
      bizNo: 'live-1',
      sender: 'qiaocheng',
      alarmNo: alarm?.id,
      xzqh: '000000',
      bjdj: `0${alarm?.level}`,
      bjsj: '2026-06-01 08:00:00',
      clzt: 'NEW',
      ndz: '0.25',
      lb: 'RQ',
    });
    const sorted = Object.keys(rest)
      .sort()
      .map((k) => `${k}=${rest[k]}`)
      .join('&');
    const over = `${sorted}&nonce=${headers['x-nonce']}&ts=${headers['x-ts']}`;
    expect(sign).toBe(createHmac('sm3', 'the-secret').update(over).digest('hex').toUpperCase());
    expect(headers['x-app-key']).toBe('BZ-01');
    // When it was sent, in seconds as the profile has it: after its alarm, and before now.
    const sent = Number(headers['x-ts']);
    expect([sent >= (alarm?.raisedAt ?? Infinity) / 1_000, sent <= flow.clock.now() / 1_000]).toEqual([
      true,
      true,
    ]);
    const { items } = await up.office.outbox('city', { state: 'acked', limit: 9, after: null });
    expect(items).toMatchObject([{ said: '成功', receipt: 'HZ-live-1' }]);
  });

  test('says no in its own words, which wait for a person; what is put right goes under the same number', async () => {
    answer = ({ form }) =>
      form.xzqh === '341602'
        ? { resultCode: '0001' }
        : { resultCode: '4003', resultMsg: '行政区划代码不存在' };
    const { flow, up } = await rig(PROVINCE);
    await alarmed(flow);
    await until(up, () => up.office.one('city')?.rejected === 1);
    const { items } = await up.office.outbox('city', { state: 'rejected', limit: 9, after: null });
    expect(items).toMatchObject([{ said: '行政区划代码不存在' }]);
    await up.office.act('city', 'live-1', {
      do: 'correct',
      by: '李',
      reason: '挂接',
      set: { xzqh: '341602' },
    });
    await until(up, () => up.office.one('city')?.rejected === 0 && up.office.one('city')?.queued.live === 0);
    expect(heard.map((h) => [h.form.bizNo, h.form.xzqh])).toEqual([
      ['live-1', '000000'],
      ['live-1', '341602'],
    ]);
  });

  test('that asks to come again, or answers what no such receiver answers, is tried again', async () => {
    const says: unknown[] = [{ resultCode: '9001', resultMsg: '维护中' }, '<html>', { resultCode: '0000' }];
    answer = () => says.shift();
    const { flow, up } = await rig({
      ...PROVINCE,
      answer: { ...PROVINCE.answer, rejected: { resultCode: '4003' } },
    });
    await alarmed(flow);
    const tried = async (n: number) => {
      await until(up, () => heard.length === n);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await flow.pass(minutes(1));
    };
    await tried(1);
    expect(up.office.one('city')).toMatchObject({
      rejected: 0,
      queued: { live: 1 },
      health: { said: '维护中' },
    });
    await tried(2);
    await tried(3);
    await until(up, () => up.office.one('city')?.queued.live === 0);
    expect(heard.map((h) => h.form.bizNo)).toEqual(['live-1', 'live-1', 'live-1']);
  });

  test('what the profile has no word for is not guessed: it is shown as rejected, by us', async () => {
    answer = () => ({ resultCode: '0000' });
    const { at } = PROVINCE.objects.alarm.fields.bjdj;
    const fields = { ...PROVINCE.objects.alarm.fields, bjdj: { at, words: { '1': '01' } } };
    const { flow, up } = await rig({ ...PROVINCE, objects: { alarm: { fields } } });
    await alarmed(flow);
    await until(up, () => up.office.one('city')?.rejected === 1);
    const { items } = await up.office.outbox('city', { state: 'rejected', limit: 9, after: null });
    expect(items[0]?.said).toMatch(/no word for \d in bjdj/);
    expect(heard).toEqual([]);
  });

  test('takes bodies enciphered by SM4, and counts what it has of a day', async () => {
    const key = '0123456789abcdeffedcba9876543210';
    answer = ({ path }) => (path.endsWith('dayCount.do') ? { data: { total: 1 } } : { resultCode: '0000' });
    const cipher = { kind: 'sm4-cbc', field: 'cipherText' };
    const { flow, up } = await rig({ ...PROVINCE, cipher }, { cipherKey: key });
    await alarmed(flow);
    await until(up, () => up.office.one('city')?.queued.live === 0);
    const bytes = Buffer.from(heard[0]?.form.cipherText ?? '', 'base64');
    const decipher = createDecipheriv('sm4-cbc', Buffer.from(key, 'hex'), bytes.subarray(0, 16));
    const clear = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
    expect(Object.fromEntries(new URLSearchParams(clear))).toMatchObject({ bizNo: 'live-1', lb: 'RQ' });
    const found = await up.office.reconciliation('city', '2026-06-01');
    expect(found).toMatchObject({
      ok: true,
      value: [{ object: 'alarm', ours: { count: 1 }, theirs: { count: 1 } }],
    });
  });

  test('a secret is in nothing that is told of it', async () => {
    answer = ({ form }) => ({ resultCode: '5', resultMsg: `bad key the-secret ${form.bizNo}` });
    const { flow, up } = await rig(PROVINCE);
    await alarmed(flow);
    await until(up, () => up.office.one('city')?.rejected === 1);
    const { items } = await up.office.outbox('city', { state: 'rejected', limit: 9, after: null });
    expect(items[0]?.said).toBe('bad key *** live-1');
  });
});

describe('a profile that is wrong', () => {
  const text = (change: (p: Record<string, unknown>) => void): string => {
    const p = structuredClone(PROVINCE) as Record<string, unknown>;
    change(p);
    return JSON.stringify(p, null, 2);
  };
  const lineOf = (whole: string, what: string) => whole.slice(0, whole.indexOf(what)).split('\n').length;

  test.each<[string, (p: Record<string, unknown>) => void, string, RegExp]>([
    ['a name that nobody knows', (p) => (p.anser = {}), '"anser"', /"anser" is not known/],
    ['another hash', (p) => ((p.auth as { hash: string }).hash = 'md5'), '"hash"', /sha256/],
    ['no answer', (p) => delete p.answer, '', /how it answers must be said/],
  ])('%s: with its line and what would be right', (_, change, what, words) => {
    const whole = text(change);
    const read = readProfile(whole);
    if (read.ok) throw new Error('it is taken');
    expect(read.error.map((f) => f.why).join()).toMatch(words);
    if (what !== '') expect(read.error[0]?.line).toBe(lineOf(whole, what));
  });
});

/** GB/T 32905-2016, example 1 of its annex; RFC 2104 over it. */
test('SM3 and HMAC-SM3 are those of the standard', () => {
  expect(sm3('abc')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  const block = Buffer.alloc(64);
  block.write('key');
  const padded = (by: number) => Buffer.from(block.map((b) => b ^ by));
  const hash = (...parts: (Buffer | string)[]) =>
    parts.reduce((h, p) => h.update(p), createHash('sm3')).digest();
  const mac = hash(padded(0x5c), hash(padded(0x36), 'abc')).toString('hex');
  expect(createHmac('sm3', 'key').update('abc').digest('hex')).toBe(mac);
});
