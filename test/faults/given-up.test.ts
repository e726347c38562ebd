import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { hasInfluxd, Influxd } from '../support/influxd.ts';
import { Sensor } from '../support/sensor.ts';
import { ServiceProcess } from '../support/service-process.ts';

describe.skipIf(!hasInfluxd())('readings that the store will never take', () => {
  const dir = mkdtempSync(join(tmpdir(), 'given-up-'));
  let influxd: Influxd;
  let service: ServiceProcess;
  beforeAll(async () => {
    influxd = await Influxd.start();
    await influxd.query('CREATE DATABASE city');
    // Somebody has used the name before, for text: the field has a type that ours does not have.
    const at = Date.now();
    await fetch(`${influxd.url}/write?db=city&precision=ms`, {
      method: 'POST',
      body: `gas,point=OTHER h2s="none" ${at}`,
    });
    service = await ServiceProcess.start(dir, {
      LIFELINE_INFLUX_URL: influxd.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });
  });
  afterAll(async () => {
    await service?.kill();
    await influxd.stop();
    rmSync(dir, { recursive: true });
  });

  test('stand in the loss ledger, the others are stored, and an alarm of the platform tells of it', async () => {
    const from = Date.now() - 60_000;
    const sensor = new Sensor('G-1', () => service.mqttPort);
    for (let i = 0; i < 50; i++)
      sensor.publish(
        'lifeline/v1/gas/G-1/telemetry',
        JSON.stringify({ ts: from + i * 1_000, values: { ch4: 1, h2s: 2 } }),
        i,
      );
    await sensor.settled();
    sensor.close();
    const api = await service.client();
    type Entry = { cause: string; n: number; pointCode: string; metric: string; why: string; kept: string };
    const given = await eventually(async () => {
      const items = await api.all<Entry>('/losses');
      return items.reduce((n, l) => n + l.n, 0) === 50 && items;
    }, 20_000);
    for (const entry of given) {
      expect(entry).toMatchObject({ cause: 'store-refused', pointCode: 'G-1', metric: 'h2s' });
      expect(entry.why).toContain('field type conflict');
      expect(entry.kept).toContain('h2s=2');
    }
    await eventually(async () => {
      const [count] = await influxd.query("SELECT count(ch4) FROM gas WHERE point = 'G-1'", 'city');
      return count?.series?.[0]?.values[0]?.[1] === 50;
    });
    await eventually(async () => {
      const alarms = await api.all<{ pointCode: string; metric: string }>('/alarms?state=open');
      return alarms.some((a) => a.pointCode === 'PLATFORM' && a.metric === 'lost');
    }, 30_000);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      /^lifeline_losses_total\{cause="store-refused"\} 50$/m,
    );
    expect(await service.stop()).toBe(0);
  }, 90_000);
});
