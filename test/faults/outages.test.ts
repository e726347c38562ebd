import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asked, Between, type Meddling } from '../support/between.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import { hasInfluxd, Influxd } from '../support/influxd.ts';
import { ServiceProcess } from '../support/service-process.ts';

// F4, F5 in short, against a real influxd; ten minutes of each are `npm run outage`.

const PER_SECOND = 200;

describe.skipIf(!hasInfluxd())('acknowledged is stored, exactly, and no alarm waited for the store', () => {
  const dir = mkdtempSync(join(tmpdir(), 'outages-'));
  let influxd: Influxd;
  let between: Between;
  let service: ServiceProcess;

  beforeAll(async () => {
    influxd = await Influxd.start();
    between = await Between.start(influxd.url);
    service = await ServiceProcess.start(dir, {
      LIFELINE_INFLUX_URL: between.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });
  });
  afterAll(async () => {
    await service?.kill();
    await between.stop();
    await influxd.stop();
    rmSync(dir, { recursive: true });
  });

  const onWrites = (answer: (nth: number) => Meddling) => {
    let nth = 0;
    between.meddle = ({ path }: Asked) => (path.startsWith('/write') ? answer(nth++) : 'pass');
  };

  const FAULTS: readonly (readonly [what: string, short: string, run: () => Promise<void>])[] = [
    [
      'killed, and started again',
      'KIL',
      async () => {
        await influxd.kill();
        await passing(10_000);
        await influxd.again();
      },
    ],
    [
      'hanging longer than a write may take',
      'HNG',
      async () => {
        influxd.hang();
        await passing(12_000);
        influxd.goOn();
      },
    ],
    [
      'answering 503 with Retry-After',
      'BSY',
      async () => {
        onWrites(() => ({ status: 503, headers: { 'retry-after': '2' }, body: '{"error":"busy"}' }));
        await passing(8_000);
      },
    ],
    [
      'taking a batch and resetting the connection in the middle of its answer',
      'RST',
      async () => {
        onWrites((nth) => (nth % 3 === 2 ? 'pass' : nth % 3 === 1 ? 'cut the answer' : 'cut in the answer'));
        await passing(10_000);
      },
    ],
    [
      'answering late',
      'LAT',
      async () => {
        onWrites(() => ({ answerAfter: passing(2_500) }));
        await passing(10_000);
      },
    ],
    [
      'there and away by turns of five seconds',
      'FLP',
      async () => {
        for (let i = 0; i < 4; i++) {
          between.meddle = i % 2 === 0 ? () => 'cut' : () => 'pass';
          await passing(5_000);
        }
      },
    ],
  ];

  test.each(FAULTS)(
    'a store that is %s',
    async (_, short, run) => {
      const fleet = new Fleet(10, () => service.mqttPort, 50, short);
      try {
        fleet.run(PER_SECOND, 40);
        await eventually(async () => fleet.ackedTotal > 200);
        const before = fleet.ackedTotal;
        await run();
        // Intake did not wait for the store.
        expect(fleet.ackedTotal - before).toBeGreaterThan(PER_SECOND * 4);
        between.meddle = () => 'pass';
        await fleet.finish();
        const api = await service.client();
        for (const { code, sent, sensor } of fleet.devices) {
          expect(sensor.acked).toHaveLength(sent.length);
          const stored = await eventually(async () => {
            const [answer] = await influxd.query(
              `SELECT "open" FROM manhole WHERE point = '${code}'`,
              'city',
            );
            const rows = answer?.series?.[0]?.values ?? [];
            return rows.length >= sent.length && rows;
          }, 30_000);
          expect(stored.map(([t, v]) => [t, Number(v)])).toEqual(sent.map((s) => [s.ts, s.value]));
          const alarms = await api.all<{ metric: string | null }>(`/alarms?state=all&point=${code}`);
          expect(alarms.filter((a) => a.metric === 'open')).toHaveLength(1);
        }
      } finally {
        between.meddle = () => 'pass';
        fleet.close();
      }
    },
    90_000,
  );

  test('the service stops cleanly after all of it', async () => {
    expect(await service.stop()).toBe(0);
  });
});
