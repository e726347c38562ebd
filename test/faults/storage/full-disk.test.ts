import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { disk, hasPrlimit } from '../../support/disk.ts';
import { eventually } from '../../support/eventually.ts';
import { excursions, Fleet, type Sample } from '../../support/fleet.ts';
import { LiveConsole } from '../../support/live-console.ts';
import { ServiceProcess } from '../../support/service-process.ts';

// F3, C16: a disk filled to 100 %, the real process.

const dir = mkdtempSync(join(tmpdir(), 'lifeline-full-'));
let service: ServiceProcess | null = null;
let fleet: Fleet | null = null;

afterAll(async () => {
  fleet?.close();
  await service?.kill();
  rmSync(dir, { recursive: true, force: true });
});

test.skipIf(!hasPrlimit)(
  'a full disk stops acknowledgements and is told without it; with room again all goes on by itself, and nothing acknowledged is missing',
  async () => {
    const first = await ServiceProcess.start(dir);
    // It starts itself anew: where devices and consoles look for it, it must be found again.
    expect(await first.stop()).toBe(0);
    const ports = { mqtt: first.mqttPort, http: new URL(first.url).port };
    service = await ServiceProcess.start(dir, {
      LIFELINE_MQTT_PORT: String(ports.mqtt),
      LIFELINE_HTTP_PORT: ports.http,
    });
    const { log, child, url } = service;
    const readyz = () => fetch(`${url}/readyz`).catch(() => null);
    const said = (msg: string) => log.filter((l) => String(l.msg).startsWith(msg));

    fleet = new Fleet(20, () => ports.mqtt, 25, 'FULL');
    const sensors = fleet;
    sensors.run(500, 40);
    await eventually(async () => sensors.ackedTotal > 1_000);
    const api = await service.client();
    const page = await LiveConsole.join(url, { headers: { cookie: api.cookie, origin: url } });

    disk(child.pid, 'none');
    await eventually(async () => said('the journal has failed; nothing is acknowledged').length > 0);
    // Every channel that needs no disk.
    expect(await page.end()).toMatchObject({
      code: 1012,
      reason: expect.stringContaining('journal has failed'),
    });
    await eventually(async () => said('starting anew from the journal').length > 0);
    const told = await eventually(async () => {
      const answer = await readyz();
      return answer?.status === 503 && (await answer.json());
    });
    expect(told).toMatchObject({ code: 'journal-failed' });
    await eventually(async () => said('could not start').length > 0, 30_000);
    const acked = sensors.ackedTotal;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(sensors.ackedTotal).toBe(acked);

    disk(child.pid, 'unlimited');
    await eventually(async () => (await readyz())?.status === 200, 60_000);
    await eventually(async () => sensors.ackedTotal > acked + 500, 30_000);
    await sensors.finish();

    const again = await service.client();
    for (const device of sensors.devices) {
      const kept = await eventually(async () => {
        const all = await again.all<{ t: string; value: number }>(
          `/points/${device.code}/readings?metric=open&limit=5000`,
        );
        return all.length >= device.sent.length && all;
      }, 30_000);
      expect(device.sensor.acked as Sample[]).toHaveLength(device.sent.length);
      expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(device.sent.map((s) => [s.ts, s.value]));
      expect(excursions(device.sent)).toBeGreaterThan(0);
      const alarms = await again.all<{ metric: string | null }>(
        `/alarms?state=all&limit=100&point=${device.code}`,
      );
      expect(alarms.filter((a) => a.metric === 'open')).toHaveLength(1);
    }
    sensors.close();
    expect(await service.stop()).toBe(0);
    expect(said('stopped').at(-1)).toMatchObject({ clean: true });
  },
  180_000,
);
