import { afterEach, describe, expect, test } from 'vitest';
import { Paces } from '../../../src/adapters/broker-aedes/pace.ts';
import type { Offence } from '../../../src/flow/ports/broker.ts';
import { RawClient, startBroker, telemetry } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe('a pace', () => {
  const limit = { perSecond: 10, atOnce: 20 };

  test('what is stored goes at once, then as much as was agreed', () => {
    let now = 0;
    const paces = new Paces(() => now);
    const pace = paces.of('A', limit);
    for (let i = 0; i < 20; i++) paces.spend(pace);
    expect(paces.wait(pace)).toBe(0);
    paces.spend(pace);
    expect(paces.wait(pace)).toBe(100);
    now = 100;
    expect(paces.wait(pace)).toBe(0);
    now = 1_000_000;
    for (let i = 0; i < 25; i++) paces.spend(pace);
    expect(paces.wait(pace)).toBe(500);
  });

  test('coming again over another connection does not make anybody faster', () => {
    let now = 0;
    const paces = new Paces(() => now);
    const first = paces.of('A', limit);
    for (let i = 0; i < 30; i++) paces.spend(first);
    paces.left('A');
    const again = paces.of('A', limit);
    expect(paces.wait(again)).toBe(1_000);
    expect(paces.wait(paces.of('B', limit))).toBe(0);
    now = 4_000;
    paces.left('A');
    expect(paces.of('A', limit)).not.toBe(again);
  });
});

describe('a device that is too fast', () => {
  test('is read more slowly, loses nothing, is counted, and others do not notice', async () => {
    const offences: Offence[] = [];
    const { port, intake, meters, log } = await startBroker(stops, {
      limits: { messagesPerDevice: 100, messagesAtOncePerDevice: 50 },
      offended: (o) => offences.push(o),
    });
    const fast = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A' });
    const other = await RawClient.connect(port, { clientId: 'DEV-B', username: 'DEV-B' });
    const since = performance.now();
    for (let i = 1; i <= 100; i++) fast.publish(telemetry('DEV-A'), `${i}`, 1, i);
    await intake.has(100);
    fast.publish(telemetry('DEV-A'), 'late', 1, 101);
    other.publish(telemetry('DEV-B'), 'B', 1, 1);
    await other.next('puback');
    expect(intake.texts()).not.toContain('late');
    await intake.has(102);
    // Fifty at once, and fifty that are paid for at a hundred a second.
    expect(performance.now() - since).toBeGreaterThan(400);
    expect(meters.counter('mqtt_slowed_total')).toBeGreaterThan(0);
    expect(offences).toContainEqual(
      expect.objectContaining({ by: 'device DEV-A', code: 'too-fast', address: '127.0.0.1' }),
    );
    expect(log.lines.filter((l) => l.msg.includes('too fast'))).toHaveLength(1);
    for (let i = 1; i <= 101; i++) expect((await fast.next('puback')).messageId).toBe(i);
  });

  test('devices behind one address that are too fast together are read more slowly, and lose nothing', async () => {
    const { port, intake, meters } = await startBroker(stops, {
      limits: { loopbackExempt: false, messagesPerAddress: 10 },
    });
    const come = (user: string) => RawClient.connect(port, { clientId: user, username: user });
    const [a, b] = [await come('DEV-A'), await come('DEV-B')];
    const since = performance.now();
    // Ten seconds' worth at once is theirs: 100 together. The five beyond it are paid for at ten a second.
    for (let i = 1; i <= 60; i++) a.publish(telemetry('DEV-A'), `${i}`, 1, i);
    await intake.has(60);
    for (let i = 1; i <= 45; i++) b.publish(telemetry('DEV-B'), `${i}`, 1, i);
    await intake.has(105);
    b.publish(telemetry('DEV-B'), 'late', 1, 46);
    await intake.has(106);
    expect(performance.now() - since).toBeGreaterThan(400);
    expect(meters.counter('mqtt_slowed_total')).toBeGreaterThan(0);
    for (let i = 1; i <= 46; i++) expect((await b.next('puback')).messageId).toBe(i);
  });

  test('with one connection too many its own oldest goes, and nobody else’s', async () => {
    const { port, meters } = await startBroker(stops, { limits: { connectionsPerDevice: 2 } });
    const come = (user: string, id: string) => RawClient.connect(port, { clientId: id, username: user });
    const other = await come('DEV-B', 'DEV-B');
    const [oldest, second] = [await come('DEV-A', 'DEV-A:1'), await come('DEV-A', 'DEV-A:2')];
    const third = await come('DEV-A', 'DEV-A:3');
    await oldest.ended();
    for (const client of [other, second, third]) await client.pinged();
    expect(meters.counter('mqtt_cut_off_total{why="device-full"}')).toBe(1);
  });
});

describe('connections that are ended on request', () => {
  test('are those that were picked, whatever they are doing', async () => {
    const { port, broker, meters } = await startBroker(stops);
    const a = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A' });
    const b = await RawClient.connect(port, { clientId: 'DEV-B', username: 'DEV-B' });
    expect(
      broker.cutOff((who) => who.as === 'device' && who.device === 'DEV-A', 'revoked', 'so it was said'),
    ).toBe(1);
    await a.ended();
    await b.pinged();
    expect(meters.counter('mqtt_cut_off_total{why="revoked"}')).toBe(1);
  });
});
