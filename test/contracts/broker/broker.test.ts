import { afterEach, describe, expect, test } from 'vitest';
import { RawClient, startBroker, status, telemetry, until } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

// promises C1–C3
describe('acknowledgements', () => {
  test('a PUBACK leaves when the packet is kept, and not before', async () => {
    const { port, intake, clock } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), '{"values":{"ch4":1}}', 1, 7);
    await intake.has(1);
    await client.pinged();
    expect(client.got).toEqual([]);
    expect(intake.taken[0]).toMatchObject({
      topic: telemetry('GAS-1'),
      text: '{"values":{"ch4":1}}',
      qos: 1,
      retain: false,
      receivedAt: clock.at,
    });
    intake.taken[0]?.release();
    expect(await client.next('puback')).toMatchObject({ messageId: 7 });
  });

  test('PUBACKs leave in the order of arrival, over all clients, however late and disorderly the release', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const [a, b] = [
      await RawClient.connect(port, { clientId: 'A' }),
      await RawClient.connect(port, { clientId: 'B' }),
    ];
    for (let i = 1; i <= 50; i++) a.publish(telemetry('A'), `a${i}`, 1, i);
    await intake.has(50);
    b.publish(telemetry('B'), 'b', 1, 1);
    await intake.has(51);
    for (let i = 50; i >= 1; i--) {
      // Everything behind the first packet is released; nothing may pass it.
      intake.taken[i]?.release();
      if (i === 25) expect([...a.got, ...b.got]).toEqual([]);
    }
    await a.pinged();
    await b.pinged();
    expect([...a.got, ...b.got]).toEqual([]);
    intake.taken[0]?.release();
    const order: (number | undefined)[] = [];
    for (let i = 1; i <= 50; i++) order.push((await a.next('puback')).messageId);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(await b.next('puback')).toMatchObject({ messageId: 1 });
    expect(intake.texts().slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => `a${i + 1}`));
  });

  test('what failed is not acknowledged: the connection ends', async () => {
    const { port, intake, meters } = await startBroker(stops);
    intake.releaseAtOnce = 'failed';
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x', 1, 1);
    await client.ended();
    expect(client.got).toEqual([]);
    expect(meters.counter('mqtt_cut_off_total{why="not-kept"}')).toBe(1);
  });

  test('an intake that throws acknowledges nothing', async () => {
    const { port } = await startBroker(stops, {
      intake: () => {
        throw new Error('no');
      },
    });
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x', 1, 1);
    await client.ended();
    expect(client.got).toEqual([]);
  });

  test('QoS 0 has no acknowledgement; what the intake drops is counted and the client stays', async () => {
    const { port, intake, meters } = await startBroker(stops);
    intake.releaseAtOnce = 'dropped';
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x', 0);
    await client.pinged();
    expect(client.got).toEqual([]);
    expect(meters.counter('mqtt_dropped_total')).toBe(1);
    expect(meters.counter('mqtt_packets_total{qos="0"}')).toBe(1);
  });

  test('a QoS 1 packet that the intake says it dropped is not acknowledged', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = 'dropped';
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x', 1, 1);
    await client.ended();
    expect(client.got).toEqual([]);
  });

  test('what is kept after its client has gone still reaches subscribers', async () => {
    const { port, intake, meters } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const watcher = await RawClient.connect(port, { clientId: 'watcher' });
    await watcher.subscribe('lifeline/v1/+/+/status', 1);
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(status('GAS-1'), '{"online":true}', 1, 1, { retain: true });
    await intake.has(1);
    client.drop();
    await until(() => meters.snapshot().gauges.get('mqtt_connections') === 1);
    intake.taken[0]?.release();
    expect(await watcher.next('publish')).toMatchObject({ topic: status('GAS-1') });
    await watcher.pinged();
    expect(watcher.got).toEqual([]);
  });

  test('the second answer of an intake changes nothing', async () => {
    const { port, intake } = await startBroker(stops);
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x', 1, 1);
    await client.next('puback');
    intake.taken[0]?.release('failed');
    await client.pinged();
    expect(client.got).toEqual([]);
  });
});

