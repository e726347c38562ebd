import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryInflux, type HistoryInfluxOptions } from '../../../src/adapters/history-influx/index.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import type { HistoryBucket } from '../../../src/flow/ports/history.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { Between } from '../../support/between.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { BAD, CH4, DOUBTFUL, MIDNIGHT, NOON, POINT, reading, turn } from './history.contract.ts';

const NOW = MIDNIGHT + days(60);
/** Sums that come to nothing differ by 1e-15, and rounding makes −0 of it on one side: that is 0. */
const shown = (b: HistoryBucket) => ({
  ...b,
  avg: b.avg === null ? null : Math.round(b.avg * 1e9) / 1e9 + 0,
});

describe.skipIf(!hasInfluxd())('hours that were counted once', () => {
  let influxd: Influxd;
  let between: Between;
  beforeAll(async () => {
    influxd = await Influxd.start();
    between = await Between.start(influxd.url);
  });
  afterAll(async () => {
    await between.stop();
    await influxd.stop();
  });

  const open = (rest: Partial<HistoryInfluxOptions> = {}): HistoryInflux =>
    new HistoryInflux({
      url: between.url,
      version: '1',
      token: null,
      org: null,
      bucket: `h${randomUUID().slice(0, 8)}`,
      lifelines: ['gas'],
      lifelineOf: () => 'gas',
      source: 'journal',
      lastTurn: as.turn(0),
      keepDays: 36_500,
      now: () => NOW,
      onTrouble: (msg, fields) => expect.fail(`${msg} ${JSON.stringify(fields)}`),
      onRejected: ([r]) => expect.fail(`${r?.reason}: ${r?.line}`),
      slow: 0,
      ...rest,
    });

  const questions = () =>
    between.asked.filter((a) => a.path.startsWith('/query')).map((a) => decodeURIComponent(a.path + a.body));

  test('a chart that was slow is read from them the next time, with the same answer', async () => {
    const history = open();
    const readings = Array.from({ length: 24 * 40 * 4 }, (_, i) =>
      reading(MIDNIGHT + i * minutes(15), i % 977),
    );
    await history.keep([turn(1, readings)]);
    const q = {
      point: POINT,
      metric: CH4,
      from: MIDNIGHT + minutes(7),
      to: MIDNIGHT + days(40) + 5,
      buckets: 30,
    };
    const slow = await history.buckets(q);
    await history.idle();
    between.asked.length = 0;
    const quick = await history.buckets(q);
    expect(quick.map(shown)).toEqual(slow.map(shown));
    expect(questions().some((asked) => asked.includes('gas__1h'))).toBe(true);
    // Only the hours at the edges of a bucket are read from their readings.
    expect(questions().some((asked) => asked.includes(`time >= ${q.from}ms AND time < ${q.to}ms`))).toBe(
      false,
    );
    await history.close();
  });

  test('a chart that was quick leaves nothing behind', async () => {
    const bucket = `q${randomUUID().slice(0, 8)}`;
    const history = open({ bucket, slow: 60_000 });
    await history.keep([turn(1, [reading(NOON, 1)])]);
    await history.buckets({ point: POINT, metric: CH4, from: MIDNIGHT, to: NOW, buckets: 10 });
    await history.idle();
    const [found] = await influxd.query('SELECT * FROM gas__1h WHERE ch4__n >= 0', bucket);
    expect(found?.series).toBeUndefined();
    await history.close();
  });

  test('whatever comes late, twice or from an import, they are never wrong', {
    timeout: 120_000,
  }, async () => {
    const someReading: fc.Arbitrary<Reading> = fc
      .record({
        at: fc.nat({ max: 40 * 24 * 4 }),
        value: fc.option(fc.integer({ min: -50, max: 50 }), { freq: 8 }),
        quality: fc.constantFrom(undefined, undefined, DOUBTFUL, BAD),
      })
      .map(({ at, value, quality }) =>
        reading(MIDNIGHT + at * minutes(15), value, {
          quality: quality ?? (value === null ? BAD : { grade: 'good' }),
        }),
      );
    const chart = fc.record({
      from: fc.integer({ min: -10, max: 20 * 24 * 60 }),
      span: fc.integer({ min: 3 * 24 * 60, max: 50 * 24 * 60 }),
      odd: fc.constantFrom(0, 1, 59_999),
      buckets: fc.integer({ min: 1, max: 24 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.array(someReading, { minLength: 1, maxLength: 40 }), fc.array(chart, { maxLength: 3 })),
          {
            minLength: 2,
            maxLength: 5,
          },
        ),
        async (rounds) => {
          const history = open();
          const model = new MemoryHistory();
          let n = 0;
          for (const [readings, charts] of rounds) {
            const batch = [turn(++n, readings)];
            await history.keep(batch);
            await model.keep(batch);
            for (const { from, span, odd, buckets } of charts) {
              const begin = MIDNIGHT + minutes(from) + odd;
              const q = { point: POINT, metric: CH4, from: begin, to: begin + minutes(span), buckets };
              const expected = [...(await model.buckets(q))].sort((a, b) => a.t - b.t).map(shown);
              expect((await history.buckets(q)).map(shown)).toEqual(expected);
              await history.idle();
              expect((await history.buckets(q)).map(shown)).toEqual(expected);
            }
          }
          await history.close();
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  test('a late reading takes back its hour in the very write that brings it', async () => {
    const history = open();
    await history.keep([turn(1, [reading(NOON, 1)])]);
    between.asked.length = 0;
    await history.keep([turn(2, [reading(NOON + hours(1), 2), reading(NOW - days(1), 3)])]);
    const [write] = between.asked.filter((a) => a.path.startsWith('/write'));
    const lines = write?.body.split('\n') ?? [];
    expect(lines[0]).toBe(`gas__1h,point=GAS-1 ch4__n=-1i ${NOON + hours(1)}`);
    expect(lines).toHaveLength(3);
    await history.close();
  });

  test('go with the days that are forgotten', async () => {
    const bucket = `f${randomUUID().slice(0, 8)}`;
    const history = open({ bucket });
    await history.keep([turn(1, [reading(NOON, 1), reading(NOON + days(3), 2)])]);
    const q = { point: POINT, metric: CH4, from: MIDNIGHT, to: MIDNIGHT + days(50), buckets: 10 };
    await history.buckets(q);
    await history.idle();
    expect(await history.forgetBefore(MIDNIGHT + days(2))).toBe(1);
    expect((await history.buckets(q)).map((b) => b.n)).toEqual([1]);
    const [oldest] = await influxd.query('SELECT * FROM gas__1h ORDER BY time ASC LIMIT 1', bucket);
    expect(oldest?.series?.[0]?.values[0]?.[0]).toBe(MIDNIGHT + days(2));
    await history.close();
  });
});
