import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea, { type Delivery, type EventContext, type Sender } from 'rhea';
import { afterAll, expect, test } from 'vitest';
import { SteadyClock } from '../../../src/adapters/clock/index.ts';
import { DoorAmqp } from '../../../src/adapters/door-amqp/index.ts';
import { amqpPlace, idleOf, loginOf } from '../../../src/adapters/door-amqp/place.ts';
import type { Doors } from '../../../src/flow/ports/doors.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { readMapping } from '../../../src/wire/mapping/read.ts';
import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';
import { KILLS } from './kills.ts';

const MAPPING = {
  name: 'queued',
  protocol: 'json',
  lifeline: 'gas',
  station: { at: 'id' },
  time: { at: 'ts' },
  values: { take: { id: null, ts: null, ch4: 'ch4' } },
};

/** A platform's queue: what is not settled as accepted is sent again after the next connection. */
class Queue {
  readonly accepted: string[] = [];
  readonly waiting: string[] = [];
  readonly users: (string | undefined)[] = [];
  #inHand = new Map<Delivery, string>();
  #sender: Sender | null = null;
  #server: Server | null = null;
  port = 0;

  async start(): Promise<this> {
    const container = rhea.create_container();
    container.sasl_server_mechanisms.enable_plain((user: string) => {
      this.users.push(user);
      return true;
    });
    container.on('sender_open', ({ sender }: EventContext) => {
      this.#sender = sender ?? null;
    });
    container.on('sendable', () => this.#send());
    container.on('accepted', ({ delivery }: EventContext) => {
      const body = this.#inHand.get(delivery as Delivery);
      if (body !== undefined) this.accepted.push(body);
      this.#inHand.delete(delivery as Delivery);
    });
    for (const end of ['disconnected', 'connection_close'])
      container.on(end, () => {
        this.waiting.unshift(...this.#inHand.values());
        this.#inHand = new Map();
        this.#sender = null;
      });
    container.on('error', () => undefined);
    this.#server = container.listen({ host: '127.0.0.1', port: 0 });
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  push(body: string): void {
    this.waiting.push(body);
    this.#send();
  }

  #send(): void {
    while (this.#sender?.sendable() === true) {
      const body = this.waiting.shift();
      if (body === undefined) return;
      this.#inHand.set(this.#sender.send({ body }), body);
    }
  }

  stop = (): void => void this.#server?.close();
}

const dir = mkdtempSync(join(tmpdir(), 'lifeline-kill-amqp-'));
let service: ServiceProcess | null = null;
const queues: Queue[] = [];
afterAll(async () => {
  await service?.kill();
  for (const q of queues) q.stop();
  rmSync(dir, { recursive: true, force: true });
});
async function queue(): Promise<Queue> {
  const made = await new Queue().start();
  queues.push(made);
  return made;
}

test('a message is settled when it is kept, in no other case, and comes again after the next connection', async () => {
  const platform = await queue();
  const releases: (() => void)[] = [];
  const seen: string[] = [];
  const read = readMapping(JSON.stringify(MAPPING));
  const doors = {
    mappings: { of: () => ({ inForce: read.ok ? read.value : null }) },
    take: (given: { bytes: Uint8Array }, release: (o: 'kept' | 'failed', f: []) => void) => {
      const body = Buffer.from(given.bytes).toString();
      seen.push(body);
      releases.push(() =>
        release(body === 'bad' && seen.filter((s) => s === 'bad').length === 1 ? 'failed' : 'kept', []),
      );
    },
  } as unknown as Doors;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = () => {
    const place = amqpPlace(
      `amqp://key:code@127.0.0.1:${platform.port}/q?mapping=queued&sign=huawei&instance=i`,
    );
    return new DoorAmqp({ place, doors, clock: new SteadyClock(), log, meters: new Meters() });
  };
  const door = open();
  await door.start();
  for (const body of ['a', 'bad', 'c']) platform.push(body);
  await eventually(async () => seen.length === 3);
  expect(platform.accepted).toEqual([]);
  for (const go of releases.splice(0)) go();
  await eventually(async () => platform.accepted.length === 2);
  expect(platform.accepted).toEqual(['a', 'c']);
  expect(platform.users[0]).toMatch(/^accessKey=key\|timestamp=\d{13}\|instanceId=i$/);
  await door.stop();
  await eventually(async () => platform.waiting.length === 1);
  const again = open();
  await again.start();
  await eventually(async () => seen.length === 4);
  for (const go of releases.splice(0)) go();
  await eventually(async () => platform.accepted.length === 3);
  expect(platform.accepted).toEqual(['a', 'c', 'bad']);
  await again.stop();
});

test('who it says it is: a plain name, of Huawei the key with the time, of Aliyun signed as well', () => {
  const login = (address: string, now: number) => loginOf(amqpPlace(address), now);
  expect(login('amqps://u%40x:p@h/q?mapping=m', 5)).toEqual({ username: 'u@x', password: 'p' });
  expect(login('amqps://ak:p@h/q?mapping=m&sign=huawei', 1_785_546_120_000)).toEqual({
    username: 'accessKey=ak|timestamp=1785546120000',
    password: 'p',
  });
  // The password by openssl dgst -sha1 -hmac secret over authId=ak&timestamp=1573489088171.
  const aliyun = 'amqps://ak:secret@h/q?mapping=m&sign=aliyun&group=G1&client=c1';
  expect(login(`${aliyun}&instance=iot-1`, 1_573_489_088_171)).toEqual({
    username:
      'c1|iotInstanceId=iot-1,authMode=aksign,signMethod=hmacsha1,consumerGroupId=G1,authId=ak,timestamp=1573489088171|',
    password: 'KLAXRlgv6pa0ZqYXEe2F5zDU5mQ=',
  });
  expect(login(aliyun, 1).username).toContain('|iotInstanceId=,authMode=aksign');
  expect(idleOf(amqpPlace(aliyun))).toBeGreaterThanOrEqual(30_000);
  expect(amqpPlace('amqps://ak:secret@h/q?mapping=m')).toMatchObject({
    port: 5671,
    tls: true,
    shown: 'amqps://h/q',
  });
});

test('killed again and again: everything settled is in the store, and none of it twice', async () => {
  mkdirSync(join(dir, 'mappings'));
  writeFileSync(join(dir, 'mappings/queued.json'), JSON.stringify(MAPPING));
  const platform = await queue();
  const other = await queue();
  const at = (q: Queue) => `amqp://u:p@127.0.0.1:${q.port}/q?mapping=queued`;
  const env = { LIFELINE_AMQP_URL: `${at(platform)}\n${at(other)}` };
  service = await ServiceProcess.start(dir, env);
  const ports = {
    ...env,
    LIFELINE_HTTP_PORT: new URL(service.url).port,
    LIFELINE_MQTT_PORT: String(service.mqttPort),
  };
  const from = Date.now() - 40_000_000;
  const sent: [number, number][] = [];
  const telling = setInterval(() => {
    for (let i = 0; i < 3 && platform.waiting.length < 50; i++) {
      const said: [number, number] = [from + sent.length * 1_000, sent.length % 19];
      sent.push(said);
      platform.push(JSON.stringify({ id: 'AMQP-1', ts: said[0], ch4: said[1] }));
    }
  }, 10);
  for (let round = 0; round < KILLS; round++) {
    const before = platform.accepted.length;
    await eventually(async () => platform.accepted.length > before + 50, 30_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    await service.kill();
    service = await ServiceProcess.start(dir, ports);
  }
  clearInterval(telling);
  other.push(JSON.stringify({ id: 'AMQP-2', ts: from, ch4: 1 }));
  await eventually(async () => other.accepted.length === 1);
  await eventually(async () => platform.accepted.length === sent.length, 30_000);
  const api = await service.client();
  const kept = await eventually(async () => {
    const items = await api.all<{ t: string; value: number }>(
      `/points/AMQP-1/readings?metric=ch4&limit=5000&from=${new Date(from).toISOString()}`,
    );
    return items.length >= sent.length && items;
  }, 30_000);
  expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(sent);
  console.log(
    `amqp: ${KILLS} kills, ${platform.accepted.length} messages settled, ${kept.length} readings stored`,
  );
}, 300_000);
