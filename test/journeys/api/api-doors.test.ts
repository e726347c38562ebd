import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { type Ask, EdgeHarness } from '../../support/edge-harness.ts';

const SECRET = 'a-token-of-theirs';
const PLAIN = {
  name: 'plain',
  protocol: 'json',
  each: '/devices',
  station: { at: 'id' },
  time: { at: 'ts' },
  values: { take: { id: null, ts: null, ch4: 'ch4', t: { metric: 'temp' } } },
};
const signed = (name: string, sign: string, more: object = {}) => ({
  ...PLAIN,
  name,
  push: { sign },
  ...more,
});

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open({
    doorSecrets: new Map(['keyed', 'onenet', 'onenet-old', 'tencent'].map((name) => [name, SECRET])),
  });
  await put(PLAIN);
  await edge.flow.telemetry('gas', 'GAS-1', { values: { ch4: 0 } });
});
afterEach(() => edge.close());

const put = (mapping: { readonly name: string }) =>
  edge.ask('putMapping', { params: { mapping: mapping.name }, body: mapping });
const push = (mapping: string, body: unknown, more: Ask = {}) =>
  edge.ask('door', { params: { mapping }, body, ...more });
const of = (id: string, ch4: number, ts?: number) => ({
  devices: [{ id, ch4, ...(ts === undefined ? {} : { ts }) }],
});
const latest = async (code: string) =>
  (await edge.ask('latestOfPoint', { params: { code } })).json.items.map(
    (i: { metric: string; value: number }) => [i.metric, i.value],
  );
const meter = (came: string, door = 'plain') =>
  edge.flow.meters.counter(`door_messages_total{door="${door}",came="${came}"}`);

describe('a push of another platform', () => {
  test('is answered when it is on disk, and its readings are those of our devices', async () => {
    edge.flow.clock.forward(60_000);
    const told = await push('plain', of('GAS-1', 12.5));
    expect(told.json).toEqual({ code: 0, msg: 'success', flaws: [] });
    expect(await latest('GAS-1')).toContainEqual(['ch4', 12.5]);
    expect(edge.flow.records.at(-1)?.readings.map((r) => r.value)).toContain(12.5);
    expect(meter('taken')).toBe(1);
  });

  test('needs a token that may push; a door that nobody made is none', async () => {
    expect((await push('plain', of('GAS-1', 1), { token: null })).status).toBe(401);
    const wall = await edge.person('li', ['operator']);
    expect((await push('plain', of('GAS-1', 1), { token: wall })).status).toBe(401);
    expect((await push('nobody', of('GAS-1', 1))).status).toBe(404);
    expect(await latest('GAS-1')).toEqual([['ch4', 0]]);
  });

  test('speaks only for devices in the areas of its token', async () => {
    await edge.ask('importRegister', {
      csv: 'kind,code,name,parent,lifeline,area,asset,point\narea,3416,市,,,,,\narea,341602,区,3416,,,,\narea,341621,县,3416,,,,\nasset,W,井,,gas,341602,,\npoint,P-1,点,,gas,341602,W,\ndevice,D-1,,,gas,,,P-1\n',
    });
    const made = await edge.accounts.addToken('county', {
      role: 'platform',
      areas: ['341621'],
      expiresAt: null,
    });
    const token = made.ok ? made.value.token : '';
    const told = await push('plain', of('D-1', 60), { token });
    expect(told.json.flaws).toMatchObject([{ code: 'not-theirs' }]);
    const bound = await edge.person('wang', ['maintainer'], ['341621']);
    const tried = await edge.ask('tryMapping', {
      params: { mapping: 'plain' },
      body: { text: JSON.stringify(of('D-1', 60)) },
      token: bound,
    });
    expect(tried.json).toMatchObject({ readings: [], flaws: [{ code: 'not-theirs' }] });
    expect((await edge.ask('strangers', { token: bound })).json.items).toEqual([]);
    expect(await latest('P-1')).toEqual([]);
  });

  test('that is no JSON, or has nothing of ours in it, is set aside with the bytes that came, and answered', async () => {
    const text = '{"devices":[{"id":"GAS-1","ch4":5,"colour":"red"}]}';
    const told = await edge.fetch('/api/v1/doors/plain', {
      method: 'POST',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'text/plain' },
      body: text,
    });
    expect(told.json.flaws).toMatchObject([{ code: 'unknown-code' }]);
    const { items } = (await edge.ask('quarantine', { query: { device: 'GAS-1' } })).json;
    expect(items[0]).toMatchObject({ flaw: 'unknown-code', text });
    const half = await edge.fetch('/api/v1/doors/plain', {
      method: 'POST',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
      body: '{"devices":[{"id":"GAS-1",',
    });
    expect(half.status).toBe(200);
    expect((await edge.ask('quarantine')).json.items[0]).toMatchObject({
      topic: 'doors/plain',
      flaw: 'not-json',
    });
  });

  test('that comes again is one: by its own times, or by its id where it has none', async () => {
    const at = edge.flow.clock.now() - 5_000;
    await push('plain', of('GAS-1', 7, at));
    const kept = edge.flow.records.flatMap((r) => r.readings).length;
    edge.flow.clock.forward(3_600_000);
    await push('plain', of('GAS-1', 7, at));
    expect(edge.flow.records.flatMap((r) => r.readings)).toHaveLength(kept);

    await put({ ...PLAIN, name: 'with-id', dedup: { at: '/id' } } as never);
    const twice = { id: 'm-1', ...of('GAS-1', 9) };
    await push('with-id', twice);
    const once = edge.flow.records.flatMap((r) => r.readings).length;
    edge.flow.clock.forward(1_000);
    expect((await push('with-id', twice)).status).toBe(200);
    expect(edge.flow.records.flatMap((r) => r.readings)).toHaveLength(once);
    expect(meter('again', 'with-id')).toBe(1);
  });
});

