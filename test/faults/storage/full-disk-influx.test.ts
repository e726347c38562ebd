import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disk, hasPrlimit } from '../../support/disk.ts';
import { eventually } from '../../support/eventually.ts';
import { Fleet, type Sample } from '../../support/fleet.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { LiveConsole } from '../../support/live-console.ts';
import { ServiceProcess } from '../../support/service-process.ts';

// A full disk where the store is InfluxDB: the store's own, which nobody but the charts may notice, and ours, which stops
// acknowledgements although the store would take everything. Real processes both.

describe.skipIf(!hasInfluxd() || !hasPrlimit)('a full disk where the store is InfluxDB', () => {
  const dir = mkdtempSync(join(tmpdir(), 'full-influx-'));
  let influxd: Influxd;
  let service: ServiceProcess;
  let fleet: Fleet | null = null;

  beforeAll(async () => {
    influxd = await Influxd.start();
    const env = {
      LIFELINE_INFLUX_URL: influxd.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    };
    const first = await ServiceProcess.start(dir, env);
    expect(await first.stop()).toBe(0);
    // It starts itself anew: where devices look for it, it must be found again.
    service = await ServiceProcess.start(dir, {
      ...env,
      LIFELINE_MQTT_PORT: String(first.mqttPort),
      LIFELINE_HTTP_PORT: new URL(first.url).port,
    });
  }, 60_000);
  afterAll(async () => {
    fleet?.close();
    await service?.kill();
    await influxd?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const said = (msg: string) => service.log.filter((l) => String(l.msg).startsWith(msg));

  async function running(prefix: string): Promise<Fleet> {
    const sensors = new Fleet(20, () => service.mqttPort, 25, prefix);
    fleet = sensors;
    sensors.run(300, 40);
    await eventually(async () => sensors.ackedTotal > 500);
    return sensors;
  }

  /** Every acknowledged sample is in InfluxDB, as InfluxDB itself tells it, and nothing else is. */
  async function allAreStored(sensors: Fleet): Promise<void> {
    await sensors.finish();
    for (const { code, sensor, sent } of sensors.devices) {
      expect(sensor.acked as Sample[]).toHaveLength(sent.length);
      const kept = await eventually(async () => {
        const [answer] = await influxd.query(
          `SELECT "open" FROM manhole WHERE point = '${code}' AND "open" >= 0`,
          'city',
        );
        const rows = answer?.series?.[0]?.values ?? [];
        return rows.length >= sent.length && rows;
      }, 60_000);
      expect(kept).toEqual(sent.map((s) => [s.ts, s.value]));
    }
    sensors.close();
  }

  test('the store’s: readings are acknowledged and wait, an alarm tells of it, and all are stored once it is well', async () => {
    const sensors = await running('STO');
    const api = await service.client();
    disk(influxd.pid, 'none');
    await eventually(async () => said('the history store does not take readings').length > 0, 30_000);
    expect(said('the history store does not take readings').at(-1)).toMatchObject({ kind: 'other' });
    const acked = sensors.ackedTotal;
    await eventually(async () => sensors.ackedTotal > acked + 1_000, 30_000);
    const alarms = () => api.all<{ pointCode: string; metric: string }>('/alarms?state=open&limit=200');
    const told = async () => (await alarms()).some((a) => a.pointCode === 'PLATFORM' && a.metric === 'store');
    await eventually(told, 60_000);

    // 1.6.7 keeps the first error of its log of writes, and says it for ever: with room again it must be started anew.
    disk(influxd.pid, 'unlimited');
    await influxd.kill();
    await influxd.again();
    await eventually(async () => said('the history store takes readings again').length > 0, 60_000);
    await allAreStored(sensors);
    // Nothing of it was given up.
    expect((await api.get<{ items: unknown[] }>('/losses')).items).toEqual([]);
  }, 240_000);

  test('ours: acknowledgements stop and it is told without the disk; with room again all goes on and is stored', async () => {
    const sensors = await running('OWN');
    const api = await service.client();
    const page = await LiveConsole.join(service.url, {
      headers: { cookie: api.cookie, origin: service.url },
    });
    disk(service.child.pid, 'none');
    expect(await page.end()).toMatchObject({
      code: 1012,
      reason: expect.stringContaining('journal has failed'),
    });
    const readyz = () => fetch(`${service.url}/readyz`).catch(() => null);
    // First by the service that is ending, then by the sign that takes its place.
    await eventually(async () => {
      const told = await readyz();
      return told?.status === 503 && ((await told.json()) as { code?: string }).code === 'journal-failed';
    });
    await eventually(async () => said('could not start').length > 0, 30_000);
    const acked = sensors.ackedTotal;
    // One more attempt to start, and still nothing is acknowledged.
    const attempts = said('could not start').length;
    await eventually(async () => said('could not start').length > attempts, 30_000);
    expect(sensors.ackedTotal).toBe(acked);

    disk(service.child.pid, 'unlimited');
    await eventually(async () => (await readyz())?.status === 200, 90_000);
    await eventually(async () => sensors.ackedTotal > acked + 500, 30_000);
    await allAreStored(sensors);
    expect(await service.stop()).toBe(0);
  }, 240_000);
});
