import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { RawClient, rawConnect, rawPublish, startBroker, telemetry, varint } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Sends bytes as the first thing; what came back before the end, as return codes. */
async function answerTo(port: number, bytes: Uint8Array): Promise<(number | undefined)[]> {
  const client = await RawClient.dial(port);
  client.send(bytes);
  await Promise.race([client.ended(), client.next('connack').then((p) => client.got.unshift(p))]);
  return client.got.map((p) => (p.cmd === 'connack' ? p.returnCode : undefined));
}

describe('a CONNECT that is none', () => {
  test.each<[string, Parameters<typeof rawConnect>[0], number[]]>([
    ['a plain one is let in', { fields: ['GAS-1'] }, [0]],
    ['MQTT 3.1 is let in', { protocol: 'MQIsdp', level: 3, fields: ['GAS-1'] }, [0]],
    ['MQTT 5 gets code 1', { level: 5, fields: ['GAS-1'] }, [1]],
    ['level 6 gets code 1', { level: 6, fields: ['GAS-1'] }, [1]],
    ['level 3 under the name of 3.1.1 gets code 1', { level: 3, fields: ['GAS-1'] }, [1]],
    ['a bridge gets code 1', { level: 0x84, fields: ['GAS-1'] }, [1]],
    ['another protocol is closed', { protocol: 'HTTP', fields: ['GAS-1'] }, []],
    ['a reserved flag is closed', { flags: 3, fields: ['GAS-1'] }, []],
    ['will QoS 3 is closed', { flags: 2 | 4 | 0x18, fields: ['GAS-1', 't', 'm'] }, []],
    ['will retain without will is closed', { flags: 2 | 0x20, fields: ['GAS-1'] }, []],
    ['a password without user name is closed', { flags: 2 | 0x40, fields: ['GAS-1', 'p'] }, []],
    ['a missing field is closed', { flags: 2 | 0x80, fields: ['GAS-1'] }, []],
    ['no client id at all is closed', { fields: [] }, []],
    ['bytes after the end are closed', { fields: ['GAS-1'], tail: Buffer.of(1) }, []],
    ['U+0000 in the client id is closed', { fields: ['GAS\u0000'] }, []],
    ['broken UTF-8 in the client id is closed', { fields: [Buffer.of(0x47, 0xff)] }, []],
    ['an encoded surrogate in the client id is closed', { fields: [Buffer.of(0xed, 0xa0, 0x80)] }, []],
    ['U+0000 in the will topic is closed', { flags: 6, fields: ['GAS-1', 'a\u0000', 'm'] }, []],
    ['control characters in the client id get code 2', { fields: ['GAS\n1'] }, [2]],
    ['a client id of 128 characters is let in', { fields: ['x'.repeat(128)] }, [0]],
    ['a client id of 129 characters gets code 2', { fields: ['x'.repeat(129)] }, [2]],
    ['an empty client id with clean session is let in', { fields: [''] }, [0]],
    ['an empty client id without clean session gets code 2', { flags: 0, fields: [''] }, [2]],
    ['an empty client id in MQTT 3.1 gets code 2', { protocol: 'MQIsdp', level: 3, fields: [''] }, [2]],
    ['control characters in the user name get code 4', { flags: 0x82, fields: ['GAS-1', 'a\u0001'] }, [4]],
    ['__proto__ is only a strange client id', { fields: ['__proto__'] }, [0]],
    ['constructor too', { fields: ['constructor'] }, [0]],
    ['and Chinese', { fields: ['燃气一号'] }, [0]],
  ])('%s', async (_what, parts, codes) => {
    const { port } = await startBroker(stops);
    expect(await answerTo(port, rawConnect(parts))).toEqual(codes);
  });

  test.each<[string, Uint8Array]>([
    ['a PUBLISH', rawPublish(telemetry('GAS-1'), 'x')],
    ['a TLS hello', Buffer.of(0x16, 3, 1, 2, 0)],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    [
      'a CONNECT with flags in its first byte',
      Buffer.concat([Buffer.of(0x12), rawConnect({ fields: ['a'] }).subarray(1)]),
    ],
    ['a length of five bytes', Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff, 0x01)],
    ['a CONNECT of 200 MiB', Buffer.concat([Buffer.of(0x10), varint(200 * 1024 * 1024)])],
    ['a CONNECT of 16 KiB and more', Buffer.concat([Buffer.of(0x10), varint(16 * 1024)])],
  ])('%s as the first packet is closed, without an answer', async (_what, bytes) => {
    const { port, intake, meters } = await startBroker(stops);
    expect(await answerTo(port, bytes)).toEqual([]);
    expect(intake.taken).toEqual([]);
    expect(
      [...meters.snapshot().counters.keys()].filter((k) => k.startsWith('mqtt_refused_total')),
    ).toHaveLength(1);
  });

  test('an MQTT 5 client is told in the log what would be right, with its address, once a minute', async () => {
    const { port, log, meters } = await startBroker(stops);
    for (let i = 0; i < 5; i++)
      expect(await answerTo(port, rawConnect({ level: 5, fields: ['GAS-1'] }))).toEqual([1]);
    const told = log.lines.filter((l) => /MQTT 5/.test(l.msg));
    expect(told).toHaveLength(1);
    expect(told[0]?.msg).toContain('3.1.1');
    expect(told[0]?.fields).toMatchObject({ address: '127.0.0.1' });
    expect(meters.counter('mqtt_refused_total{why="mqtt5"}')).toBe(5);
  });

  test('a second CONNECT on the same connection ends it', async () => {
    const { port } = await startBroker(stops);
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.hello({ clientId: 'GAS-1' });
    await client.ended();
  });

  test('a CONNECT that comes byte by byte is a CONNECT', async () => {
    const { port } = await startBroker(stops);
    const client = await RawClient.dial(port);
    for (const byte of rawConnect({ fields: ['GAS-1'] })) {
      client.send(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.next('connack')).toMatchObject({ returnCode: 0 });
  });
});

