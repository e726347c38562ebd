import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeptSession } from '../../../src/adapters/broker-outside/kept-session.ts';
import { Outgoing } from '../../../src/adapters/broker-outside/outgoing.ts';
import { TakenPackets } from '../../../src/adapters/broker-outside/taken-packets.ts';
import { eventually } from '../../support/eventually.ts';
import { endProcess, freePort, hasMosquitto, mosquitto } from '../../support/pair/mosquitto.ts';
import { type ApiClient, ServiceProcess } from '../../support/service-process.ts';

const has = hasMosquitto();
if (!has) console.warn('SKIPPED: an outside broker: mosquitto is not installed');
/** Each takes a start. */
const KILLS = Number(process.env.OUTSIDE_KILLS ?? 3);
const DEVICES = 6;
const MINUTE = 60_000;
const AT_MOST = 1_400;

describe.skipIf(!has)('devices at a broker that others run', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-outside-'));
  const data = join(dir, 'data');
  let port: number;
  let broker: ChildProcess;
  let service: ServiceProcess;
  let devices: MqttClient;
  const begin = () => ServiceProcess.start(data, { LIFELINE_MQTT_URL: `mqtt://127.0.0.1:${port}` });
  const connected = () =>
    eventually(async () => service.log.find((l) => l.msg === 'connected to the broker') ?? false);

  beforeAll(async () => {
    port = await freePort();
    broker = await mosquitto(dir, port);
    mkdirSync(join(data, 'mappings'), { recursive: true });
    service = await begin();
    await connected();
    devices = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
  }, 120_000);
  afterAll(async () => {
    devices?.end(true);
    await service?.kill();
    if (broker?.exitCode === null && broker.signalCode === null) await endProcess(broker, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  // A reading a minute, as a city's gauges say it, told quickly.
  const from = Math.floor(Date.now() / MINUTE) * MINUTE - AT_MOST * MINUTE;
  const sent = Array.from({ length: DEVICES }, (): number[] => []);
  const report = async (i: number) => {
    const t = from + (sent[i]?.length ?? 0) * MINUTE;
    sent[i]?.push(t);
    await devices.publishAsync(
      `lifeline/v1/waterlogging/OUT-${i}/telemetry`,
      JSON.stringify({ ts: t, values: { depth: (sent[i]?.length ?? 0) % 3 } }),
      { qos: 1 },
    );
  };
  const storedOf = async (api: ApiClient, i: number) =>
    (
      await api.all<{ t: string; value: number }>(
        `/points/OUT-${i}/readings?metric=depth&limit=5000&from=${new Date(from).toISOString()}`,
      )
    ).map(({ t, value }) => ({ t: Date.parse(t), value }));

  test('killed again and again: what the broker had for us comes, each once, and an alarm is told over it', async () => {
    const told: string[] = [];
    const reader = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'reader', clean: false });
    reader.on('message', (topic) => told.push(topic));
    await reader.subscribeAsync('lifeline/v1/alarms/#', { qos: 1 });
    let going = true;
    const reporting = (async () => {
      while (going && (sent[0]?.length ?? 0) < AT_MOST - 30)
        for (let i = 0; i < DEVICES; i++) await report(i);
    })();
    for (let round = 0; round < KILLS; round++) {
      const before = sent[0]?.length ?? 0;
      await eventually(async () => (sent[0]?.length ?? 0) > before + 20, 60_000);
      await service.kill();
      service = await begin();
      // Everything that it was sent meanwhile waited for it.
      expect((await connected()).sessionPresent).toBe(true);
    }
    going = false;
    await reporting;
    const api = await service.client();
    for (let i = 0; i < DEVICES; i++)
      expect(
        await eventually(async () => {
          const stored = await storedOf(api, i);
          return stored.length >= (sent[i]?.length ?? 0) && stored.map(({ t }) => t);
        }, 60_000),
      ).toEqual(sent[i]);
    expect((await api.get<{ items: unknown[] }>('/losses')).items).toEqual([]);
    await devices.publishAsync('lifeline/v1/gas/OUT-GAS/telemetry', '{"values":{"ch4":60}}', { qos: 1 });
    await eventually(async () => told.some((topic) => topic.startsWith('lifeline/v1/alarms/1/')), 60_000);
    reader.end(true);
  }, 240_000);

  test('a topic that a mapping names is read there, too, without a restart', async () => {
    const api = await service.client();
    const mapping = {
      name: 'theirs',
      protocol: 'json',
      lifeline: 'waterlogging',
      topics: ['theirs/{station}/up'],
      station: { at: '$station' },
      values: { take: { d: 'depth' } },
    };
    expect(await api.put('/mappings/theirs', mapping)).toMatchObject({ status: 200 });
    await eventually(async () => {
      await devices.publishAsync('theirs/OUT-1/up', '{"d":7}', { qos: 1 });
      return (await storedOf(api, 1)).some(({ value }) => value === 7);
    }, 60_000);
  }, 60_000);

  test('a broker that has lost our session is in the loss ledger, and is read on', async () => {
    await endProcess(broker, 'SIGKILL');
    rmSync(join(dir, 'kept'), { recursive: true, force: true });
    broker = await mosquitto(dir, port);
    const api = await service.client();
    const loss = await eventually(
      async () =>
        (await api.get<{ items: { cause: string; why: string }[] }>('/losses')).items.find(
          (l) => l.cause === 'broker-session',
        ) ?? false,
      60_000,
    );
    expect(loss.why).toMatch(/did not have our session any more/);
    devices.end(true);
    devices = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
    const before = sent[0]?.length ?? 0;
    await eventually(async () => {
      await report(0);
      return (await storedOf(api, 0)).length > before;
    }, 30_000);
  }, 120_000);
});

