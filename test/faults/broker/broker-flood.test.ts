import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import { RawClient, rawConnect, rawPublish, telemetry, varint } from '../../contracts/broker/broker-bench.ts';
import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';

const MiB = 2 ** 20;

// promises F11, against the service as it is started; the broker alone: broker-abuse.test.ts
describe('floods and monsters before the service itself', () => {
  const dir = mkdtempSync(join(tmpdir(), 'flood-'));
  let service: ServiceProcess;
  let secret = '';
  let device: RawClient;
  let n = 0;

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, { LIFELINE_MQTT_ANONYMOUS: 'false' });
    const added = await run('device', ['add', 'DEV-A', '--csv', '--unregistered', '--data-dir', dir]);
    secret = added.out.trim().split(',').at(-1) as string;
    device = await RawClient.connect(service.mqttPort, {
      clientId: 'DEV-A',
      username: 'DEV-A',
      password: secret,
    });
    // An engine that has only just started takes its first memory whoever comes.
    for (let i = 0; i < 300; i++) await isHeard();
    for (let i = 0; i < 500; i++) {
      const s = dial();
      s.once('connect', () => s.destroy());
      await ended(s);
    }
  });
  afterAll(async () => {
    device.drop();
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const metrics = async () => (await fetch(`${service.url}/metrics`)).text();
  const rss = async () => Number(/^process_resident_memory_bytes (\d+)/m.exec(await metrics())?.[1]) / MiB;
  const isHeard = async () => {
    device.publish(telemetry('DEV-A'), `{"ts":${Date.now()},"values":{"ch4":1}}`, 1, (n++ % 60_000) + 1);
    await device.next('puback');
  };
  const dial = (): Socket => connect({ port: service.mqttPort, host: '127.0.0.1' }).on('error', () => {});
  const ended = (s: Socket) => new Promise<void>((resolve) => s.once('close', () => resolve()));

  /** The device beside goes on being heard, and the memory is what it was. */
  async function endure(name: string, abuse: () => Promise<unknown>): Promise<void> {
    const before = await rss();
    let over = false;
    const done = abuse().finally(() => {
      over = true;
    });
    let heard = 0;
    let longest = 0;
    while (!over) {
      const since = performance.now();
      await isHeard();
      longest = Math.max(longest, performance.now() - since);
      heard++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await done;
    const grown = (await rss()) - before;
    console.log(
      `F11 ${name}: resident memory ${before.toFixed(0)} MiB, ${grown.toFixed(1)} more after it; the device beside had ${heard} PUBACKs, the longest after ${longest.toFixed(0)} ms`,
    );
    expect(heard).toBeGreaterThan(0);
    expect(grown).toBeLessThan(50);
  }

  test('connections that come and go as fast as they are taken', async () => {
    await endure('5,000 connections', async () => {
      for (let round = 0; round < 50; round++) {
        await Promise.all(
          Array.from({ length: 100 }, async () => {
            const s = dial();
            s.once('connect', () => s.destroy());
            await ended(s);
          }),
        );
      }
    });
  });

  test('first packets of 200 MiB', async () => {
    await endure('10 × 200 MiB', async () => {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const s = dial();
          s.write(Buffer.concat([Buffer.of(0x10), varint(200 * MiB)]));
          const piece = Buffer.alloc(MiB);
          let poured = 0;
          const pour = () => {
            while (!s.destroyed && poured < 200 && s.write(piece)) poured++;
          };
          s.on('drain', pour);
          pour();
          await ended(s);
          expect(poured).toBeLessThan(100);
        }),
      );
    });
  });

  test('two thousand guesses at a secret', async () => {
    const lines = service.log.length;
    await endure('2,000 guesses', async () => {
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 100 }, async (_, i) => {
            const s = dial();
            s.resume();
            s.write(rawConnect({ flags: 0xc2, fields: [`G-${round}-${i}`, 'DEV-A', `guess-${round}-${i}`] }));
            await ended(s);
          }),
        );
      }
    });
    // A line of the log once a minute, whatever comes.
    expect(service.log.length - lines).toBeLessThan(10);
    await eventually(async () =>
      /^lifeline_mqtt_offences_total\{.*why="credential"\} 2000$/m.test(await metrics()),
    );
  });

  test('topics that are none, by a device that has a credential', async () => {
    await endure('topics that are none', async () => {
      const topics = [
        `lifeline/v1/gas/DEV-A/${'x/'.repeat(10_000)}x`,
        '#',
        '+',
        '$SYS/x',
        'lifeline/v1/gas/DEV-A/\u0000',
        '',
      ];
      for (const [i, topic] of topics.entries()) {
        const s = dial();
        s.resume();
        s.write(rawConnect({ flags: 0xc2, fields: [`DEV-A:${i}`, 'DEV-A', secret] }));
        s.write(rawPublish(topic, 'x', 1));
        await ended(s);
      }
    });
  });
});
