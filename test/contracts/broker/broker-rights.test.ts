import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, RawClient, rawPublish, startBroker, status, telemetry } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A device that must not notice anything. */
async function bystander(port: number): Promise<RawClient> {
  const b = await RawClient.connect(port, { clientId: 'DEV-B', username: 'DEV-B' });
  await b.pinged();
  return b;
}
async function stillWell(b: RawClient, { intake }: Bench): Promise<void> {
  const before = intake.taken.filter((p) => p.text === 'B is well').length;
  b.publish(telemetry('DEV-B'), 'B is well', 1, 99);
  await b.next('puback');
  expect(intake.taken.filter((p) => p.text === 'B is well')).toHaveLength(before + 1);
}

const connackOf = async (port: number, o: Parameters<RawClient['hello']>[0]) => {
  const client = await RawClient.dial(port);
  client.hello(o);
  const { returnCode } = await client.next('connack');
  return { client, returnCode };
};

// promises F12
describe('a device is itself and nobody else', () => {
  test.each([
    ['telemetry of another device', telemetry('DEV-B')],
    ['status of another device', status('DEV-B')],
    ['its own code in another place', 'lifeline/v1/DEV-A/gas/telemetry'],
    ['commands, to itself', 'lifeline/v1/gas/DEV-A/down/command'],
    ['commands, to another', 'lifeline/v1/gas/DEV-B/down/command'],
    ['alarms', 'lifeline/v1/alarms/1/341602'],
    ['alarms that look like its own', 'lifeline/v1/alarms/DEV-A/telemetry'],
    ['another tree', 'test'],
    ['another version', 'lifeline/v2/gas/DEV-A/telemetry'],
    ['the broker itself', '$SYS/broker/uptime'],
    ['nearly its own', 'lifeline/v1/gas/DEV-A'],
    ['a code that begins like its own', telemetry('DEV-A1')],
  ])('it may not publish %s: cut off, counted, told, nothing taken', async (_what, topic) => {
    const bench = await startBroker(stops);
    const b = await bystander(bench.port);
    const a = await RawClient.connect(bench.port, { clientId: 'DEV-A', username: 'DEV-A' });
    a.publish(topic, 'x', 1, 1);
    await a.ended();
    expect(a.got).toEqual([]);
    expect(bench.intake.taken).toEqual([]);
    expect(bench.meters.counter('mqtt_cut_off_total{why="topic-forbidden"}')).toBe(1);
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ address: '127.0.0.1', clientId: 'DEV-A' }),
      }),
    );
    await stillWell(b, bench);
  });

  test.each([
    ['an unknown kind', 'lifeline/v1/gas/DEV-A/nonsense'],
    ['an unknown lifeline', 'lifeline/v1/NO/DEV-A/telemetry'],
    ['one level too many', 'lifeline/v1/gas/DEV-A/telemetry/x'],
  ])('%s below its own code is a flaw, not a trespass: taken, and acknowledged', async (_what, topic) => {
    const { port, intake } = await startBroker(stops);
    const a = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A' });
    a.publish(topic, 'x', 1, 1);
    await a.next('puback');
    expect(intake.taken).toMatchObject([{ topic }]);
  });

  test.each(['DEV-B', 'DEV-B:2', 'DEV-A2', 'dev-a', 'DEV-A/1'])(
    'it may not come as client id %s: refused with code 2, and DEV-B is not kicked',
    async (clientId) => {
      const bench = await startBroker(stops);
      const b = await bystander(bench.port);
      const { client, returnCode } = await connackOf(bench.port, { clientId, username: 'DEV-A' });
      expect(returnCode).toBe(2);
      await client.ended();
      expect(bench.meters.counter('mqtt_refused_total{why="client-id-not-own"}')).toBe(1);
      await stillWell(b, bench);
    },
  );

  test.each(['DEV-B', 'ThingsBoard_3f', 'DEV-B:2'])(
    'where a client may call itself anything, %s is known as DEV-A’s, and DEV-B is not kicked',
    async (clientId) => {
      const bench = await startBroker(stops, { anyClientId: true });
      const b = await bystander(bench.port);
      const { client, returnCode } = await connackOf(bench.port, { clientId, username: 'DEV-A' });
      expect(returnCode).toBe(0);
      client.publish('lifeline/v1/gas/DEV-A/telemetry', 'x', 1, 1);
      await client.next('puback');
      expect(bench.intake.texts()).toContain('x');
      // The same once more takes over its own, and nobody else's.
      await connackOf(bench.port, { clientId, username: 'DEV-A' });
      await client.ended();
      await stillWell(b, bench);
    },
  );

  test.each(['DEV-A', 'DEV-A:backup', ''])('it may come as client id %j', async (clientId) => {
    const { port } = await startBroker(stops);
    expect((await connackOf(port, { clientId, username: 'DEV-A' })).returnCode).toBe(0);
  });

  test.each([
    ['on the status of another device', status('DEV-B')],
    ['on a filter', 'lifeline/v1/gas/+/status'],
    ['on $SYS', '$SYS/x'],
    ['on alarms', 'lifeline/v1/alarms/1/341602'],
    ['on ten thousand levels', 'a/'.repeat(5_000)],
  ])('it may not leave a will %s: refused at CONNECT with code 5', async (_what, topic) => {
    const bench = await startBroker(stops);
    const b = await bystander(bench.port);
    const { client, returnCode } = await connackOf(bench.port, {
      clientId: 'DEV-A',
      username: 'DEV-A',
      will: { topic, payload: '{"online":false}', qos: 1 },
    });
    expect(returnCode).toBe(5);
    await client.ended();
    expect(bench.meters.counter('mqtt_refused_total{why="will-not-own"}')).toBe(1);
    await stillWell(b, bench);
    expect(bench.intake.texts()).toEqual(['B is well']);
  });

  test.each([
    ['lifeline/v1/gas/DEV-A/down/#', 1],
    ['lifeline/v1/+/DEV-A/down/#', 1],
    ['lifeline/v1/gas/DEV-A/down/command', 1],
    ['lifeline/v1/gas/DEV-A/#', 128],
    ['lifeline/v1/gas/DEV-A/down', 128],
    ['lifeline/v1/gas/DEV-B/down/#', 128],
    ['lifeline/v1/gas/+/down/#', 128],
    ['lifeline/v1/alarms/#', 128],
    ['#', 128],
    ['+/+/+/+/+/+', 128],
    ['$SYS/#', 128],
    ['$session', 128],
  ])('it asks for %s and is granted %i', async (filter, granted) => {
    const { port } = await startBroker(stops);
    const a = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A' });
    expect(await a.subscribe(filter, 1)).toBe(granted);
  });

  test('it hears its own commands and not those of others', async () => {
    const { port, broker } = await startBroker(stops);
    const a = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A' });
    await a.subscribe('lifeline/v1/+/DEV-A/down/#', 1);
    broker.tell('lifeline/v1/gas/DEV-B/down/command', 'for B', 1);
    broker.tell('lifeline/v1/gas/DEV-A/down/command', 'for A', 1);
    expect(String((await a.next('publish')).payload)).toBe('for A');
  });

  test('it gets no more subscriptions than the bound', async () => {
    const { port } = await startBroker(stops, { limits: { subscriptionsPerClient: 3 } });
    const a = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A', clean: false });
    a.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: Array.from({ length: 5 }, (_, i) => ({
        topic: `lifeline/v1/gas/DEV-A/down/${i}`,
        qos: 1 as const,
      })),
    });
    expect((await a.next('suback')).granted).toEqual([1, 1, 1, 128, 128]);
    a.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['lifeline/v1/gas/DEV-A/down/0'] });
    await a.next('unsuback');
    expect(await a.subscribe('lifeline/v1/gas/DEV-A/down/9', 1)).toBe(1);
  });
});