describe('how many, how fast, how slow', () => {
  const strict = {
    loopbackExempt: false,
    connectionsPerAddress: 5,
    newAtOncePerAddress: 100,
    newPerSecondPerAddress: 1,
  };

  test('one address gets no more connections than its share; one that leaves makes room', async () => {
    const { port, meters } = await startBroker(stops, { limits: strict });
    const clients = [];
    for (let i = 0; i < 5; i++) clients.push(await RawClient.connect(port, { clientId: `C${i}` }));
    const sixth = await RawClient.dial(port);
    await sixth.ended();
    expect(meters.counter('mqtt_refused_total{why="address-full"}')).toBe(1);
    clients[0]?.disconnect();
    await clients[0]?.ended();
    await RawClient.connect(port, { clientId: 'C6' });
  });

  test('one address that opens connections too fast is refused', async () => {
    const { port, meters } = await startBroker(stops, { limits: { ...strict, newAtOncePerAddress: 3 } });
    for (let i = 0; i < 3; i++) (await RawClient.connect(port, { clientId: 'C' })).disconnect();
    await (await RawClient.dial(port)).ended();
    expect(meters.counter('mqtt_refused_total{why="address-rate"}')).toBe(1);
  });

  test('when all connections are in use, the next is refused and counted', async () => {
    const { port, meters } = await startBroker(stops, { limits: { connections: 2 } });
    const a = await RawClient.connect(port, { clientId: 'A' });
    await RawClient.connect(port, { clientId: 'B' });
    await (await RawClient.dial(port)).ended();
    expect(meters.counter('mqtt_refused_total{why="full"}')).toBe(1);
    await a.pinged();
  });

  test('with too many that wait for their CONNECT the newcomer goes, and who is on their way in gets in', async () => {
    const { port, meters } = await startBroker(stops, { limits: { waiting: 3 } });
    const slow = [];
    for (let i = 0; i < 3; i++) slow.push(await RawClient.dial(port));
    await (await RawClient.dial(port)).ended();
    expect(meters.counter('mqtt_refused_total{why="waiting"}')).toBe(1);
    slow[0]?.send(rawConnect({ fields: ['GAS-1'] }));
    expect((await slow[0]?.next('connack'))?.returnCode).toBe(0);
    await RawClient.connect(port, { clientId: 'GAS-2' });
  });

  test('one address that fills the waiting room gives way to another', async () => {
    const { port, meters } = await startBroker(stops, { limits: { waiting: 3 } });
    const idle = [];
    for (let i = 0; i < 3; i++) idle.push(await RawClient.dial(port));
    const other = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
    await idle[0]?.ended();
    expect(idle.map((c) => c.closed)).toEqual([true, false, false]);
    expect(meters.counter('mqtt_refused_total{why="waiting"}')).toBe(1);
    other.destroy();
  });

  test('half a CONNECT is not waited for longer than the time-out', async () => {
    const { port, meters } = await startBroker(stops, { limits: { connectWithin: 150 } });
    const client = await RawClient.dial(port);
    client.send(rawConnect({ fields: ['GAS-1'] }).subarray(0, 10));
    await client.ended();
    expect(meters.counter('mqtt_refused_total{why="late"}')).toBe(1);
  });

  test('a client that wants no keep-alive is watched all the same', async () => {
    const { port } = await startBroker(stops, { limits: { keepAliveSeconds: 1 } });
    for (const keepalive of [0, 60_000]) {
      const client = await RawClient.connect(port, { clientId: 'GAS-1', keepalive });
      await client.ended();
    }
  });
});

