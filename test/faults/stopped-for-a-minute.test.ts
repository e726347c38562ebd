import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { excursions, Fleet } from '../support/fleet.ts';
import { ServiceProcess } from '../support/service-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'lifeline-minute-'));
let service: ServiceProcess | null = null;
let fleet: Fleet | null = null;

afterAll(async () => {
  fleet?.close();
  await service?.kill();
  rmSync(dir, { recursive: true, force: true });
});

test('stopped for a minute under sensors that go on measuring: no reading missing, no alarm missing, none twice', async () => {
  service = await ServiceProcess.start(dir);
  const ports = {
    LIFELINE_MQTT_PORT: String(service.mqttPort),
    LIFELINE_HTTP_PORT: new URL(service.url).port,
  };
  fleet = new Fleet(20, () => Number(ports.LIFELINE_MQTT_PORT), 50, 'MIN');
  // Sensors keep what they could not send: no bound on their backlog.
  fleet.run(100, Infinity);
  await eventually(async () => (fleet as Fleet).ackedTotal > 300);
  expect(await service.stop()).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  service = await ServiceProcess.start(dir, ports);
  expect(service.log.some((l) => String(l.msg).includes('did not stop cleanly'))).toBe(false);
  await fleet.finish();

  const api = await service.client();
  for (const device of fleet.devices) {
    const kept = await eventually(async () => {
      const all = await api.all<{ t: string; value: number }>(
        `/points/${device.code}/readings?metric=open&limit=5000`,
      );
      return all.length >= device.sent.length && all;
    });
    expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(device.sent.map((s) => [s.ts, s.value]));
    expect(excursions(device.sent)).toBeGreaterThan(0);
    const alarms = await api.all<{ id: string; metric: string | null }>(
      `/alarms?state=all&limit=100&point=${device.code}`,
    );
    expect(alarms.filter((a) => a.metric === 'open')).toHaveLength(1);
  }
  expect(await service.stop()).toBe(0);
}, 180_000);