describe('QoS 2', () => {
  test('PUBREC leaves when the packet is kept; PUBREL is answered by PUBCOMP', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'once', 2, 5);
    await intake.has(1);
    await client.pinged();
    expect(client.got).toEqual([]);
    intake.taken[0]?.release();
    expect(await client.next('pubrec')).toMatchObject({ messageId: 5 });
    client.send({ cmd: 'pubrel', messageId: 5 });
    expect(await client.next('pubcomp')).toMatchObject({ messageId: 5 });
  });

  test('sent again on the same connection it is handed over once: while held, when kept, and no longer after PUBREL', async () => {
    const { port, intake, meters } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'once', 2, 5);
    client.publish(telemetry('GAS-1'), 'once', 2, 5, { dup: true });
    await intake.has(1);
    await client.pinged();
    expect(client.got).toEqual([]);
    intake.taken[0]?.release();
    await client.next('pubrec');
    await client.next('pubrec');
    client.publish(telemetry('GAS-1'), 'once', 2, 5, { dup: true });
    await client.next('pubrec');
    expect(intake.texts()).toEqual(['once']);
    expect(meters.counter('mqtt_sent_again_total')).toBe(2);

    client.send({ cmd: 'pubrel', messageId: 5 });
    await client.next('pubcomp');
    intake.releaseAtOnce = 'kept';
    client.publish(telemetry('GAS-1'), 'another', 2, 5);
    await client.next('pubrec');
    expect(intake.texts()).toEqual(['once', 'another']);
  });

  test('sent again over a new connection of a lasting session it is handed over once', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const before = await RawClient.connect(port, { clientId: 'GAS-1', clean: false });
    before.publish(telemetry('GAS-1'), 'held', 2, 1);
    await intake.has(1);
    before.drop();
    const after = await RawClient.dial(port);
    after.hello({ clientId: 'GAS-1', clean: false });
    expect(await after.next('connack')).toMatchObject({ sessionPresent: true, returnCode: 0 });
    after.publish(telemetry('GAS-1'), 'held', 2, 1, { dup: true });
    await after.pinged();
    expect(intake.taken).toHaveLength(1);
    intake.taken[0]?.release();
    expect(await after.next('pubrec')).toMatchObject({ messageId: 1 });

    // Kept, its PUBREC lost: the same.
    after.drop();
    await after.ended();
    const last = await RawClient.connect(port, { clientId: 'GAS-1', clean: false });
    last.publish(telemetry('GAS-1'), 'held', 2, 1, { dup: true });
    await last.next('pubrec');
    last.send({ cmd: 'pubrel', messageId: 1 });
    await last.next('pubcomp');
    expect(intake.taken).toHaveLength(1);
  });

  test('over a new clean session the same packet id is a new message', async () => {
    const { port, intake } = await startBroker(stops);
    const before = await RawClient.connect(port, { clientId: 'GAS-1' });
    before.publish(telemetry('GAS-1'), 'one', 2, 1);
    await before.next('pubrec');
    before.drop();
    const after = await RawClient.connect(port, { clientId: 'GAS-1' });
    after.publish(telemetry('GAS-1'), 'two', 2, 1);
    await after.next('pubrec');
    expect(intake.texts()).toEqual(['one', 'two']);
  });

  test('what failed may be sent again and is handed over again', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = 'failed';
    const before = await RawClient.connect(port, { clientId: 'GAS-1', clean: false });
    before.publish(telemetry('GAS-1'), 'x', 2, 1);
    await before.ended();
    intake.releaseAtOnce = 'kept';
    const after = await RawClient.connect(port, { clientId: 'GAS-1', clean: false });
    after.publish(telemetry('GAS-1'), 'x', 2, 1, { dup: true });
    await after.next('pubrec');
    expect(intake.texts()).toEqual(['x', 'x']);
  });

  test('PUBRECs leave in the order of arrival', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    for (let i = 1; i <= 20; i++) client.publish(telemetry('GAS-1'), `${i}`, 2, i);
    await intake.has(20);
    for (const p of intake.taken.toReversed()) p.release();
    const order: (number | undefined)[] = [];
    for (let i = 0; i < 20; i++) order.push((await client.next('pubrec')).messageId);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('a client that never says PUBREL is cut off at the bound', async () => {
    const { port, intake, meters } = await startBroker(stops, { limits: { halfDelivered: 10 } });
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    for (let i = 1; i <= 11; i++) client.publish(telemetry('GAS-1'), `${i}`, 2, i);
    await client.ended();
    expect(intake.taken).toHaveLength(10);
    expect(meters.counter('mqtt_cut_off_total{why="half-delivered"}')).toBe(1);
  });
});