describe('the gate', () => {
  test('a wrong password is answered with code 4, no credential with code 5, and the log says why', async () => {
    const { port, log, meters } = await startBroker(stops);
    expect(
      (await connackOf(port, { clientId: 'DEV-A', username: 'DEV-A', password: 'guess' })).returnCode,
    ).toBe(4);
    expect(log.text()).toContain('wrong password');
    expect(meters.counter('mqtt_refused_total{why="credential"}')).toBe(1);
    const closed = await startBroker(stops, { gate: async () => ({ as: 'refused', why: 'no credential' }) });
    expect((await connackOf(closed.port, { clientId: 'DEV-A' })).returnCode).toBe(5);
  });

  test('it sees the client id, the user name, the password and the address', async () => {
    const seen: unknown[] = [];
    const { port } = await startBroker(stops, {
      gate: async (who) => {
        seen.push({ ...who, password: Buffer.from(who.password ?? []).toString() });
        return { as: 'refused', why: 'just looking' };
      },
    });
    await connackOf(port, { clientId: 'DEV-A:1', username: 'DEV-A', password: '密码' });
    expect(seen).toEqual([
      { clientId: 'DEV-A:1', username: 'DEV-A', password: '密码', address: '127.0.0.1', certificate: null },
    ]);
  });

  test('a gate that breaks is answered with code 3: come again later', async () => {
    const { port } = await startBroker(stops, {
      gate: async () => {
        throw new Error('accounts are away');
      },
    });
    expect((await connackOf(port, { clientId: 'DEV-A' })).returnCode).toBe(3);
  });

  test('a gate that never answers does not keep a connection for ever', async () => {
    const { port, meters } = await startBroker(stops, {
      gate: () => new Promise(() => {}),
      limits: { connectWithin: 100 },
    });
    const client = await RawClient.dial(port);
    client.hello({ clientId: 'DEV-A' });
    await client.ended();
    expect(meters.counter('mqtt_refused_total{why="late"}')).toBe(1);
  });
});

