import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { Sensor } from '../../support/sensor.ts';
import { type ApiClient, ServiceProcess } from '../../support/service-process.ts';

/** Its point, its metric, its lifeline. How often it was missed is a metric `probe` of the platform, which is no secret. */
const PROBES = /PROBE|\bbeat\b|"lifeline":"probe"|自检探针/;

let dir: string;
let service: ServiceProcess;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lifeline-self-check-hidden-'));
});
afterEach(async () => {
  await service?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A service whose probe has come out several times, beside a device whose reading has reached the history. */
async function watched(env: Record<string, string> = {}): Promise<ApiClient> {
  service = await ServiceProcess.start(dir, { ...env, LIFELINE_PROBE_SECONDS: '1' });
  const sensor = new Sensor('G-1', () => service.mqttPort);
  sensor.publish('lifeline/v1/gas/G-1/telemetry', JSON.stringify({ values: { ch4: 1 } }), 0);
  await sensor.settled();
  sensor.close();
  const api = await service.client();
  const day = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`;
  await eventually(async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const packets = Number(/^lifeline_mqtt_packets_total\{qos="1"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
    const stored = await api
      .get<{ items: unknown[] }>(`/points/G-1/readings?metric=ch4&${day}`)
      .catch(() => null);
    return packets >= 12 && (stored?.items.length ?? 0) === 1;
  }, 90_000);
  return api;
}

async function textOf(api: ApiClient, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${api.url}/api/v1${path}`, { headers: { cookie: api.cookie } });
  return { status: answer.status, text: await answer.text() };
}

test('the probe is in no list of the register, in no export and in no answer about readings', async () => {
  const api = await watched();
  for (const path of [
    '/points?limit=1000',
    '/devices?limit=1000',
    '/assets?limit=1000',
    '/areas?limit=1000',
    '/latest?limit=1000',
    '/device-faults?limit=1000',
    '/alarms?state=open',
    '/quarantine?limit=1000',
    '/register/export',
    '/register/export?header=zh',
  ]) {
    const { status, text } = await textOf(api, path);
    expect([path, status, PROBES.test(text)]).toEqual([path, 200, false]);
  }
  for (const path of ['/points/PROBE', '/points/PROBE/latest', '/points/PROBE/readings.csv?metric=beat'])
    expect([path, (await textOf(api, path)).status]).toEqual([path, 404]);
});

test.skipIf(!hasInfluxd())('the probe leaves nothing in InfluxDB', async () => {
  const influxd = await Influxd.start();
  try {
    await watched({
      LIFELINE_INFLUX_URL: influxd.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });
    const kept = JSON.stringify(
      await influxd.query('SHOW SERIES; SHOW MEASUREMENTS; SHOW FIELD KEYS', 'city'),
    );
    expect(kept).toContain('G-1');
    expect(kept).not.toMatch(PROBES);
  } finally {
    await service.stop();
    await influxd.stop();
  }
});
