import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Receiver } from '../../contracts/notice/receivers.ts';
import { eventually } from '../../support/eventually.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { freePort } from '../../support/pair/mosquitto.ts';
import { WatchMachine } from '../../support/pair/watch-machine.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import type { ApiClient } from '../../support/service-process.ts';

/** A machine that is shared by many starts slowly. */
const START = 180_000;
const has = hasPostgres() && hasInfluxd();
if (!has)
  console.warn('SKIPPED: two machines with their own brokers: PostgreSQL or influxd is not installed');
/** Each takes a lease. */
const KILLS = Number(process.env.PAIR_KILLS ?? 1);
/** Messages a second, over all devices. */
const RATE = Number(process.env.PAIR_RATE ?? 100);
const DEVICES = 20;
const STEP = 10_000;
const AT_MOST = 60_000;
/** Of the first alarms of a round, which are being told when the blow falls. */
const ALARMS = 12;

describe.skipIf(!has)('two machines, each with its own broker, and devices that know both', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-own-'));
  let postgres: PostgresServer;
  let influxd: Influxd;
  let receiver: Receiver;
  let devices: MqttClient[] = [];
  let active: WatchMachine;
  let standby: WatchMachine;

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()];
    [postgres, influxd, receiver] = await Promise.all([
      PostgresServer.start(),
      Influxd.start(),
      Receiver.start(() => ({ body: { accepted: true }, after: 40 })),
    ]);
    const env = {
      LIFELINE_DATABASE_URL: postgres.tcpUrl(await postgres.newDatabase()),
      LIFELINE_INFLUX_URL: influxd.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
      LIFELINE_OUT_HOSTS: '127.0.0.0/8',
    };
    const [a, b] = ports.map(
      (port, i) => new WatchMachine(join(dir, 'ab'[i] ?? ''), { ...env, LIFELINE_MQTT_PORT: String(port) }),
    ) as [WatchMachine, WatchMachine];
    active = a;
    standby = b;
    active.start();
    await active.says('ready', START);
    mkdirSync(standby.dataDir, { mode: 0o700 });
    copyFileSync(join(active.dataDir, 'audit.key'), join(standby.dataDir, 'audit.key'));
    standby.start();
    await standby.says('standby', START);
    await tellOf(await active.client(), receiver.url);
    devices = await Promise.all(
      Array.from({ length: DEVICES }, (_, i) =>
        mqtt.connectAsync({
          servers: ports.map((port) => ({ host: '127.0.0.1', port, protocol: 'mqtt' as const })),
          clientId: `OWN-${i}`,
          clean: false,
          reconnectPeriod: 500,
          connectTimeout: 5_000,
        }),
      ),
    );
    for (const device of devices) device.on('error', () => undefined);
  }, 400_000);
  afterAll(async () => {
    for (const device of devices) device.end(true);
    await active?.kill();
    await standby?.kill();
    await Promise.all([influxd?.stop(), postgres?.stop(), receiver?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }, 400_000);

  const from = Math.floor(Date.now() / STEP) * STEP - AT_MOST * STEP;
  const sent = Array.from({ length: DEVICES }, (): number[] => []);
  const acknowledged: Promise<unknown>[] = [];
  /** A device keeps what has not been acknowledged, and sends it to whichever machine it finds. */
  const report = (i: number): void => {
    const t = from + (sent[i]?.length ?? 0) * STEP;
    sent[i]?.push(t);
    const body = JSON.stringify({ ts: t, values: { depth: (sent[i]?.length ?? 0) % 3 } });
    acknowledged.push(
      (devices[i] as MqttClient).publishAsync(`lifeline/v1/waterlogging/OWN-${i}/telemetry`, body, {
        qos: 1,
      }),
    );
  };
  const excursions = (round: number): void => {
    for (let i = 0; i < ALARMS; i++)
      acknowledged.push(
        (devices[i] as MqttClient).publishAsync(
          `lifeline/v1/gas/GAS-${round}-${i}/telemetry`,
          '{"values":{"ch4":60}}',
          { qos: 1 },
        ),
      );
  };
  type Told = {
    readonly id: string;
    readonly marks: readonly string[];
    readonly alarms: { point: string }[];
  };
  const told = (): Told[] => receiver.asked.map((a) => JSON.parse(a.body) as Told);

  test(
    `the active one is killed ${KILLS} times: nothing acknowledged and no notice is missing, each alarm once`,
    async () => {
      const took: number[] = [];
      const until: number[] = [];
      const telling = setInterval(
        () => {
          if ((sent[0]?.length ?? 0) < AT_MOST - 10) for (let i = 0; i < DEVICES; i++) report(i);
        },
        (1_000 * DEVICES) / RATE,
      );
      for (let round = 0; round < KILLS; round++) {
        const before = receiver.asked.length;
        excursions(round);
        // The blow falls while some have been told and others wait.
        await eventually(async () => receiver.asked.length > before, 60_000, 2);
        const killedAt = performance.now();
        await active.kill();
        const ready = await standby.says('ready', START);
        took.push(ready.heardAt - killedAt);
        await eventually(async () => devices.every((d) => d.connected), 60_000, 20);
        until.push(performance.now() - killedAt);
        [active, standby] = [standby, active];
        standby.start();
        await standby.says('standby', START);
      }
      clearInterval(telling);
      await Promise.all(acknowledged);
      console.log(
        `own brokers, kill -9 ${KILLS} times at ${RATE} messages/s: ready ${ofAll(took)}; every device connected ${ofAll(until)}`,
      );
      const api = await active.client();
      for (let i = 0; i < DEVICES; i++)
        expect(
          await eventually(async () => {
            const there = await api.all<{ t: string }>(
              `/points/OWN-${i}/readings?metric=depth&limit=5000&from=${new Date(from).toISOString()}`,
            );
            return there.length >= (sent[i]?.length ?? 0) && there.map(({ t }) => Date.parse(t));
          }, 180_000),
        ).toEqual(sent[i]);
      expect((await api.get<{ items: unknown[] }>('/losses')).items).toEqual([]);
      const all = await api.all<{ pointCode: string }>('/alarms?state=all');
      const gas = all.map((a) => a.pointCode).filter((code) => code.startsWith('GAS-'));
      expect(new Set(gas).size).toBe(KILLS * ALARMS);
      expect(gas).toHaveLength(KILLS * ALARMS);
      // One call may be about several of them.
      await eventually(
        async () => new Set(told().flatMap((b) => b.alarms.map((a) => a.point))).size >= KILLS * ALARMS,
        60_000,
      );
      const again = told().filter((b, i, every) => every.findIndex((x) => x.id === b.id) !== i);
      expect(again.filter((b) => !b.marks.includes('again'))).toEqual([]);
    },
    120_000 + KILLS * 120_000,
  );
});

function ofAll(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

/** Whoever is on duty is told of each alarm of gas, by a call of another system's. */
async function tellOf(api: ApiClient, url: string): Promise<void> {
  const made = [
    await api.post('/units', { code: 'gas-co', name: '燃气公司', kind: 'owner' }),
    await api.post('/contacts', { id: 'wang', unit: 'gas-co', name: '王建国', post: 'duty' }),
    await api.post('/channels', {
      ...{ id: 'hook', name: '值班系统', enabled: true, perMinute: 600, kind: 'webhook' },
      config: { url },
      secrets: { secret: 's' },
    }),
    await api.put('/notice-policies/gas', {
      name: { zh: '燃气', en: 'gas' },
      match: { subjects: ['alarm'], lifelines: ['gas'] },
      rungs: [{ afterS: 0, to: [{ contact: 'wang' }], channels: [], stopsOn: 'acknowledge' }],
      reason: '试行',
    }),
  ];
  expect(made.map((m) => m.status)).toEqual([201, 201, 201, 200]);
}