describe('anonymous clients, for trying out', () => {
  test('publish as any device, and read everything but the broker itself', async () => {
    const { port, intake } = await startBroker(stops);
    const watcher = await RawClient.connect(port, { clientId: 'watcher' });
    expect(await watcher.subscribe('lifeline/v1/#', 0, 1)).toBe(0);
    for (const filter of ['#', '+/#', '$SYS/#', 'lifeline/#', 'other'])
      expect(await watcher.subscribe(filter)).toBe(128);
    const client = await RawClient.connect(port);
    client.publish(telemetry('DEV-X'), 'hello', 1, 1);
    await client.next('puback');
    expect(await watcher.next('publish')).toMatchObject({ topic: telemetry('DEV-X') });
    expect(intake.texts()).toEqual(['hello']);
  });

  test.each(['lifeline/v1/alarms/1/341602', 'lifeline/v1/gas/DEV-X/down/command', 'test', '$SYS/x'])(
    'do not publish on %s',
    async (topic) => {
      const { port, intake } = await startBroker(stops);
      const client = await RawClient.connect(port);
      client.publish(topic, 'x', 1, 1);
      await client.ended();
      expect(intake.taken).toEqual([]);
    },
  );

  test('do not take the client id of a device; the device takes its own back', async () => {
    const bench = await startBroker(stops);
    const b = await bystander(bench.port);
    expect((await connackOf(bench.port, { clientId: 'DEV-B' })).returnCode).toBe(2);
    expect(bench.meters.counter('mqtt_refused_total{why="client-id-taken"}')).toBe(1);
    await stillWell(b, bench);
    const squatter = await RawClient.connect(bench.port, { clientId: 'DEV-C' });
    expect((await connackOf(bench.port, { clientId: 'DEV-C', username: 'DEV-C' })).returnCode).toBe(0);
    await squatter.ended();
  });
});

describe('systems', () => {
  test('read alarms and nothing else, and publish nothing', async () => {
    const { port, intake } = await startBroker(stops);
    const s = await RawClient.connect(port, { clientId: 'desk', username: 'system' });
    expect(await s.subscribe('lifeline/v1/alarms/1/+', 1)).toBe(1);
    for (const filter of ['lifeline/v1/#', 'lifeline/v1/+/#', '#', 'lifeline/v1/gas/#'])
      expect(await s.subscribe(filter)).toBe(128);
    s.publish(telemetry('DEV-A'), 'x', 1, 1);
    await s.ended();
    expect(intake.taken).toEqual([]);
  });
});