describe('packets after the CONNECT', () => {
  test('256 KiB of payload are taken, and one packet larger than that ends the connection before its body came', async () => {
    const { port, intake, meters } = await startBroker(stops);
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'x'.repeat(256 * 1024), 1, 1);
    await client.next('puback');
    expect(intake.taken[0]?.payload).toHaveLength(256 * 1024);
    client.send(Buffer.concat([Buffer.of(0x30), varint(200 * 1024 * 1024), Buffer.alloc(20)]));
    await client.ended();
    expect(meters.counter('mqtt_cut_off_total{why="packet-too-large"}')).toBe(1);
  });

  test('while a packet is held its client is still heard: PINGs are answered', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    for (let i = 1; i <= 30; i++) client.publish(telemetry('GAS-1'), `${i}`, 1, i);
    await intake.has(30);
    for (let i = 0; i < 5; i++) await client.pinged();
    expect(client.got).toEqual([]);
  });

  test('QoS 0 of the same client does not wait for an acknowledgement that is held', async () => {
    const { port, intake } = await startBroker(stops);
    intake.releaseAtOnce = null;
    const watcher = await RawClient.connect(port, { clientId: 'watcher' });
    await watcher.subscribe('lifeline/v1/#');
    const client = await RawClient.connect(port, { clientId: 'GAS-1' });
    client.publish(telemetry('GAS-1'), 'held', 1, 1);
    client.publish(telemetry('GAS-1'), 'dropped', 0);
    await intake.has(2);
    intake.taken[1]?.release('dropped');
    expect(String((await watcher.next('publish')).payload)).toBe('dropped');
  });

  test('a client whose packets are held is not read without bound, and reads on when they are released', async () => {
    const { port, intake, meters } = await startBroker(stops, { limits: { heldBytesPerClient: 20_000 } });
    intake.releaseAtOnce = null;
    const flood = await RawClient.connect(port, { clientId: 'GAS-1' });
    const other = await RawClient.connect(port, { clientId: 'GAS-2' });
    const n = 2_000;
    for (let i = 1; i <= n; i++) flood.publish(telemetry('GAS-1'), 'x'.repeat(1_000), 1, i);
    await intake.has(10);
    for (let i = 0; i < 20; i++) await other.pinged();
    // The bound, and the chunk that was being read when it was reached.
    expect(intake.taken.length * 1_300).toBeLessThan(20_000 + 2 * 65_536);
    other.publish(telemetry('GAS-2'), 'not affected', 1, 1);
    await intake.has(intake.taken.length + 1);
    intake.releaseAtOnce = 'kept';
    for (const p of [...intake.taken]) p.release();
    for (let i = 1; i <= n; i++) expect(await flood.next('puback')).toMatchObject({ messageId: i });
    await other.next('puback');
    expect(meters.counter('mqtt_packets_total{qos="1"}')).toBe(n + 1);
  });

  test('when all that may be held is held, everybody waits, and everybody goes on', async () => {
    const { port, intake } = await startBroker(stops, { limits: { heldBytes: 5_000 } });
    intake.releaseAtOnce = null;
    const clients = [];
    for (let c = 0; c < 5; c++) {
      const client = await RawClient.connect(port, { clientId: `GAS-${c}` });
      clients.push(client);
      for (let i = 1; i <= 100; i++) client.publish(telemetry(`GAS-${c}`), 'x'.repeat(1_000), 1, i);
    }
    await intake.has(5);
    intake.releaseAtOnce = 'kept';
    for (const p of [...intake.taken]) p.release();
    for (const client of clients) for (let i = 1; i <= 100; i++) await client.next('puback');
  });

  test('when all that may be held is held, a newcomer is let in and heard, and their large packet waits for room', async () => {
    const { port, intake } = await startBroker(stops, { limits: { heldBytes: 5_000 } });
    intake.releaseAtOnce = null;
    const first = await RawClient.connect(port, { clientId: 'GAS-1' });
    first.publish(telemetry('GAS-1'), 'x'.repeat(6_000), 1, 1);
    await intake.has(1);
    const late = await RawClient.connect(port, { clientId: 'GAS-2' });
    await late.pinged();
    late.publish(telemetry('GAS-2'), 'y'.repeat(200_000), 1, 1);
    const other = await RawClient.connect(port, { clientId: 'GAS-3' });
    for (let i = 0; i < 10; i++) await other.pinged();
    expect(intake.taken).toHaveLength(1);
    intake.releaseAtOnce = 'kept';
    intake.taken[0]?.release();
    await late.next('puback');
    expect(intake.taken[1]?.payload).toHaveLength(200_000);
  });

  test('a subscriber that does not read is cut off, and others go on hearing', async () => {
    const { port, broker, meters } = await startBroker(stops, { limits: { unreadBytes: 100_000 } });
    const frozen = await RawClient.connect(port, { clientId: 'frozen', username: 'system' });
    await frozen.subscribe('lifeline/v1/alarms/#', 0);
    const well = await RawClient.connect(port, { clientId: 'well', username: 'system' });
    await well.subscribe('lifeline/v1/alarms/#', 0);
    frozen.socket.pause();
    const n = 400;
    for (let i = 0; i < n; i++) {
      broker.tell('lifeline/v1/alarms/1/341602', `${i} ${'x'.repeat(50_000)}`, 0);
      expect(String((await well.next('publish')).payload).split(' ')[0]).toBe(`${i}`);
    }
    expect(meters.counter('mqtt_cut_off_total{why="slow-subscriber"}')).toBe(1);
  });
});
