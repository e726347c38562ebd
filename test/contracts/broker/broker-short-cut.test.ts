import fc from 'fast-check';
import { generate, type Packet as MqttPacket } from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, RawClient, startBroker, status, telemetry, until } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const taken = ({ meters }: Bench) => meters.counter('mqtt_short_cut_total');

/** A client whose topic is known: its first packet has gone through aedes. */
async function introduced(bench: Bench, code: string, keepalive = 60): Promise<RawClient> {
  const client = await RawClient.connect(bench.port, { clientId: code, keepalive });
  client.publish(telemetry(code), 'first', 1, 65_535);
  await client.next('puback');
  return client;
}

describe('the fast path', () => {
  test('is for plain packets on a topic that this connection has published on before', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A');
    expect(taken(bench)).toBe(0);
    client.publish(telemetry('A'), 'one', 1, 1);
    client.publish(telemetry('A'), 'again', 1, 1, { dup: true });
    client.publish(telemetry('A'), 'zero', 0);
    await client.pinged();
    expect(taken(bench)).toBe(3);
    client.publish(telemetry('A'), 'two', 2, 2);
    client.publish(telemetry('A'), 'kept', 1, 3, { retain: true });
    client.publish(telemetry('B'), 'elsewhere', 1, 4);
    await bench.intake.has(7);
    await client.pinged();
    expect(taken(bench)).toBe(3);
    expect(bench.intake.texts()).toEqual(['first', 'one', 'again', 'zero', 'two', 'kept', 'elsewhere']);
    expect(bench.intake.taken.map((p) => [p.topic, p.qos])).toContainEqual([telemetry('B'), 1]);
    expect(client.got.filter((p) => p.cmd === 'puback').map((p) => p.messageId)).toEqual([1, 1, 3, 4]);
  });

  test('a device that may not say something may not say it there either', async () => {
    const bench = await startBroker(stops);
    const client = await RawClient.connect(bench.port, { clientId: 'A', username: 'A' });
    client.publish(telemetry('A'), 'mine', 1, 1);
    await client.next('puback');
    client.publish(telemetry('B'), 'not mine', 1, 2);
    await client.ended();
    expect(bench.intake.texts()).toEqual(['mine']);
  });

  test('is not for what is cut short or has no packet id', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A');
    const topic = Buffer.from(telemetry('A'));
    const head = Buffer.concat([Buffer.of(0, topic.length), topic]);
    // The remaining length ends within the packet id; a packet id of 0; a topic that goes beyond the packet.
    client.send(Buffer.concat([Buffer.of(0x32, head.length + 1), head, Buffer.of(0)]));
    client.send(Buffer.concat([Buffer.of(0x32, head.length + 2), head, Buffer.of(0, 0)]));
    client.send(Buffer.concat([Buffer.of(0x32, 4), Buffer.of(0, 200, 1, 1)]));
    client.send({ cmd: 'disconnect' });
    await client.ended();
    expect(taken(bench)).toBe(0);
  });

  const telemetryOf = (code: string) => fc.record({ topic: fc.constant(telemetry(code)) });
  const packet = fc
    .oneof(
      { weight: 6, arbitrary: telemetryOf('A') },
      { weight: 1, arbitrary: telemetryOf('B') },
      { weight: 1, arbitrary: fc.record({ topic: fc.constant(status('A')) }) },
    )
    .chain(({ topic }) =>
      fc.record({
        topic: fc.constant(topic),
        qos: fc.constantFrom<0 | 1 | 2>(0, 1, 1, 1, 1, 2),
        retain: fc.boolean().map((r) => r && topic === status('A')),
        bytes: fc.integer({ min: 0, max: 300 }),
        pingBefore: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      }),
    );

  test('however the stream is cut: every packet once, in order, and acknowledged in order', async () => {
    const bench = await startBroker(stops);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(packet, { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
        async (packets, cuts) => {
          const client = await introduced(bench, 'A');
          const before = bench.intake.taken.length;
          const mark = `r${++round}`;
          const payloads = packets.map((p, i) => `${mark}-${i} ${'x'.repeat(p.bytes)}`);
          const all = Buffer.concat(
            packets.flatMap(({ topic, qos, retain, pingBefore }, i) => {
              const publish: MqttPacket = {
                cmd: 'publish',
                topic,
                payload: payloads[i] as string,
                qos,
                retain,
                dup: false,
                ...(qos === 0 ? {} : { messageId: i + 1 }),
              };
              return [...(pingBefore ? [generate({ cmd: 'pingreq' })] : []), generate(publish)];
            }),
          );
          for (let at = 0, n = 0; at < all.length; n++) {
            const size = cuts[n % cuts.length] as number;
            client.send(all.subarray(at, at + size));
            at += size;
            await new Promise((resolve) => setImmediate(resolve));
          }
          await bench.intake.has(before + packets.length);
          await client.pinged();
          const answers = packets.flatMap((p, i) =>
            p.qos === 0 ? [] : [`${p.qos === 1 ? 'puback' : 'pubrec'} ${i + 1}`],
          );
          await until(() => client.got.filter((p) => p.cmd !== 'pingresp').length >= answers.length);
          expect(bench.intake.texts().slice(before)).toEqual(payloads);
          const got = client.got.filter((p) => p.cmd === 'puback' || p.cmd === 'pubrec');
          const ids = (cmd: string) => got.filter((p) => p.cmd === cmd).map((p) => `${cmd} ${p.messageId}`);
          const due = (cmd: string) => answers.filter((a) => a.startsWith(cmd));
          expect(ids('puback')).toEqual(due('puback'));
          // aedes stores what is to be retained before it answers: a PUBREC behind it may pass.
          expect(ids('pubrec').sort()).toEqual(due('pubrec').sort());
          client.disconnect();
          await client.ended();
        },
      ),
      { numRuns: 150 },
    );
    expect(taken(bench)).toBeGreaterThan(50);
  });

  test('whoever subscribes hears all from then on, each packet once, and it is left to aedes meanwhile', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A');
    client.publish(telemetry('A'), 'unheard', 1, 1);
    await client.next('puback');
    expect(taken(bench)).toBe(1);
    const listener = await RawClient.connect(bench.port, { clientId: 'L' });
    await listener.subscribe('lifeline/v1/gas/+/telemetry', 1);
    for (let i = 0; i < 20; i++) client.publish(telemetry('A'), `heard ${i}`, 1, i + 2);
    for (let i = 0; i < 20; i++) expect(String((await listener.next('publish')).payload)).toBe(`heard ${i}`);
    await listener.pinged();
    expect(listener.got).toEqual([]);
    expect(taken(bench)).toBe(1);
  });

  test('after somebody else subscribes to something else it is taken again', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A');
    const listener = await RawClient.connect(bench.port, { clientId: 'L' });
    await listener.subscribe('lifeline/v1/alarms/#', 1);
    for (let i = 1; i <= 3; i++) {
      client.publish(telemetry('A'), 'x', 1, i);
      await client.next('puback');
    }
    await client.pinged();
    expect(taken(bench)).toBe(2);
  });

  test('a PUBACK by it does not overtake one by aedes, nor the other way round', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A');
    bench.intake.releaseAtOnce = null;
    const ids = Array.from({ length: 30 }, (_, i) => i + 1);
    // Every third on a topic of its own, which aedes sees first.
    for (const id of ids) client.publish(telemetry(id % 3 === 0 ? `A-${id}` : 'A'), `${id}`, 1, id);
    await bench.intake.has(31);
    for (const packet of bench.intake.taken.slice(1).reverse()) packet.release();
    const order: (number | undefined)[] = [];
    for (const _ of ids) order.push((await client.next('puback')).messageId);
    expect(order).toEqual(ids);
    expect(taken(bench)).toBeGreaterThan(0);
  });

  test('is a sign of life: who only publishes is not taken for dead', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A', 1);
    for (let i = 1; i <= 9; i++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      client.publish(telemetry('A'), 'x', 1, i);
      await client.next('puback');
    }
    expect(taken(bench)).toBe(9);
    expect(client.closed).toBe(false);
  });

  test('what failed is not acknowledged: the connection ends', async () => {
    const bench = await startBroker(stops);
    const client = await introduced(bench, 'A');
    bench.intake.releaseAtOnce = 'failed';
    client.publish(telemetry('A'), 'x', 1, 1);
    await client.ended();
    expect(client.got).toEqual([]);
    expect(bench.meters.counter('mqtt_cut_off_total{why="not-kept"}')).toBe(1);
  });
});
