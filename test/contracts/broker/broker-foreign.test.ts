import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BrokerAedes } from '../../../src/adapters/broker-aedes/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { PacketDoors } from '../../../src/flow/doors/doors.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { MemoryMappings } from '../../memory/mappings.ts';

// Topics of other platforms on our own broker, where a mapping names them.

const UP = {
  name: 'up',
  protocol: 'json',
  topics: ['app/{app}/device/{station}/up'],
  from: ['bridge'],
  station: { at: '$station' },
  values: { take: { ch4: 'ch4' } },
};
const ME = { ...UP, name: 'me', topics: ['v1/devices/me/telemetry'], from: [], station: { at: '$client' } };

let flow: FlowHarness;
let broker: BrokerAedes;
let port: number;
let isDurable = true;
const waiting: (() => void)[] = [];
const clients: MqttClient[] = [];
const offences: string[] = [];

beforeEach(async () => {
  isDurable = true;
  flow = await FlowHarness.begin({
    hooks: { before: () => (isDurable ? undefined : new Promise((resolve) => waiting.push(resolve))) },
  });
  const mappings = new MemoryMappings();
  for (const m of [UP, ME]) expect(mappings.put(m.name, JSON.stringify(m)).ok).toBe(true);
  const { core, turn, meters, clock, log } = flow;
  const doors = new PacketDoors({
    mappings,
    register: core.register,
    book: core.book,
    autoRegister: false,
    intake: turn.intake,
    meters,
  });
  broker = new BrokerAedes({
    host: '127.0.0.1',
    port: 0,
    intake: turn.intake,
    foreign: { forbidden: (w, t) => doors.forbidden(w, t), fromTopic: (w, p, r) => doors.fromTopic(w, p, r) },
    gate: async ({ username }) =>
      username?.startsWith('system:')
        ? {
            as: 'system',
            name: username.slice('system:'.length),
            areas: username === 'system:bound' ? ['1'] : null,
          }
        : { as: 'device', device: as.device(username ?? '') },
    offended: ({ code }) => offences.push(code),
    clock,
    meters,
    log,
  });
  port = (await broker.start()).port;
  for (const device of ['GAS-1', 'GAS-2']) await flow.telemetry('gas', device, { values: { ch4: 0 } });
});
afterEach(async () => {
  for (const c of clients.splice(0)) c.end(true);
  for (const go of waiting.splice(0)) go();
  offences.length = 0;
  await broker.stop();
});

async function join(username: string): Promise<MqttClient> {
  const options = { host: '127.0.0.1', port, username, clientId: username, reconnectPeriod: 0 };
  const client = await connectAsync(options);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}
const latest = (device: string) =>
  [...(flow.core.points.of(as.point(device))?.latest.values() ?? [])].map((r) => r.value);
const up = (device: string) => `app/a/device/${device}/up`;

test('a device publishes where a mapping has a place for it, and its acknowledgement waits for the disk', async () => {
  const device = await join('GAS-1');
  await device.publishAsync(up('GAS-1'), '{"ch4":7}', { qos: 1 });
  expect(latest('GAS-1')).toEqual([7]);
  await device.publishAsync('v1/devices/me/telemetry', '{"ch4":8}', { qos: 1 });
  expect(latest('GAS-1')).toEqual([8]);
  isDurable = false;
  let isAcked = false;
  const acked = device.publishAsync(up('GAS-1'), '{"ch4":9}', { qos: 1 }).then(() => {
    isAcked = true;
  });
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(isAcked).toBe(false);
  isDurable = true;
  for (const go of waiting.splice(0)) go();
  await acked;
});

test('and speaks for itself alone: what it says of another is set aside', async () => {
  const device = await join('GAS-1');
  await device.publishAsync(up('GAS-2'), '{"ch4":60}', { qos: 1 });
  expect(latest('GAS-2')).toEqual([0]);
  const [row] = (await flow.journal.quarantine(null, 1, null)).items;
  expect(row).toMatchObject({ flaw: 'not-theirs', topic: 'doors/up' });
  expect(Buffer.from(row?.bytes ?? []).toString()).toBe('{"ch4":60}');
});

test('a system that the mapping names speaks for all devices; another one reads alarms, and publishes nothing', async () => {
  const bridge = await join('system:bridge');
  await bridge.publishAsync(up('GAS-2'), '{"ch4":5}', { qos: 1 });
  expect(latest('GAS-2')).toEqual([5]);
  for (const [who, topic] of [
    ['system:other', up('GAS-1')],
    ['system:bridge', 'v1/devices/me/telemetry'],
    ['GAS-1', 'some/other/topic'],
  ] as const) {
    if (who === 'system:bridge') bridge.end(true);
    const client = await join(who);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish(topic, '{"ch4":60}', { qos: 1 });
    await closed;
  }
  expect(offences).toEqual(['topic-forbidden', 'topic-forbidden', 'topic-forbidden']);
  expect(latest('GAS-1')).toEqual([0]);
});
