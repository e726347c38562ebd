import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { endProcess, freePort, hasMosquitto, mosquitto } from '../../support/pair/mosquitto.ts';
import { WatchMachine } from '../../support/pair/watch-machine.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

/** A machine that is shared by many starts slowly. */
const START = 180_000;
const has = hasMosquitto() && hasPostgres();
if (!has) console.warn('SKIPPED: cut off from the broker: PostgreSQL or mosquitto is not installed');
/** The service's own exit code where another machine writes. */
const LOST = 3;

/** One machine's way to the broker. */
class Way {
  readonly #sockets = new Set<Socket>();
  readonly #behind: number;
  readonly port: number;
  #server: Server | null = null;

  constructor(behind: number, port: number) {
    this.#behind = behind;
    this.port = port;
  }

  async open(): Promise<this> {
    const server = createServer((near) => {
      const far = connect(this.#behind, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          near.destroy();
          far.destroy();
          this.#sockets.delete(socket);
        });
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    return this;
  }

  cut(): void {
    this.#server?.close();
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe.skipIf(!has)('of two machines at an outside broker', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-blind-'));
  let postgres: PostgresServer;
  let broker: ChildProcess;
  let brokerPort: number;
  const ways: Way[] = [];
  let active: WatchMachine;
  let standby: WatchMachine;

  beforeAll(async () => {
    brokerPort = await freePort();
    [postgres, broker] = await Promise.all([PostgresServer.start(), mosquitto(dir, brokerPort)]);
    const url = postgres.tcpUrl(await postgres.newDatabase());
    const machines: WatchMachine[] = [];
    for (const name of ['a', 'b']) {
      const way = await new Way(brokerPort, await freePort()).open();
      ways.push(way);
      const env = {
        LIFELINE_DATABASE_URL: url,
        LIFELINE_MQTT_URL: `mqtt://127.0.0.1:${way.port}`,
        // Nobody is there: readings wait in the spool, and alarms do not.
        LIFELINE_INFLUX_URL: 'http://127.0.0.1:9',
        LIFELINE_INFLUX_VERSION: '1',
        LIFELINE_INFLUX_BUCKET: 'city',
      };
      machines.push(new WatchMachine(join(dir, name), env));
    }
    [active, standby] = machines as [WatchMachine, WatchMachine];
    active.start();
    await active.says('ready', START);
    await active.says('connected to the broker', START);
    mkdirSync(standby.dataDir, { mode: 0o700 });
    copyFileSync(join(active.dataDir, 'audit.key'), join(standby.dataDir, 'audit.key'));
    standby.start();
    await standby.says('standby', START);
  }, 400_000);
  afterAll(async () => {
    await active?.kill();
    await standby?.kill();
    for (const way of ways) way.cut();
    if (broker?.exitCode === null) await endProcess(broker, 'SIGKILL');
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  test('the one that writes and is cut off from it says so, gives way, and what the broker kept comes to the other', async () => {
    expect(
      await eventually(async () => {
        const told = await standby.readyz();
        return told.broker === 'ok' && told;
      }, 20_000),
    ).toMatchObject({ http: 503, troubles: [] });
    const cutAt = performance.now();
    ways[0]?.cut();
    const device = await mqtt.connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { protocolVersion: 5 });
    await device.publishAsync('lifeline/v1/gas/GAS-1/telemetry', '{"values":{"ch4":60}}', { qos: 1 });
    // While it writes it tells the truth of itself.
    await eventually(async () => {
      const { role, troubles } = await active.readyz();
      return role === 'active' && troubles.some((t) => /^连不上 MQTT 服务器 mqtt:/.test(t));
    }, 20_000);
    const ready = await standby.says('ready', 90_000);
    expect(await active.ended()).toBe(LOST);
    console.log(`cut off from the broker: the other was ready after ${Math.round(ready.heardAt - cutAt)} ms`);
    await standby.says('connected to the broker', START);
    const api = await standby.client();
    await eventually(
      async () =>
        (await api.all<{ pointCode: string }>('/alarms?state=all')).some((a) => a.pointCode === 'GAS-1'),
      30_000,
    );
    expect((await standby.readyz()).pair?.lastSwitch).toMatchObject({ why: 'released' });
    device.end(true);
    // Started anew it stands by, and says that it would be no better now.
    active.start();
    await active.says('standby', START);
    expect(
      await eventually(async () => {
        const told = await active.readyz();
        return told.broker === 'away' && told;
      }, 20_000),
    ).toMatchObject({ http: 503, role: 'standby', database: 'ok' });
  }, 400_000);
});