describe('what came again', () => {
  const bytes = new TextEncoder().encode('{"values":{}}');
  test('is acknowledged in order, and taken once', () => {
    const taken = new TakenPackets();
    const a = taken.take(1, 't', bytes, false);
    const b = taken.take(2, 't', bytes, false);
    b?.('kept');
    expect(taken.due()).toEqual([]);
    taken.connectionLost();
    expect(taken.take(1, 't', bytes, true)).toBeNull();
    expect(taken.take(2, 't', bytes, true)).toBeNull();
    a?.('kept');
    expect(taken.due()).toEqual([1, 2]);
    // Acknowledged: the id is free for another packet.
    expect(taken.take(1, 't', bytes, false)).not.toBeNull();
  });

  test('is taken anew where it could not be kept, where it says something else, and of a new session', () => {
    const taken = new TakenPackets();
    taken.take(1, 't', bytes, false)?.('failed');
    taken.connectionLost();
    expect(taken.take(1, 't', bytes, true)).not.toBeNull();
    expect(taken.take(2, 't', bytes, false)).not.toBeNull();
    taken.connectionLost();
    expect(taken.take(2, 'other', bytes, true)).not.toBeNull();
    taken.sessionLost();
    expect(taken.take(1, 't', bytes, true)).not.toBeNull();
  });
});

describe('the name by which the broker knows us', () => {
  test('is kept over restarts; a file that cannot be read stops nobody', () => {
    const dir = mkdtempSync(join(tmpdir(), 'lifeline-session-'));
    try {
      const first = new KeptSession(dir);
      expect(first.isExpected).toBe(false);
      first.begun();
      const second = new KeptSession(dir);
      expect([second.clientId, second.isExpected]).toEqual([first.clientId, true]);
      for (const torn of ['', '{"clientId', 'null', '{"clientId":7}']) {
        writeFileSync(join(dir, 'mqtt-session.json'), torn);
        const other = new KeptSession(dir);
        expect([other.clientId === '', other.isExpected]).toEqual([false, false]);
      }
      // What could not be written is not known, and is tried again.
      const lost = new KeptSession(join(dir, 'not-there'));
      expect(() => lost.begun()).toThrow(/ENOENT/);
      expect(lost.isExpected).toBe(false);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('what others are told over it', () => {
  test('is told again over a lost connection, in order; a command never after its end', () => {
    let now = 1_000_000;
    const sent: { id: number; topic: string; left: number | undefined }[] = [];
    const out = new Outgoing({
      send: ({ messageId = 0, topic, properties }) =>
        sent.push({ id: messageId, topic, left: properties?.messageExpiryInterval }),
      dropped: () => undefined,
      now: () => now,
    });
    out.add({ topic: 'a', payload: '' });
    out.add({ topic: 'close-valve', payload: '', until: now + 30_000 });
    out.add({ topic: 'b', payload: '' });
    expect(sent).toEqual([]);
    out.connected();
    expect(sent.map((s) => [s.topic, s.left])).toEqual([
      ['a', undefined],
      ['close-valve', 30],
      ['b', undefined],
    ]);
    out.has(sent[0]?.id ?? 0);
    out.lost();
    now += 31_000;
    sent.length = 0;
    out.connected();
    expect(sent.map((s) => s.topic)).toEqual(['b']);
  });
});
