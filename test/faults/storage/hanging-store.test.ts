import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Between } from '../../support/between.ts';
import { eventually } from '../../support/eventually.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { Sensor } from '../../support/sensor.ts';
import { ServiceProcess } from '../../support/service-process.ts';

const N = 500;
const from = Date.now() - 3_600_000;

describe.skipIf(!hasInfluxd())('a store that hangs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hanging-store-'));
  let influxd: Influxd;
  let between: Between;
  let service: ServiceProcess;

  beforeAll(async () => {
    influxd = await Influxd.start();
    between = await Between.start(influxd.url);
  });
  afterAll(async () => {
    await service?.kill();
    await between.stop();
    await influxd.stop();
    rmSync(dir, { recursive: true });
  });

  const start = () =>
    ServiceProcess.start(dir, {
      LIFELINE_INFLUX_URL: between.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });

  test('keeps no stop from being clean, and what it had not stored is stored after the next start', async () => {
    service = await start();
    between.meddle = () => 'hang';
    const sensor = new Sensor('G-1', () => service.mqttPort);
    for (let i = 0; i < N; i++)
      sensor.publish(
        'lifeline/v1/gas/G-1/telemetry',
        JSON.stringify({ ts: from + i * 1_000, values: { ch4: 1 + (i % 50) / 8 } }),
        i,
      );
    await sensor.settled();
    sensor.close();

    const api = await service.client();
    // Latest values need no store.
    expect(await api.get('/points/G-1/latest')).toMatchObject({ items: [{ metric: 'ch4' }] });
    await eventually(async () => between.asked.some((a) => a.path.startsWith('/write')));
    const chart = `/points/G-1/readings?metric=ch4&from=${new Date(from).toISOString()}`;
    // A person looks at a chart that will not come, while the service is told to stop.
    const looking = api.get(chart).catch(() => null);
    const began = Date.now();
    expect(await service.stop()).toBe(0);
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(service.log.at(-1)).toMatchObject({ msg: 'stopped', clean: true });
    await looking;

    between.meddle = () => 'pass';
    service = await start();
    expect(service.log.map((l) => l.msg)).not.toContain(
      'the last run did not stop cleanly: recovering from the journal',
    );
    await eventually(async () => {
      const [count] = await influxd.query('SELECT count(ch4) FROM gas', 'city');
      return count?.series?.[0]?.values[0]?.[1] === N;
    }, 20_000);
    expect(await service.stop()).toBe(0);
  }, 90_000);

  test('charts say that the store is away, before a person has lost patience', async () => {
    service = await start();
    between.meddle = () => 'hang';
    const sensor = new Sensor('G-2', () => service.mqttPort);
    sensor.publish('lifeline/v1/gas/G-2/telemetry', JSON.stringify({ values: { ch4: 2 } }), 0);
    await sensor.settled();
    sensor.close();
    await eventually(
      async () =>
        ((await (await fetch(`${service.url}/readyz`)).json()) as { history: string }).history === 'failing',
      30_000,
    );
    const api = await service.client();
    const began = Date.now();
    const answer = await fetch(`${service.url}/api/v1/points/G-2/readings?metric=ch4&buckets=300`, {
      headers: { cookie: api.cookie },
    });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      503,
      'store-unavailable',
    ]);
    expect(await service.stop()).toBe(0);
  }, 90_000);
});
