import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { type Frame, GOOD, type Quality, type Reading } from '../../../src/domain/reading.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import type { History, HistoryBucket } from '../../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { encodeSpool } from '../../../src/wire/files/spool.ts';

/** Where a history lies: every `open` gives another one over the same contents. */
export type Place = {
  open(): History;
  end(): void;
};

/** A Friday, 00:00 UTC. */
export const MIDNIGHT = Date.UTC(2026, 0, 2);
export const NOON = MIDNIGHT + hours(12);

export const POINT = as.point('GAS-1');
export const CH4 = as.metric('ch4');
export const DOUBTFUL: Quality = { grade: 'doubtful', why: 'impossible-jump' };
export const BAD: Quality = { grade: 'bad', why: 'out-of-range' };

export function reading(observedAt: number, value: number | null, rest: Partial<Reading> = {}): Reading {
  return {
    point: POINT,
    metric: CH4,
    value,
    quality: GOOD,
    observedAt,
    receivedAt: observedAt + 300,
    backfill: false,
    ...rest,
  };
}

export function frame(observedAt: number, samples: Frame['samples'], rest: Partial<Frame> = {}): Frame {
  return {
    point: POINT,
    metric: as.metric('ax'),
    device: as.device('D-1'),
    observedAt,
    receivedAt: observedAt + 300,
    dt: 20,
    samples,
    ...rest,
  };
}

export function turn(n: number, readings: readonly Reading[], frames: readonly Frame[] = []): SpooledTurn {
  return { turn: as.turn(n), body: encodeSpool(readings, frames) };
}

export const all = { point: POINT, metric: CH4, from: 0, to: MIDNIGHT + days(365), limit: 10_000 };

/** What the port leaves open, and a store does its own way. */
export type Unlike = {
  /** Who asks while a batch over several days is being kept may see a part of it. */
  readonly batchesAppearInParts?: boolean;
  /** Days go by a setting of the store, and not when `forgetBefore` says so. */
  readonly forgetsByItself?: boolean;
};

