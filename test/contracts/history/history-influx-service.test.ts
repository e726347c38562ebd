import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { Sensor } from '../../support/sensor.ts';
import { ServiceProcess } from '../../support/service-process.ts';

describe.skipIf(!hasInfluxd())('the service on InfluxDB', () => {
  const dir = mkdtempSync(join(tmpdir(), 'on-influx-'));
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await Influxd.start();
  });
  afterAll(async () => {
    await influxd.stop();
    rmSync(dir, { recursive: true });
  });

  const startService = () =>
    ServiceProcess.start(dir, {
      LIFELINE_INFLUX_URL: influxd.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });

  test('starts while the store is away, survives kill -9, and every acknowledged reading is in the store once', async () => {
    const from = Date.now() - 600_000;
    const value = (i: number) => 1 + (i % 97) / 8;
    await influxd.kill();
    let service = await startService();
    expect(service.log.map((l) => l.msg)).toContain(
      'InfluxDB is not ready; readings wait in the spool until it is',
    );

    const sensor = new Sensor('G-1', () => service.mqttPort);
    const publish = async (first: number, end: number) => {
      for (let i = first; i < end; i++)
        sensor.publish(
          'lifeline/v1/gas/G-1/telemetry',
          JSON.stringify({ ts: from + i * 1_000, values: { ch4: value(i) } }),
          i,
        );
      await sensor.settled();
    };
    await publish(0, 200);
    await service.kill();
    service = await startService();
    await publish(200, 300);
    await influxd.again();

    const client = await service.client();
    const path = `/points/G-1/readings?metric=ch4&from=${new Date(from).toISOString()}&to=${new Date(from + 600_000).toISOString()}`;
    const items = await eventually(async () => {
      const found = await client.get<{ items: { t: string; value: number }[] }>(path).catch(() => null);
      return found?.items.length === 300 ? found.items : null;
      // Who was away is asked again after half a minute at most.
    }, 90_000);
    expect(items.map((i) => i.value)).toEqual(Array.from({ length: 300 }, (_, i) => value(i)));
    const [count] = await influxd.query('SELECT count(ch4) FROM gas', 'city');
    expect(count?.series?.[0]?.values[0]?.[1]).toBe(300);

    sensor.close();
    expect(await service.stop()).toBe(0);
  }, 150_000);
});