describe('somebody whose credential was revoked', () => {
  test('leaves nothing behind for whoever is issued the name next', async () => {
    const { broker, port } = await startBroker(stops);
    const a = { clientId: 'DEV-A', username: 'DEV-A', clean: false };
    const command = (device: string) => `lifeline/v1/gas/${device}/down/command`;
    for (const id of ['DEV-A', 'DEV-B']) {
      const client = await RawClient.connect(port, { ...a, clientId: id, username: id });
      expect(await client.subscribe(`lifeline/v1/gas/${id}/down/#`, 1)).toBe(1);
      client.disconnect();
      await client.ended();
      broker.tell(command(id), 'while it was away', 1);
    }
    broker.forget('DEV-A');
    broker.forget('system:nobody');
    const next = await RawClient.dial(port);
    next.hello(a);
    expect((await next.next('connack')).sessionPresent).toBe(false);
    await next.pinged();
    expect(next.got).toEqual([]);
    const other = await RawClient.connect(port, { ...a, clientId: 'DEV-B', username: 'DEV-B' });
    expect((await other.next('publish')).topic).toBe(command('DEV-B'));
  });
});

describe('a stranger', () => {
  test('is not taken for the device that they name themselves after', async () => {
    const offences: (string | null)[] = [];
    const { port } = await startBroker(stops, { offended: (o) => offences.push(o.by) });
    const told = await connackOf(port, { clientId: 'x', username: 'device DEV-A', password: 'wrong' });
    expect(told.returnCode).toBe(4);
    expect(offences).toEqual(['"device DEV-A"']);
  });
});

// promises F11, the part that is about single packets
describe('topics that are none', () => {
  test.each<[string, string | Uint8Array]>([
    ['#', '#'],
    ['+', '+'],
    ['a filter below its own code', 'lifeline/v1/gas/DEV-A/#'],
    ['+ within', 'lifeline/v1/gas/DEV-A/tele+metry'],
    ['$SYS', '$SYS/broker'],
    ['U+0000', 'lifeline/v1/gas/DEV-A/tele\u0000metry'],
    ['U+0000 alone', '\u0000'],
    ['a control character', 'lifeline/v1/gas/DEV-A/\u0007'],
    ['broken UTF-8', Buffer.concat([Buffer.from('lifeline/v1/gas/DEV-A/'), Buffer.of(0xc3, 0x28)])],
    [
      'an encoded surrogate',
      Buffer.concat([Buffer.from('lifeline/v1/gas/DEV-A/'), Buffer.of(0xed, 0xa0, 0x80)]),
    ],
    ['nothing', ''],
    ['ten thousand levels', `lifeline/v1/gas/DEV-A/${'x/'.repeat(10_000)}x`],
    ['a hundred and one levels', `lifeline/v1/gas/DEV-A/${'/'.repeat(97)}`],
    ['seventeen levels', `lifeline/v1/gas/DEV-A/${'x/'.repeat(13)}x`],
    ['sixty thousand characters', `lifeline/v1/gas/DEV-A/${'x'.repeat(60_000)}`],
  ])('%s in a PUBLISH: cut off and counted, nothing taken, others unaffected', async (_what, topic) => {
    const bench = await startBroker(stops);
    const b = await bystander(bench.port);
    const a = await RawClient.connect(bench.port, { clientId: 'DEV-A', username: 'DEV-A' });
    a.send(rawPublish(topic, 'x', 1));
    await a.ended();
    expect(a.got).toEqual([]);
    expect(bench.intake.taken).toEqual([]);
    const { counters } = bench.meters.snapshot();
    expect([...counters].filter(([k]) => k.startsWith('mqtt_cut_off_total')).map(([, n]) => n)).toEqual([1]);
    await stillWell(b, bench);
  });
});
