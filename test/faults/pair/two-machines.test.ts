import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { LiveConsole } from '../../support/live-console.ts';
import { endProcess, freePort, hasMosquitto, mosquitto } from '../../support/pair/mosquitto.ts';
import { WatchMachine } from '../../support/pair/watch-machine.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

const has = hasMosquitto() && hasPostgres() && hasInfluxd();
if (!has) console.warn('SKIPPED: two machines: PostgreSQL, mosquitto or influxd is not installed');
/** Each takes a lease. */
const KILLS = Number(process.env.PAIR_KILLS ?? 2);
/** Messages a second, over all devices. */
const RATE = Number(process.env.PAIR_RATE ?? 200);
const DEVICES = 20;
/** Milliseconds, of a planned switch. */
const GOAL = 5_000;
const PATIENCE = 4;
/** Between two readings of a device: they are told faster than they were taken, as after an outage. */
const STEP = 10_000;
const AT_MOST = 30_000;

type AlarmOut = { readonly id: string; readonly pointCode: string };

describe.skipIf(!has)('two machines at one database and one broker', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-pair-'));
  let postgres: PostgresServer;
  let influxd: Influxd;
  let broker: ChildProcess;
  let devices: MqttClient;
  let active: WatchMachine;
  let standby: WatchMachine;

  beforeAll(async () => {
    const port = await freePort();
    [postgres, influxd, broker] = await Promise.all([
      PostgresServer.start(),
      Influxd.start(),
      mosquitto(dir, port),
    ]);
    const env = {
      LIFELINE_DATABASE_URL: postgres.tcpUrl(await postgres.newDatabase()),
      LIFELINE_MQTT_URL: `mqtt://127.0.0.1:${port}`,
      LIFELINE_INFLUX_URL: influxd.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    };
    active = new WatchMachine(join(dir, 'a'), env);
    standby = new WatchMachine(join(dir, 'b'), env);
    active.start();
    expect(await active.says('ready')).toMatchObject({ role: 'active', epoch: 1 });
    await active.says('connected to the broker');
    // Who takes over seals the same audit journal.
    mkdirSync(standby.dataDir, { mode: 0o700 });
    copyFileSync(join(active.dataDir, 'audit.key'), join(standby.dataDir, 'audit.key'));
    standby.start();
    await standby.says('standby');
    devices = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
  }, 180_000);
  afterAll(async () => {
    devices?.end(true);
    await active?.kill();
    await standby?.kill();
    if (broker?.exitCode === null) await endProcess(broker, 'SIGKILL');
    await Promise.all([influxd?.stop(), postgres?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }, 120_000);

  const from = Math.floor(Date.now() / STEP) * STEP - AT_MOST * STEP;
  const sent = Array.from({ length: DEVICES }, (): number[] => []);
  const report = async (i: number): Promise<void> => {
    const t = from + (sent[i]?.length ?? 0) * STEP;
    sent[i]?.push(t);
    await devices.publishAsync(
      `lifeline/v1/waterlogging/OUT-${i}/telemetry`,
      JSON.stringify({ ts: t, values: { depth: (sent[i]?.length ?? 0) % 3 } }),
      { qos: 1 },
    );
  };
  /** Begins to tell. @returns ends it */
  const telling = (): (() => Promise<void>) => {
    let going = true;
    const told = (async () => {
      while (going && (sent[0]?.length ?? 0) < AT_MOST - 10) {
        const begun = performance.now();
        await Promise.all(sent.map((_, i) => report(i)));
        const left = (1_000 * DEVICES) / RATE - (performance.now() - begun);
        if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
      }
    })();
    return async () => {
      going = false;
      await told;
    };
  };
  const excursion = (code: string) =>
    devices.publishAsync(`lifeline/v1/gas/${code}/telemetry`, '{"values":{"ch4":60}}', { qos: 1 });
  const alarmsOf = async (code: string): Promise<readonly AlarmOut[]> => {
    const api = await active.client();
    return (await api.all<AlarmOut>('/alarms?state=all')).filter((a) => a.pointCode === code);
  };
  /** The other one is active now, and the former one stands by. */
  const change = async (): Promise<void> => {
    [active, standby] = [standby, active];
    standby.start();
    await standby.says('standby').catch((cause: Error) => {
      throw new Error(
        `${cause.message}\nand the active one:\n${active.log.map((l) => JSON.stringify(l)).join('\n')}`,
      );
    });
  };
  const stored = async (i: number): Promise<number[]> =>
    (
      await (
        await active.client()
      ).all<{ t: string }>(
        `/points/OUT-${i}/readings?metric=depth&limit=5000&from=${new Date(from).toISOString()}`,
      )
    ).map(({ t }) => Date.parse(t));

  test('both tell the truth of themselves, and of each other', async () => {
    expect(
      await eventually(async () => {
        const told = await active.readyz();
        return (told.pair?.standbys.length ?? 0) > 0 && told;
      }),
    ).toMatchObject({ http: 200, role: 'active', epoch: 1, pair: { lastSwitch: null } });
    const told = await standby.readyz();
    expect(told).toMatchObject({ http: 503, role: 'standby', epoch: 1, database: 'ok', troubles: [] });
    expect(told.active?.name).toMatch(/:0$/);
    const elsewhere = await fetch(`${standby.url}/api/v1/alarms`);
    expect([elsewhere.status, elsewhere.headers.get('retry-after')]).toEqual([503, '2']);
  });

  test('a planned switch is a matter of seconds, and consoles go on by seq on the other machine', async () => {
    const api = await active.client();
    await excursion('GAS-PLANNED');
    await eventually(async () => (await alarmsOf('GAS-PLANNED')).length === 1);
    const headers = { cookie: api.cookie, origin: active.url };
    const before = await LiveConsole.join(active.url, { headers });
    await before.until(() => before.of('snapshot').length > 0 && before.seq >= 0);
    const { seq } = before;
    const hello = before.of('hello')[0];
    const begun = performance.now();
    active.signal('SIGTERM');
    const ready = await standby.says('ready');
    expect(await active.ended()).toBe(0);
    const took = Math.round(ready.heardAt - begun);
    console.log(`planned switch: ${took} ms from SIGTERM to ready`);
    expect(ready).toMatchObject({ role: 'active', epoch: 2 });
    await change();
    // The same session, the same journal: nothing is told again and nothing is missing.
    const after = await LiveConsole.join(active.url, {
      headers: { cookie: api.cookie, origin: active.url },
      query: `?after=${seq}&epoch=${hello?.epoch}`,
    });
    await excursion('GAS-AFTER');
    await after.until(() => after.of('alarm').some((f) => f.alarm.pointCode === 'GAS-AFTER'));
    expect(after.of('snapshot')).toEqual([]);
    after.checkOrder(seq);
    after.leave();
    before.leave();
    expect((await active.readyz()).pair?.lastSwitch).toMatchObject({ why: 'released' });
    // The goal is five seconds; a machine that is shared by many takes longer.
    expect(took).toBeLessThan(GOAL * PATIENCE);
  }, 120_000);

  test(
    `the active one is killed ${KILLS} times under load: nothing acknowledged is missing, each alarm once`,
    async () => {
      const took: number[] = [];
      const stop = telling();
      for (let round = 0; round < KILLS; round++) {
        const before = sent[0]?.length ?? 0;
        await eventually(async () => (sent[0]?.length ?? 0) > before + 15, 60_000);
        await excursion(`GAS-${round}`);
        const killedAt = performance.now();
        await active.kill();
        const ready = await standby.says('ready');
        await standby.says('connected to the broker');
        took.push(ready.heardAt - killedAt);
        await change();
      }
      await stop();
      took.sort((a, b) => a - b);
      const at = (share: number) => Math.round(took[Math.ceil(share * took.length) - 1] ?? 0);
      console.log(
        `take-over after kill -9, ${took.length} times at ${RATE} messages/s: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`,
      );
      for (let i = 0; i < DEVICES; i++)
        expect(
          await eventually(async () => {
            const there = await stored(i);
            return there.length >= (sent[i]?.length ?? 0) && there;
          }, 180_000),
        ).toEqual(sent[i]);
      for (let round = 0; round < KILLS; round++) expect(await alarmsOf(`GAS-${round}`)).toHaveLength(1);
      const all = await (await active.client()).all<AlarmOut & { ruleId: string }>('/alarms?state=all');
      expect(all.filter((a) => a.pointCode.startsWith('OUT-'))).toEqual([]);
      expect((await (await active.client()).get<{ items: unknown[] }>('/losses')).items).toEqual([]);
      expect(at(0.95)).toBeLessThan(60_000);
    },
    120_000 + KILLS * 60_000,
  );
});