describe('each platform signs in its own way', () => {
  const md5 = (of: string) => createHash('md5').update(of).digest('base64');

  test('a key in the address or in a header', async () => {
    await put(signed('keyed', 'path'));
    const sent = (more: Ask) => push('keyed', of('GAS-1', 3), { token: null, ...more });
    expect((await sent({})).status).toBe(401);
    expect((await sent({ query: { key: 'another-token' } })).json.code).toBe('door-signature');
    expect((await sent({ query: { key: SECRET } })).status).toBe(200);
    expect((await sent({ headers: { 'x-door-key': SECRET } })).status).toBe(200);
    expect(edge.flow.meters.counter('door_refused_total{door="keyed"}')).toBe(2);
  });

  test('one whose token nobody has configured stays shut', async () => {
    await put(signed('unset', 'path'));
    for (const key of ['', 'undefined', SECRET])
      expect((await push('unset', of('GAS-1', 3), { token: null, query: { key } })).status).toBe(401);
  });

  test('OneNET: base64(md5(token + nonce + msg)), also asked when the address is set', async () => {
    await put(signed('onenet', 'onenet', { open: [{ at: '/msg', as: 'json' }] }));
    const msg = JSON.stringify(of('GAS-1', 4));
    const body = { msg, nonce: 'n1', signature: md5(`${SECRET}n1${msg}`), time: 1, id: 'x' };
    expect((await push('onenet', body, { token: null })).status).toBe(200);
    expect(await latest('GAS-1')).toContainEqual(['ch4', 4]);
    const forged = { ...body, msg: msg.replace('4', '5') };
    expect((await push('onenet', forged, { token: null })).status).toBe(401);
    const asked = await edge.ask('doorCheck', {
      params: { mapping: 'onenet' },
      query: { msg: 'hello', nonce: 'n', signature: md5(`${SECRET}nhello`) },
      token: null,
    });
    expect([asked.status, asked.text]).toEqual([200, 'hello']);
    const wrong = await edge.ask('doorCheck', {
      params: { mapping: 'onenet' },
      query: { msg: 'hello', nonce: 'n', signature: md5('nhello') },
      token: null,
    });
    expect(wrong.status).toBe(401);
  });

  test('old OneNET: over the text of an object, as it stands in the body', async () => {
    await put(signed('onenet-old', 'onenet-old', { open: [{ at: '/msg', as: 'json' }] }));
    const msg = '{ "devices" : [{"id":"GAS-1","ch4":6.0}] }';
    const text = `{"msg": ${msg} ,"nonce":"q","msg_signature":"${md5(`${SECRET}q${msg}`)}"}`;
    const told = await edge.fetch('/api/v1/doors/onenet-old', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    expect(told.status, told.text).toBe(200);
    expect(await latest('GAS-1')).toContainEqual(['ch4', 6]);
  });

  test('Tencent: sha1 of the sorted three, of now, once, and never for another body', async () => {
    await put(signed('tencent', 'tencent'));
    const now = () => Math.floor(edge.flow.clock.now() / 1_000);
    const sign = (timestamp: number, nonce: string) => ({
      signature: createHash('sha1')
        .update([SECRET, String(timestamp), nonce].sort().join(''))
        .digest('hex'),
      timestamp: String(timestamp),
      nonce,
    });
    const sent = (ch4: number, headers: Record<string, string>) =>
      push('tencent', of('GAS-1', ch4), { token: null, headers });
    const head = sign(now(), 'abc');
    expect((await sent(8, head)).status).toBe(200);
    expect((await sent(8, head)).status).toBe(200);
    expect((await sent(99, head)).json.code).toBe('door-signature');
    expect((await sent(8, sign(now() - 86_400, 'def'))).status).toBe(401);
    expect((await sent(8, { ...sign(now(), 'ghi'), signature: '0'.repeat(40) })).status).toBe(401);
    expect(await latest('GAS-1')).toContainEqual(['ch4', 8]);
    const asked = await edge.ask('doorCheck', {
      params: { mapping: 'tencent' },
      query: { Echostr: 'IkOaKMDalrAzUTxC' },
      headers: sign(now(), 'jkl'),
      token: null,
    });
    expect(asked.text).toBe('IkOaKMDalrAzUTxC');
  });
});

describe('stations that nobody has registered', () => {
  test('wait in quarantine with their bytes and in a list; one click registers them, and their next word counts', async () => {
    const body = of('NEW-1', 11);
    const told = await push('plain', body);
    expect(told.json.flaws).toMatchObject([{ code: 'unknown-station' }]);
    const { items } = (await edge.ask('quarantine', { query: { device: 'NEW-1' } })).json;
    expect(items[0]).toMatchObject({ topic: 'doors/plain/NEW-1', text: JSON.stringify(body) });
    await push('plain', of('NEW-1', 12));
    const listed = (await edge.ask('strangers')).json.items;
    expect(listed).toMatchObject([
      { device: 'NEW-1', station: 'NEW-1', mapping: 'plain', metrics: ['ch4'], packets: 2 },
    ]);
    const made = await edge.ask('adoptStranger', {
      params: { code: 'NEW-1' },
      body: { lifeline: 'gas', name: '新井' },
    });
    expect(made.json).toEqual({ device: 'NEW-1', point: 'NEW-1' });
    expect((await edge.ask('point', { params: { code: 'NEW-1' } })).json).toMatchObject({ name: '新井' });
    await push('plain', of('NEW-1', 13));
    expect(await latest('NEW-1')).toEqual([['ch4', 13]]);
    expect((await edge.ask('strangers')).json.items).toEqual([]);
  });

  test('whose own name is no code of ours get one, and stand in the table of the mapping from then on', async () => {
    await push('plain', of('井盖/07#', 11));
    await push('plain', of('井盖/07#', 11));
    const [stranger] = (await edge.ask('strangers')).json.items;
    expect(stranger).toMatchObject({ device: '07', station: '井盖/07#' });
    await edge.ask('adoptStranger', { params: { code: '07' }, body: { lifeline: 'gas' } });
    await push('plain', of('井盖/07#', 21));
    expect(await latest('07')).toEqual([['ch4', 21]]);
    const [file] = (await edge.ask('mappings')).json.items;
    expect(JSON.parse(file.text).station.table).toEqual({ '井盖/07#': '07' });
  });

  test('that spoke for themselves are listed, too, with the lifeline of their topic', async () => {
    const strict = await EdgeHarness.open({ flow: await FlowHarness.begin({ autoRegister: false }) });
    await strict.flow.telemetry('gas', 'OWN-9', { values: { ch4: 1 } });
    expect((await strict.ask('strangers')).json.items).toMatchObject([
      { device: 'OWN-9', station: null, mapping: null, lifeline: 'gas', metrics: ['ch4'] },
    ]);
    await strict.close();
  });

  test('are for those who keep mappings to register', async () => {
    await push('plain', of('NEW-1', 11));
    const li = await edge.person('li', ['operator']);
    const refused = await edge.ask('adoptStranger', {
      params: { code: 'NEW-1' },
      body: { lifeline: 'gas' },
      token: li,
    });
    expect(refused.json.code).toBe('not-permitted');
  });
});

describe('mappings', () => {
  test('a bad one is refused with the line of each fault, and the one in force stays', async () => {
    const text = JSON.stringify(PLAIN, null, 2)
      .replace('"each"', '"eech"')
      .replace('"ch4": "ch4"', '"ch4": 7');
    const told = await edge.ask('putMapping', { params: { mapping: 'plain' }, body: { text } });
    expect(told.status).toBe(400);
    expect(told.json.errors.map((e: { at: string }) => e.at)).toEqual([
      'line 4, eech',
      'line 15, values.take.ch4',
    ]);
    expect((await push('plain', of('GAS-1', 2))).status).toBe(200);
  });

  test('a draft is tried before it is kept: readings as they would be judged, strangers, flaws', async () => {
    const draft = {
      ...PLAIN,
      values: { take: { ...PLAIN.values.take, kpa: { metric: 'pressure', unit: 'kPa' } } },
    };
    const told = await edge.ask('tryMapping', {
      params: { mapping: 'plain' },
      body: {
        text: JSON.stringify({
          devices: [
            { id: 'GAS-1', ch4: 9999, kpa: 200, x: 1 },
            { id: 'NEW', t: 3 },
          ],
        }),
        mapping: JSON.stringify(draft),
      },
    });
    expect(told.json.readings).toMatchObject([
      { device: 'GAS-1', lifeline: 'gas', metric: 'ch4', value: null, quality: 'bad' },
      { device: 'GAS-1', metric: 'pressure', value: 0.2, unit: 'MPa', quality: 'good' },
    ]);
    expect(told.json.unknown).toMatchObject([{ station: 'NEW', device: 'NEW', metrics: ['temp'] }]);
    expect(told.json.flaws).toMatchObject([{ code: 'unknown-code' }]);
    expect(await latest('GAS-1')).toEqual([['ch4', 0]]);
    const faulty = await edge.ask('tryMapping', {
      params: { mapping: 'plain' },
      body: { text: '{}', mapping: '{\n"a":' },
    });
    expect(faulty.json.faults[0].line).toBe(2);
  });
});

test('while the journal has failed nothing is answered with 200', async () => {
  let fails = false;
  const failing = await EdgeHarness.open({
    hooks: {
      before: () => {
        if (fails) throw new Error('no space left on device');
      },
    },
  });
  const told = (ch4: number) => failing.ask('door', { params: { mapping: 'plain' }, body: of('GAS-1', ch4) });
  await failing.ask('putMapping', { params: { mapping: 'plain' }, body: PLAIN });
  await failing.flow.telemetry('gas', 'GAS-1', { values: { ch4: 0 } });
  fails = true;
  for (const ch4 of [1, 2]) {
    const { status, headers } = await told(ch4);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  }
  await failing.close();
});