describe('last wills and retained status', () => {
  const will = { topic: status('GAS-1'), payload: '{"online":false}', qos: 1, retain: true } as const;

  test('a will is published when the connection breaks, through the intake like any packet', async () => {
    const { port, intake } = await startBroker(stops);
    const watcher = await RawClient.connect(port, { clientId: 'watcher' });
    expect(await watcher.subscribe('lifeline/v1/+/+/status', 1)).toBe(1);
    const client = await RawClient.connect(port, { clientId: 'GAS-1', will });
    await client.pinged();
    expect(intake.taken).toEqual([]);
    client.drop();
    await intake.has(1);
    expect(intake.taken[0]).toMatchObject({
      topic: status('GAS-1'),
      text: '{"online":false}',
      qos: 1,
      retain: true,
    });
    expect(await watcher.next('publish')).toMatchObject({ topic: status('GAS-1'), retain: false });
  });

  test('a will that is not kept is not forwarded', async () => {
    const { port, intake } = await startBroker(stops);
    const watcher = await RawClient.connect(port, { clientId: 'watcher' });
    await watcher.subscribe('lifeline/v1/+/+/status', 1);
    intake.releaseAtOnce = 'failed';
    const client = await RawClient.connect(port, { clientId: 'GAS-1', will });
    client.drop();
    await intake.has(1);
    await watcher.pinged();
    expect(watcher.got).toEqual([]);
  });

  test('a will is not published after DISCONNECT', async () => {
    const { port, intake } = await startBroker(stops);
    const client = await RawClient.connect(port, { clientId: 'GAS-1', will });
    client.disconnect();
    await client.ended();
    const other = await RawClient.connect(port, { clientId: 'other' });
    await other.pinged();
    expect(intake.taken).toEqual([]);
  });

  test('a client that falls silent is closed after one and a half keep-alives, and its will is published', async () => {
    const { port, intake, meters } = await startBroker(stops);
    const client = await RawClient.connect(port, { clientId: 'GAS-1', keepalive: 1, will });
    const since = performance.now();
    await intake.has(1);
    expect(performance.now() - since).toBeGreaterThan(1_400);
    await client.ended();
    expect(meters.counter('mqtt_cut_off_total{why="keep-alive"}')).toBe(1);
  });

  test('a retained status is there for a subscriber that comes later, until an empty one takes it away', async () => {
    const { port } = await startBroker(stops);
    const device = await RawClient.connect(port, { clientId: 'GAS-1' });
    device.publish(status('GAS-1'), '{"online":true}', 1, 1, { retain: true });
    await device.next('puback');
    const late = await RawClient.connect(port, { clientId: 'late' });
    await late.subscribe('lifeline/v1/gas/+/status', 1);
    expect(await late.next('publish')).toMatchObject({ topic: status('GAS-1'), retain: true });

    device.publish(status('GAS-1'), '', 1, 2, { retain: true });
    await device.next('puback');
    device.publish(status('GAS-2'), '{"online":true}', 1, 3, { retain: true });
    await device.next('puback');
    const later = await RawClient.connect(port, { clientId: 'later' });
    expect(await later.retained('lifeline/v1/gas/GAS-1/+', status('GAS-2'))).toEqual([]);
  });

  test('from the PUBACK of a status on, whoever subscribes is told it: as retained, or as it comes', async () => {
    const { port } = await startBroker(stops);
    const device = await RawClient.connect(port, { clientId: 'GAS-1' });
    const readers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => RawClient.connect(port, { clientId: `reader ${i}` })),
    );
    for (const [i, reader] of readers.entries()) {
      device.publish(status('GAS-1'), `${i}`, 1, i + 1, { retain: true });
      await device.next('puback');
      reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: status('GAS-1'), qos: 1 }] });
      while (String((await reader.next('publish')).payload) !== `${i}`);
    }
  });

  test('only a status is retained: the flag of any other packet is not kept', async () => {
    const { port, intake, meters } = await startBroker(stops);
    const device = await RawClient.connect(port, { clientId: 'GAS-1' });
    device.publish(telemetry('GAS-1'), '{"values":{}}', 1, 1, { retain: true });
    await device.next('puback');
    device.publish(status('GAS-1'), '{"online":true}', 1, 2, { retain: true });
    await device.next('puback');
    const late = await RawClient.connect(port, { clientId: 'late' });
    expect(await late.retained('lifeline/v1/+/+/telemetry', status('GAS-1'))).toEqual([]);
    expect(intake.taken[0]?.retain).toBe(false);
    expect(meters.counter('mqtt_retain_ignored_total')).toBe(1);
  });

  test('statuses known from before a restart are there for the first subscriber', async () => {
    const { port, intake } = await startBroker(stops, {
      retainedStatuses: [
        { topic: status('GAS-1'), payload: '{"online":true}' },
        { topic: status('GAS-2'), payload: '{"online":false}' },
      ],
    });
    const client = await RawClient.connect(port);
    const got = await client.retained('lifeline/v1/gas/GAS-2/#', status('GAS-1'));
    expect(got.map((p) => [p.topic, String(p.payload), p.retain])).toEqual([
      [status('GAS-2'), '{"online":false}', true],
    ]);
    expect(intake.taken).toEqual([]);
  });
});