/** What every history must do, whatever it is made of. */
export function historyContract(name: string, makePlace: () => Place, unlike: Unlike = {}): void {
  describe(name, () => {
    let place: Place;
    let history: History;

    beforeEach(async () => {
      place = makePlace();
      history = place.open();
      await history.start();
    });

    afterEach(async () => {
      await history.close();
      place.end();
    });

    async function again(): Promise<void> {
      await history.close();
      history = place.open();
      await history.start();
    }

    const values = async (q: Partial<typeof all> = {}): Promise<(number | null)[]> =>
      (await history.raw({ ...all, ...q })).map((i) => i.value);

    const buckets = (q: { from: number; to: number; buckets: number }): Promise<readonly HistoryBucket[]> =>
      history.buckets({ ...all, ...q });

    describe('readings', () => {
      test('a history in which nothing was kept answers with nothing', async () => {
        expect(await history.cursor()).toBe(0);
        expect(await history.raw(all)).toEqual([]);
        expect(await buckets({ from: MIDNIGHT, to: NOON, buckets: 10 })).toEqual([]);
        expect(await history.latest()).toEqual([]);
        expect(await history.frames(all)).toEqual([]);
        expect(await history.forgetBefore(NOON)).toBe(0);
        await history.keep([]);
        expect(await history.cursor()).toBe(0);
      });

      test('what was kept comes back as it was, with its quality', async () => {
        await history.keep([
          turn(1, [
            reading(NOON, 12.5),
            reading(NOON + 1, 99, { quality: DOUBTFUL, backfill: true }),
            reading(NOON + 2, 120, { quality: BAD }),
            reading(NOON + 3, null, { quality: { grade: 'bad', why: 'not-a-number' } }),
            reading(NOON + 4, null, { quality: { grade: 'bad', why: 'sentinel' }, backfill: true }),
          ]),
        ]);
        expect(await history.raw(all)).toEqual([
          { t: NOON, value: 12.5, quality: GOOD, backfill: false },
          { t: NOON + 1, value: 99, quality: DOUBTFUL, backfill: true },
          { t: NOON + 2, value: 120, quality: BAD, backfill: false },
          { t: NOON + 3, value: null, quality: { grade: 'bad', why: 'not-a-number' }, backfill: false },
          { t: NOON + 4, value: null, quality: { grade: 'bad', why: 'sentinel' }, backfill: true },
        ]);
      });

      test('numbers keep every bit', async () => {
        const odd = [
          0.1,
          1 / 3,
          1e308,
          -1e308,
          Number.MAX_VALUE,
          5e-324,
          9007199254740991,
          -123.456789012345,
        ];
        await history.keep([
          turn(
            1,
            odd.map((v, i) => reading(NOON + i, v)),
          ),
        ]);
        expect(await values()).toEqual(odd);
      });

      test('a negative zero stays one', async () => {
        const body = `{"r":[["GAS-1","ch4",${NOON},${NOON},-0,0,0,0]],"f":[]}`;
        await history.keep([{ turn: as.turn(1), body }]);
        expect(await values()).toEqual([-0]);
      });

      test('oldest first, however they came', async () => {
        await history.keep([
          turn(1, [reading(NOON + 3, 3), reading(NOON + 1, 1)]),
          turn(2, [reading(NOON + 2, 2), reading(NOON, 0)]),
        ]);
        await history.keep([turn(3, [reading(NOON - 1, -1)])]);
        expect(await values()).toEqual([-1, 0, 1, 2, 3]);
      });

      test('from belongs to the answer, to does not', async () => {
        await history.keep([
          turn(
            1,
            [0, 1, 2, 3].map((i) => reading(NOON + i, i)),
          ),
        ]);
        expect(await values({ from: NOON + 1, to: NOON + 3 })).toEqual([1, 2]);
        expect(await values({ from: NOON + 1, to: NOON + 1 })).toEqual([]);
        expect(await values({ from: NOON + 3, to: NOON })).toEqual([]);
      });

      test('pages of a limit, each from behind the last item of the one before, give everything once', async () => {
        const readings = Array.from({ length: 25 }, (_, i) => reading(MIDNIGHT + hours(3) * i, i));
        await history.keep([turn(1, readings), turn(2, readings)]);
        const seen: (number | null)[] = [];
        let from = 0;
        for (;;) {
          const page = await history.raw({ ...all, from, limit: 4 });
          seen.push(...page.map((i) => i.value));
          const last = page.at(-1);
          if (last === undefined) break;
          expect(page.length).toBeLessThanOrEqual(4);
          from = last.t + 1;
        }
        expect(seen).toEqual(readings.map((r) => r.value));
        expect(await values({ limit: 0 })).toEqual([]);
      });

      test('a code is a name and nothing else', async () => {
        const codes = [
          '燃气-合肥-0001号',
          "Robert'); DROP TABLE reading;--",
          '" OR 1=1 --',
          "'",
          '\\',
          '%_',
          ' ',
          'a\nb\tc',
          '🚨',
          'a\u0000b',
          'a',
          'A',
          '__proto__',
          'constructor',
          'null',
          'x'.repeat(200),
        ];
        const mine = codes.flatMap((p, i) =>
          codes.map((m, k) => ({ p: as.point(p), m: as.metric(m), v: i * codes.length + k })),
        );
        await history.keep([
          turn(
            1,
            mine.map(({ p, m, v }) => reading(NOON, v, { point: p, metric: m })),
          ),
        ]);
        await again();
        for (const { p, m, v } of mine.filter((_, i) => i % 5 === 0 || i < 2 * codes.length)) {
          expect(await values({ point: p, metric: m }), `${p} ${m}`).toEqual([v]);
        }
        expect(await history.latest()).toHaveLength(mine.length);
        expect(await values({ point: as.point('nobody') })).toEqual([]);
      });
    });

    describe('the last one kept wins', () => {
      test('within a turn, a batch, and from batch to batch', async () => {
        await history.keep([turn(1, [reading(NOON, 1), reading(NOON, 2), reading(NOON + 1, 9)])]);
        expect(await values()).toEqual([2, 9]);
        await history.keep([turn(2, [reading(NOON, 3)]), turn(3, [reading(NOON, 4, { quality: DOUBTFUL })])]);
        expect(await values()).toEqual([4, 9]);
        await again();
        await history.keep([turn(4, [reading(NOON, 5)])]);
        expect(await values()).toEqual([5, 9]);
        expect(await history.raw({ ...all, limit: 1 })).toEqual([
          { t: NOON, value: 5, quality: GOOD, backfill: false },
        ]);
      });

      test('a thousand times the same reading is one reading', async () => {
        const same = Array.from({ length: 1_000 }, () => reading(NOON, 7));
        await history.keep([turn(1, same), turn(2, same)]);
        expect(await values()).toEqual([7]);
        expect(await buckets({ from: NOON, to: NOON + 10, buckets: 1 })).toEqual([
          { t: NOON, min: 7, max: 7, avg: 7, n: 1, worstQuality: 'good' },
        ]);
      });

      test('of one instant at two points, and of two metrics, each has its own', async () => {
        await history.keep([
          turn(1, [
            reading(NOON, 1),
            reading(NOON, 2, { point: as.point('GAS-2') }),
            reading(NOON, 3, { metric: as.metric('temp') }),
          ]),
        ]);
        expect(await values()).toEqual([1]);
        expect(await values({ point: as.point('GAS-2') })).toEqual([2]);
        expect(await values({ metric: as.metric('temp') })).toEqual([3]);
      });
    });

    describe('the cursor', () => {
      test('is the last turn kept, also of turns that hold nothing, and after opening again', async () => {
        await history.keep([turn(3, []), turn(4, [])]);
        expect(await history.cursor()).toBe(4);
        await again();
        expect(await history.cursor()).toBe(4);
        await history.keep([turn(7, [], [frame(NOON, [1])])]);
        expect(await history.cursor()).toBe(7);
        await again();
        expect(await history.cursor()).toBe(7);
        await history.keep([turn(9, [reading(NOON, 1)]), turn(12, [])]);
        expect(await history.cursor()).toBe(12);
        await again();
        expect(await history.cursor()).toBe(12);
        await history.keep([turn(13, [])]);
        await again();
        expect(await history.cursor()).toBe(13);
        expect(await values()).toEqual([1]);
      });

      test('a batch that is repeated changes nothing', async () => {
        const batch = [turn(1, [reading(NOON, 1)]), turn(2, [reading(NOON, 2), reading(NOON - days(1), 3)])];
        await history.keep(batch);
        await history.keep([turn(3, [reading(NOON, 4)])]);
        await history.keep(batch);
        await again();
        await history.keep(batch);
        expect(await values()).toEqual([3, 4]);
        expect(await history.cursor()).toBe(3);
      });

      test('of a batch that overlaps the last one only the new turns are kept', async () => {
        await history.keep([turn(1, [reading(NOON, 1)]), turn(2, [reading(NOON + 1, 2)])]);
        await history.keep([
          turn(1, [reading(NOON, 100)]),
          turn(2, [reading(NOON + 1, 200)]),
          turn(3, [reading(NOON + 2, 3)]),
        ]);
        expect(await values()).toEqual([1, 2, 3]);
        expect(await history.cursor()).toBe(3);
      });

      test.skipIf(unlike.batchesAppearInParts)(
        'a batch over several days appears as a whole or not at all',
        async () => {
          await history.keep([turn(1, [reading(NOON, 0)])]);
          const batch = Array.from({ length: 6 }, (_, d) => reading(NOON + days(d - 4) + 1, d));
          const keeping = history.keep([turn(2, batch)]);
          let kept = false;
          void keeping.then(() => {
            kept = true;
          });
          const seen = new Set<number>();
          while (!kept) seen.add((await values()).length);
          await keeping;
          seen.add((await values()).length);
          for (const n of seen) expect([1, 7]).toContain(n);
          expect(seen).toContain(7);
        },
      );
    });

    describe('days', () => {
      test('midnight parts nothing', async () => {
        const readings = Array.from({ length: 240 }, (_, i) => reading(MIDNIGHT - seconds(120 - i), i));
        await history.keep([turn(1, readings.slice(0, 150)), turn(2, readings.slice(150))]);
        expect(await values()).toEqual(readings.map((r) => r.value));
        expect(await values({ from: MIDNIGHT - 1000, to: MIDNIGHT + 1000 })).toEqual([119, 120]);
        expect(await values({ limit: 121 })).toEqual(readings.slice(0, 121).map((r) => r.value));
      });

      test('what comes two days late is where it belongs, and wins over what was there', async () => {
        await history.keep([turn(1, [reading(NOON - days(2), 1)])]);
        await history.keep([turn(2, [reading(NOON, 2)])]);
        await history.keep([
          turn(3, [
            reading(NOON - days(2), 10, { backfill: true, receivedAt: NOON }),
            reading(NOON - days(2) + 1, 11, { backfill: true, receivedAt: NOON }),
          ]),
        ]);
        await again();
        expect(await values()).toEqual([10, 11, 2]);
        expect((await history.raw(all)).map((i) => i.backfill)).toEqual([true, true, false]);
      });

      test('imported readings of many years are all there', async () => {
        const years = Array.from({ length: 30 }, (_, y) => reading(Date.UTC(1995 + y, 5, 1), y));
        await history.keep([turn(1, years)]);
        await again();
        expect(await values()).toEqual(years.map((r) => r.value));
        expect(await values({ from: Date.UTC(2000, 0), to: Date.UTC(2003, 0) })).toEqual([5, 6, 7]);
      });
    });

    describe('buckets', () => {
      test('equal parts of what was asked, the empty ones absent, with their beginnings', async () => {
        await history.keep([
          turn(1, [reading(NOON, 1), reading(NOON + minutes(5), 3), reading(NOON + minutes(25), 7)]),
        ]);
        expect(await buckets({ from: NOON, to: NOON + minutes(40), buckets: 4 })).toEqual([
          { t: NOON, min: 1, max: 3, avg: 2, n: 2, worstQuality: 'good' },
          { t: NOON + minutes(20), min: 7, max: 7, avg: 7, n: 1, worstQuality: 'good' },
        ]);
      });

      test('a reading on a boundary belongs to the bucket that begins there', async () => {
        await history.keep([turn(1, [reading(NOON + 9, 1), reading(NOON + 10, 2), reading(NOON + 19, 3)])]);
        const found = await buckets({ from: NOON, to: NOON + 20, buckets: 2 });
        expect(found.map((b) => [b.t - NOON, b.n])).toEqual([
          [0, 1],
          [10, 2],
        ]);
      });

      test('the ends of what was asked need not be round, and the last instant is in the last bucket', async () => {
        const from = NOON + 137;
        const to = from + 1_001;
        const readings = Array.from({ length: 1_100 }, (_, i) => reading(from - 50 + i, i));
        await history.keep([turn(1, readings)]);
        const found = await buckets({ from, to, buckets: 7 });
        expect(found.map((b) => b.t - from)).toEqual([0, 143, 286, 429, 572, 715, 858]);
        expect(found.map((b) => b.n)).toEqual([143, 143, 143, 143, 143, 143, 143]);
        expect(found[0]?.min).toBe(50);
        expect(found[6]?.max).toBe(1_050);
      });

      test('where boundaries fall between milliseconds, a bucket begins at the first one within', async () => {
        const readings = Array.from({ length: 10 }, (_, i) => reading(NOON + i, i));
        await history.keep([turn(1, readings)]);
        const found = await buckets({ from: NOON, to: NOON + 10, buckets: 3 });
        expect(found.map((b) => [b.t - NOON, b.min, b.max])).toEqual([
          [0, 0, 3],
          [4, 4, 6],
          [7, 7, 9],
        ]);
      });

      test('more buckets than milliseconds: one each', async () => {
        await history.keep([turn(1, [reading(NOON, 1), reading(NOON + 1, 2), reading(NOON + 3, 4)])]);
        const found = await buckets({ from: NOON, to: NOON + 4, buckets: 100 });
        expect(found.map((b) => [b.t - NOON, b.n])).toEqual([
          [0, 1],
          [1, 1],
          [3, 1],
        ]);
      });

      test('a spike of one reading in a month survives', async () => {
        const month = Array.from({ length: 720 }, (_, h) => reading(MIDNIGHT + hours(h), 20));
        month[401] = reading(MIDNIGHT + hours(401), 95);
        await history.keep([turn(1, month)]);
        const found = await buckets({ from: MIDNIGHT, to: MIDNIGHT + days(30), buckets: 10 });
        expect(found).toHaveLength(10);
        expect(found.map((b) => b.max)).toEqual([20, 20, 20, 20, 20, 95, 20, 20, 20, 20]);
        expect(found.map((b) => b.n)).toEqual(Array.from({ length: 10 }, () => 72));
      });

      test('a bucket over midnight counts both sides by their weight', async () => {
        await history.keep([
          turn(1, [
            reading(MIDNIGHT - 2, 1),
            reading(MIDNIGHT - 1, 2, { quality: DOUBTFUL }),
            reading(MIDNIGHT, 9),
          ]),
        ]);
        expect(await buckets({ from: MIDNIGHT - 100, to: MIDNIGHT + 100, buckets: 1 })).toEqual([
          { t: MIDNIGHT - 100, min: 1, max: 9, avg: 4, n: 3, worstQuality: 'doubtful' },
        ]);
      });

      test('bad readings do not count but are told of', async () => {
        await history.keep([
          turn(1, [
            reading(NOON, 5),
            reading(NOON + 1, 7, { quality: DOUBTFUL }),
            reading(NOON + 2, 9999, { quality: BAD }),
            reading(NOON + 10, null, { quality: BAD }),
            reading(NOON + 11, -9999, { quality: BAD }),
            reading(NOON + 20, null, { quality: { grade: 'doubtful', why: 'device-fault' } }),
            reading(NOON + 30, 4, { quality: DOUBTFUL }),
          ]),
        ]);
        expect(await buckets({ from: NOON, to: NOON + 40, buckets: 4 })).toEqual([
          { t: NOON, min: 5, max: 7, avg: 6, n: 2, worstQuality: 'bad' },
          { t: NOON + 10, min: null, max: null, avg: null, n: 0, worstQuality: 'bad' },
          { t: NOON + 20, min: null, max: null, avg: null, n: 0, worstQuality: 'doubtful' },
          { t: NOON + 30, min: 4, max: 4, avg: 4, n: 1, worstQuality: 'doubtful' },
        ]);
      });

      test('only the reading that was kept last counts', async () => {
        await history.keep([
          turn(1, [reading(NOON, 500, { quality: BAD }), reading(NOON - days(1), 500, { quality: BAD })]),
        ]);
        await history.keep([turn(2, [reading(NOON, 5), reading(NOON - days(1), 5)])]);
        const found = await buckets({ from: MIDNIGHT - days(1), to: MIDNIGHT + days(1), buckets: 2 });
        expect(found.map(({ min, max, n, worstQuality }) => [min, max, n, worstQuality])).toEqual([
          [5, 5, 1, 'good'],
          [5, 5, 1, 'good'],
        ]);
      });

      test('the mean of very large values is not infinite', async () => {
        await history.keep([
          turn(1, [reading(NOON, 1e308), reading(NOON + 1, 1.5e308), reading(NOON + 2, 1.7e308)]),
        ]);
        const [b] = await buckets({ from: NOON, to: NOON + 10, buckets: 1 });
        expect(b?.avg).toBeCloseTo(1.4e308, -300);
        expect(b?.max).toBe(1.7e308);
      });

      test('nothing asked is nothing answered', async () => {
        await history.keep([turn(1, [reading(NOON, 1)])]);
        expect(await buckets({ from: NOON, to: NOON, buckets: 5 })).toEqual([]);
        expect(await buckets({ from: NOON + 1, to: NOON, buckets: 5 })).toEqual([]);
        expect(await buckets({ from: NOON, to: NOON + 1, buckets: 0 })).toEqual([]);
      });

      test('also over all time', async () => {
        await history.keep([turn(1, [reading(NOON, 1)])]);
        const found = await buckets({ from: 0, to: 8.64e15, buckets: 1_000 });
        expect(found.map((b) => [b.min, b.n])).toEqual([[1, 1]]);
        expect(found[0]?.t).toBeLessThanOrEqual(NOON);
      });
    });

    describe('latest', () => {
      test('the newest of each metric of each point, by the device clock, good or not', async () => {
        const other = as.point('GAS-2');
        await history.keep([
          turn(1, [
            reading(NOON + 5, 5),
            reading(NOON, 20, { metric: as.metric('temp') }),
            reading(NOON - days(1), 8, { point: other }),
          ]),
          turn(2, [reading(NOON + 2, 2, { receivedAt: NOON + hours(1), backfill: true })]),
          turn(3, [reading(NOON + 9, null, { metric: as.metric('temp'), quality: BAD })]),
        ]);
        const latest = [...(await history.latest())].sort((a, b) => a.observedAt - b.observedAt);
        expect(latest).toEqual([
          {
            point: other,
            metric: CH4,
            value: 8,
            quality: GOOD,
            observedAt: NOON - days(1),
            receivedAt: NOON - days(1) + 300,
          },
          {
            point: POINT,
            metric: CH4,
            value: 5,
            quality: GOOD,
            observedAt: NOON + 5,
            receivedAt: NOON + 305,
          },
          {
            point: POINT,
            metric: as.metric('temp'),
            value: null,
            quality: BAD,
            observedAt: NOON + 9,
            receivedAt: NOON + 309,
          },
        ]);
      });

      test('of the same instant the one kept last, and a point that has been silent for a week', async () => {
        const silent = as.point('silent');
        await history.keep([
          turn(1, [reading(NOON - days(7), 1, { point: silent }), reading(NOON, 1), reading(NOON, 2)]),
        ]);
        for (let d = 6; d >= 0; d--) await history.keep([turn(10 - d, [reading(NOON - days(d), 10 - d)])]);
        await again();
        const latest = await history.latest();
        expect(latest.map((l) => [l.point, l.value]).sort()).toEqual([
          [POINT, 10],
          [silent, 1],
        ]);
      });
    });

    describe('frames', () => {
      const q = { ...all, metric: as.metric('ax') };

      test('come back whole: every sample, every gap', async () => {
        const samples = [0.1, null, -1e-300, 1e308, 0, null, null, 3.25];
        const long = Array.from({ length: 12_000 }, (_, i) => (i % 97 === 0 ? null : Math.sin(i) * 9.81));
        await history.keep([
          turn(1, [], [frame(NOON, samples), frame(NOON + 1, long, { dt: 19.53125 }), frame(NOON + 2, [])]),
        ]);
        await again();
        expect(await history.frames(q)).toEqual([
          { t0: NOON, dt: 20, samples },
          { t0: NOON + 1, dt: 19.53125, samples: long },
          { t0: NOON + 2, dt: 20, samples: [] },
        ]);
        expect(await values({ metric: as.metric('ax') })).toEqual([]);
      });

      test('by their first sample, oldest first, at most as many as asked, the last one kept', async () => {
        await history.keep([
          turn(1, [], [frame(MIDNIGHT + 10, [3]), frame(MIDNIGHT - 10, [1]), frame(MIDNIGHT, [2])]),
          turn(2, [reading(NOON, 1)], [frame(MIDNIGHT, [20]), frame(MIDNIGHT, [200])]),
        ]);
        const found = async (rest: Partial<typeof q>): Promise<unknown[]> =>
          (await history.frames({ ...q, ...rest })).map((f) => f.samples[0]);
        expect(await found({})).toEqual([1, 200, 3]);
        expect(await found({ limit: 2 })).toEqual([1, 200]);
        expect(await found({ from: MIDNIGHT, to: MIDNIGHT + 10 })).toEqual([200]);
        expect(await found({ point: as.point('other') })).toEqual([]);
      });
    });

    describe('forgetting', () => {
      beforeEach(async () => {
        await history.keep([
          turn(
            1,
            [0, 1, 2, 3].map((d) => reading(NOON + days(d), d)),
          ),
          turn(2, [], [frame(NOON - days(1), [1]), frame(NOON + days(3), [2])]),
        ]);
      });

      test.skipIf(unlike.forgetsByItself)('whole days go, the day that is cut stays whole', async () => {
        expect(await history.forgetBefore(NOON + days(2))).toBe(3);
        expect(await values()).toEqual([2, 3]);
        expect(await history.frames({ ...all, metric: as.metric('ax') })).toHaveLength(1);
        expect(await history.forgetBefore(NOON + days(2))).toBe(0);
        await again();
        expect(await values()).toEqual([2, 3]);
      });

      test.skipIf(unlike.forgetsByItself)('to the millisecond of midnight', async () => {
        expect(await history.forgetBefore(MIDNIGHT + days(1) - 1)).toBe(1);
        expect(await values()).toEqual([0, 1, 2, 3]);
        expect(await history.forgetBefore(MIDNIGHT + days(1))).toBe(1);
        expect(await values()).toEqual([1, 2, 3]);
      });

      test.skipIf(unlike.forgetsByItself)('the cursor is not forgotten, and keeping goes on', async () => {
        expect(await history.forgetBefore(NOON + days(30))).toBe(5);
        expect(await values()).toEqual([]);
        expect(await history.latest()).toEqual([]);
        await again();
        expect(await history.cursor()).toBe(2);
        await history.keep([turn(2, [reading(NOON, 77)]), turn(3, [reading(NOON, 88)])]);
        await again();
        expect(await values()).toEqual([88]);
        expect(await history.cursor()).toBe(3);
      });
    });

    test('opened again, everything is as it was', async () => {
      const readings = Array.from({ length: 5_000 }, (_, i) =>
        reading(MIDNIGHT - hours(6) + i * 9_001, i % 100 === 0 ? null : i / 8, {
          quality: i % 100 === 0 ? BAD : GOOD,
        }),
      );
      await history.keep([turn(1, readings, [frame(NOON, [1, 2, 3])])]);
      const look = async () => ({
        raw: await history.raw(all),
        buckets: await buckets({ from: MIDNIGHT - days(1), to: MIDNIGHT + days(1), buckets: 24 }),
        latest: await history.latest(),
        frames: await history.frames({ ...all, metric: as.metric('ax') }),
        cursor: await history.cursor(),
      });
      const before = await look();
      expect(before.raw).toHaveLength(5_000);
      await again();
      expect(await look()).toEqual(before);
    });
  });
}
