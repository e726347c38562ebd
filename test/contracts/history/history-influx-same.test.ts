import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryDuckdb } from '../../../src/adapters/history-duckdb/index.ts';
import { HistoryInflux } from '../../../src/adapters/history-influx/index.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import type { HistoryBucket } from '../../../src/flow/ports/history.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { BAD, DOUBTFUL, frame, MIDNIGHT, NOON, reading, turn } from './history.contract.ts';

/** Noise that is the same at every run. */
function noise(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return x / 2 ** 32;
  };
}

/** A mean is a sum, and the two add in another order: thirteen digits of it are the same, which is more than anyone is shown. */
const shown = (b: HistoryBucket) => ({ ...b, avg: b.avg === null ? null : Number(b.avg.toPrecision(13)) });

describe.skipIf(!hasInfluxd())('the same readings in the embedded store and in InfluxDB', () => {
  const dir = mkdtempSync(join(tmpdir(), 'same-'));
  let influxd: Influxd;
  let duck: HistoryDuckdb;
  let influx: HistoryInflux;
  const points = ['GAS-1', '燃气-合肥-0001号', 'WL 3'].map(as.point);
  const metrics = ['ch4', 'temp'].map(as.metric);

  beforeAll(async () => {
    influxd = await Influxd.start();
    duck = new HistoryDuckdb({
      dir,
      onTrouble: (msg, fields) => expect.fail(`${msg} ${JSON.stringify(fields)}`),
    });
    influx = new HistoryInflux({
      url: influxd.url,
      version: '1',
      token: null,
      org: null,
      bucket: `s${randomUUID().slice(0, 8)}`,
      lifelines: ['gas'],
      lifelineOf: () => 'gas',
      source: 'same',
      lastTurn: as.turn(0),
      keepDays: 36_500,
      now: () => NOON + days(40),
      onTrouble: (msg) => expect.fail(msg),
      onRejected: ([r]) => expect.fail(r?.reason),
    });
    const next = noise(7);
    const turns = Array.from({ length: 40 }, (_, d) => {
      const readings: Reading[] = [];
      for (let i = 0; i < 240; i++) {
        const at = MIDNIGHT + days(d) + i * minutes(6) + Math.floor(next() * 1_000);
        for (const point of points) {
          // What one packet tells of one instant was received at one instant.
          const receivedAt = at + Math.floor(next() * 900);
          for (const metric of metrics) {
            const dice = next();
            const quality = dice < 0.02 ? BAD : dice < 0.05 ? DOUBTFUL : undefined;
            readings.push(
              reading(at, dice < 0.01 ? null : Math.round(next() * 1e4) / 97, {
                point,
                metric,
                receivedAt,
                backfill: dice > 0.98,
                ...(quality === undefined ? {} : { quality }),
              }),
            );
          }
        }
      }
      return turn(d + 1, readings, [
        frame(MIDNIGHT + days(d), [next(), null, next()], { point: points[0] as never }),
      ]);
    });
    await Promise.all(
      [duck, influx].map(async (h) => {
        await h.start();
        await h.keep(turns);
      }),
    );
  });
  afterAll(async () => {
    await Promise.all([duck.close(), influx.close()]);
    await influxd.stop();
    rmSync(dir, { recursive: true });
  });

  const everySeries = points.flatMap((point) => metrics.map((metric) => ({ point, metric })));

  test('every reading, every bucket, every newest value is the same to the last digit', async () => {
    const spans = [
      { from: MIDNIGHT, to: MIDNIGHT + days(40), buckets: 300 },
      { from: MIDNIGHT + hours(7) + 123, to: MIDNIGHT + days(37) + 4_567, buckets: 300 },
      { from: NOON, to: NOON + days(1), buckets: 144 },
      { from: NOON + 1, to: NOON + 7_777_777, buckets: 4_999 },
    ];
    for (const series of everySeries) {
      const all = { ...series, from: 0, to: NOON + days(60), limit: 20_000 };
      expect(await influx.raw(all)).toEqual(await duck.raw(all));
      for (const span of spans) {
        const asked = { ...series, ...span };
        expect((await influx.buckets(asked)).map(shown)).toEqual((await duck.buckets(asked)).map(shown));
      }
    }
    const byName = (a: { point: string; metric: string }, b: { point: string; metric: string }) =>
      `${a.point} ${a.metric}` < `${b.point} ${b.metric}` ? -1 : 1;
    expect([...(await influx.latest())].sort(byName)).toEqual([...(await duck.latest())].sort(byName));
    const frames = {
      point: as.point('GAS-1'),
      metric: as.metric('ax'),
      from: 0,
      to: NOON + days(60),
      limit: 100,
    };
    expect(await influx.frames(frames)).toEqual(await duck.frames(frames));
  });
});