describe('sessions', () => {
  const connackOf = async (port: number, o: Parameters<RawClient['hello']>[0]) => {
    const client = await RawClient.dial(port);
    client.hello(o);
    return { client, connack: await client.next('connack') };
  };

  test('session present says what the server remembers, of a publisher too', async () => {
    const { port } = await startBroker(stops);
    const present = async (clean: boolean) => {
      const { client, connack } = await connackOf(port, { clientId: 'GAS-1', clean });
      client.disconnect();
      await client.ended();
      return connack.sessionPresent;
    };
    expect(await present(false)).toBe(false);
    expect(await present(false)).toBe(true);
    expect(await present(true)).toBe(false);
    expect(await present(false)).toBe(false);
  });

  test('a lasting subscription gets what it missed, once, marked as sent again only if it was', async () => {
    const { port, broker } = await startBroker(stops);
    const { client } = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    expect(await client.subscribe('lifeline/v1/alarms/#', 1)).toBe(1);
    client.disconnect();
    await client.ended();
    broker.tell('lifeline/v1/alarms/1/341602', 'missed', 1);
    const back = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    expect(back.connack.sessionPresent).toBe(true);
    const first = await back.client.next('publish');
    expect([String(first.payload), first.dup, first.qos]).toEqual(['missed', false, 1]);
    // No PUBACK: it comes again.
    back.client.disconnect();
    await back.client.ended();
    const again = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    const second = await again.client.next('publish');
    expect([String(second.payload), second.dup]).toEqual(['missed', true]);
    again.client.send({ cmd: 'puback', messageId: second.messageId as number });
    await again.client.pinged();
    again.client.disconnect();
    await again.client.ended();
    const last = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    await last.client.pinged();
    expect(last.client.got).toEqual([]);
  });

  test('what is told while a lasting subscriber breaks away is not lost to it', async () => {
    const { port, broker } = await startBroker(stops);
    const { client } = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    await client.subscribe('lifeline/v1/alarms/#', 1);
    // Nobody waits for the server to notice: some go out into the void, some find it gone.
    client.drop();
    for (let i = 1; i <= 20; i++) {
      broker.tell('lifeline/v1/alarms/1/341602', `${i}`, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const back = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    for (let i = 1; i <= 20; i++) expect(String((await back.client.next('publish')).payload)).toBe(`${i}`);
  });

  test('overlapping filters of a lasting session bring a message once, and once only after a reconnect', async () => {
    const { port, broker } = await startBroker(stops);
    const { client } = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    await client.subscribe('lifeline/v1/alarms/#', 1, 1);
    await client.subscribe('lifeline/v1/alarms/1/+', 1, 2);
    broker.tell('lifeline/v1/alarms/1/341602', 'a', 1);
    const { messageId } = await client.next('publish');
    client.send({ cmd: 'puback', messageId: messageId as number });
    await client.pinged();
    client.disconnect();
    await client.ended();
    const back = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    await back.client.pinged();
    expect([...client.got, ...back.client.got]).toEqual([]);
  });

  test('an absent subscriber is kept the newest messages, and not more than the bound', async () => {
    const { port, broker, meters } = await startBroker(stops, { limits: { queuedPerSession: 5 } });
    const { client } = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    await client.subscribe('lifeline/v1/alarms/#', 1);
    client.disconnect();
    await client.ended();
    for (let i = 1; i <= 8; i++) broker.tell('lifeline/v1/alarms/1/341602', `${i}`, 1);
    const back = await connackOf(port, { clientId: 'desk', clean: false, username: 'system' });
    const got: string[] = [];
    for (let i = 0; i < 5; i++) got.push(String((await back.client.next('publish')).payload));
    expect(got).toEqual(['4', '5', '6', '7', '8']);
    expect(meters.counter('mqtt_queued_dropped_total')).toBe(3);
  });

  test('nothing is queued for what was refused at SUBSCRIBE', async () => {
    const { port, broker } = await startBroker(stops);
    const { client } = await connackOf(port, { clientId: 'GAS-1', clean: false, username: 'GAS-1' });
    client.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'lifeline/v1/gas/GAS-1/down/#', qos: 1 },
        { topic: 'lifeline/v1/alarms/#', qos: 1 },
      ],
    });
    expect((await client.next('suback')).granted).toEqual([1, 128]);
    client.disconnect();
    await client.ended();
    broker.tell('lifeline/v1/alarms/1/341602', 'not for devices', 1);
    broker.tell('lifeline/v1/gas/GAS-1/down/command', '{"id":1}', 1);
    const back = await connackOf(port, { clientId: 'GAS-1', clean: false, username: 'GAS-1' });
    expect(String((await back.client.next('publish')).payload)).toBe('{"id":1}');
    await back.client.pinged();
    expect(back.client.got).toEqual([]);
  });

  test('the longest absent session is forgotten when there are too many', async () => {
    const { port, meters } = await startBroker(stops, { limits: { sessions: 2 } });
    const visit = async (clientId: string) => {
      const { client, connack } = await connackOf(port, { clientId, clean: false });
      client.disconnect();
      await client.ended();
      return connack.sessionPresent;
    };
    for (const id of ['A', 'B', 'C']) expect(await visit(id)).toBe(false);
    expect(await visit('C')).toBe(true);
    expect(await visit('A')).toBe(false);
    expect(meters.counter('mqtt_sessions_forgotten_total')).toBe(2);
  });

  test('somebody else under the same client id does not go on with the session', async () => {
    const { port, broker } = await startBroker(stops);
    const { client } = await connackOf(port, { clientId: 'GAS-1:a', clean: false, username: 'GAS-1' });
    await client.subscribe('lifeline/v1/gas/GAS-1/down/#', 1);
    client.disconnect();
    await client.ended();
    broker.tell('lifeline/v1/gas/GAS-1/down/command', 'secret', 1);
    const other = await connackOf(port, { clientId: 'GAS-1:a', clean: false });
    expect(other.connack.sessionPresent).toBe(false);
    await other.client.pinged();
    expect(other.client.got).toEqual([]);
  });

  test('a client that connects again takes over its own connection', async () => {
    const { port } = await startBroker(stops);
    const first = await RawClient.connect(port, { clientId: 'GAS-1', username: 'GAS-1' });
    const second = await RawClient.connect(port, { clientId: 'GAS-1', username: 'GAS-1' });
    await first.ended();
    second.publish(telemetry('GAS-1'), 'x', 1, 1);
    await second.next('puback');
  });

  test('what a client sends right behind its CONNECT is taken', async () => {
    const { port, intake } = await startBroker(stops);
    const client = await RawClient.dial(port);
    client.hello({ clientId: 'GAS-1' });
    for (let i = 1; i <= 500; i++) client.publish(telemetry('GAS-1'), `${i}`, 1, i);
    for (let i = 1; i <= 500; i++) expect(await client.next('puback')).toMatchObject({ messageId: i });
    expect(intake.texts()).toEqual(Array.from({ length: 500 }, (_, i) => `${i + 1}`));
  });
});

describe('what the platform tells', () => {
  test('an alarm is told at QoS 1, not retained', async () => {
    const { port, broker } = await startBroker(stops);
    const reader = await RawClient.connect(port, { clientId: 'desk', username: 'system' });
    expect(await reader.subscribe('lifeline/v1/alarms/#', 1)).toBe(1);
    broker.tell('lifeline/v1/alarms/1/341602', '{"id":"a"}', 1);
    expect(await reader.next('publish')).toMatchObject({
      topic: 'lifeline/v1/alarms/1/341602',
      qos: 1,
      retain: false,
    });
    const late = await RawClient.connect(port, { clientId: 'late', username: 'system' });
    broker.tell('lifeline/v1/alarms/last', 'x', 1, true);
    expect(await late.retained('lifeline/v1/alarms/1/#', 'lifeline/v1/alarms/last')).toEqual([]);
  });

  test('telling before the start and after the stop is harmless', async () => {
    const { broker } = await startBroker(stops);
    await broker.stop();
    broker.tell('lifeline/v1/alarms/1/341602', 'x', 1);
    await broker.stop();
  });
});

describe('stopping', () => {
  test('packets in hand are still acknowledged, new ones and new clients are not', async () => {
    const { port, intake, broker } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'in hand', 1, 1);
    await intake.has(1);
    broker.stopAccepting();
    client.publish(telemetry('GAS-1'), 'too late', 1, 2);
    await expect(RawClient.dial(port)).rejects.toThrow('ECONNREFUSED');
    const stopped = broker.stop();
    intake.taken[0]?.release();
    await stopped;
    await client.ended();
    expect(client.got).toMatchObject([{ cmd: 'puback', messageId: 1 }]);
    expect(intake.texts()).toEqual(['in hand']);
  });

  test('our going is not the death of the devices: no will is published', async () => {
    const { port, intake, broker } = await startBroker(stops);
    const will = { topic: status('GAS-1'), payload: '{"online":false}', qos: 1 } as const;
    const client = await RawClient.connect(port, { clientId: 'GAS-1', will });
    await broker.stop();
    await client.ended();
    expect(intake.taken).toEqual([]);
  });

  test('it ends though the intake never answers and a client never reads', async () => {
    const { port, intake, broker } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x', 1, 1);
    await intake.has(1);
    client.socket.pause();
    const since = performance.now();
    await broker.stop();
    expect(performance.now() - since).toBeLessThan(3_000);
  });

  test('a port in use is said so', async () => {
    const { port } = await startBroker(stops);
    await expect(startBroker(stops, { port })).rejects.toThrow(`127.0.0.1:${port}`);
  });
});
