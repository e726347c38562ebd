import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HistoryDuckdb, type HistoryDuckdbOptions } from '../../../src/adapters/history-duckdb/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { GOOD, type Quality, type Reading } from '../../../src/domain/reading.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import { isStoreTrouble, troubleOf } from '../../../src/flow/ports/history.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { engineOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import {
  all,
  BAD,
  CH4,
  DOUBTFUL,
  frame,
  historyContract,
  MIDNIGHT,
  NOON,
  POINT,
  reading,
  turn,
} from './history.contract.ts';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'history-'));

historyContract('the history on DuckDB', () => {
  const dir = newDir();
  const onTrouble = (msg: string, fields: object): void => expect.fail(`${msg} ${JSON.stringify(fields)}`);
  return {
    open: () => new HistoryDuckdb({ dir, onTrouble }),
    end: () => rmSync(dir, { recursive: true, force: true }),
  };
});

describe('on DuckDB', () => {
  let dir: string;
  let troubles: string[];
  const open: HistoryDuckdb[] = [];
  let settled: PromiseWithResolvers<{ day: string; rows: number }>;

  beforeEach(() => {
    dir = newDir();
    troubles = [];
    settled = Promise.withResolvers();
  });

  afterEach(async () => {
    for (const h of open.splice(0)) await h.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function start(options: Partial<HistoryDuckdbOptions> = {}): Promise<HistoryDuckdb> {
    const history = new HistoryDuckdb({
      dir,
      onTrouble: (msg, fields) => troubles.push(`${msg}: ${fields.file ?? ''} ${fields.why}`),
      onSettled: (day, { rows }) => settled.resolve({ day, rows }),
      ...options,
    });
    open.push(history);
    await history.start();
    return history;
  }

  const file = (name: string): string => join(dir, name);
  const names = (): string[] => readdirSync(dir).sort();
  const values = async (h: HistoryDuckdb, q: Partial<typeof all> = {}): Promise<(number | null)[]> =>
    (await h.raw({ ...all, ...q })).map((i) => i.value);

  /** Rows of a closed day file, as anybody with DuckDB reads them. */
  async function rowsOf(name: string, sql: string): Promise<unknown[][]> {
    const instance = await DuckDBInstance.create(file(name), { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    connection.closeSync();
    instance.closeSync();
    return rows;
  }

  /** One reading of each of `points` a minute, over the first `count` minutes of a day. */
  function minutely(day: number, points: number, count: number): Reading[] {
    return Array.from({ length: count * points }, (_, i) =>
      reading(day + minutes(Math.floor(i / points)), i, { point: as.point(`P-${i % points}`) }),
    );
  }

  describe('a day that is over', () => {
    const nextDay = reading(MIDNIGHT + days(1) + minutes(20), 1);

    test('is put in order, one row for each instant, and says what it said before', async () => {
      const h = await start();
      const readings = minutely(MIDNIGHT, 7, 100);
      await h.keep([turn(1, readings), turn(2, readings.slice(0, 300))]);
      await h.keep([
        turn(3, [
          reading(MIDNIGHT + minutes(5), -5, { point: as.point('P-3'), quality: DOUBTFUL }),
          reading(MIDNIGHT + minutes(5) + 1, null, { point: as.point('P-3'), quality: BAD, backfill: true }),
        ]),
      ]);
      const q = { ...all, point: as.point('P-3') };
      const look = async () => ({
        raw: await h.raw(q),
        buckets: await h.buckets({ ...q, from: MIDNIGHT - 7, to: MIDNIGHT + hours(2), buckets: 13 }),
        latest: (await h.latest()).filter((l) => l.point !== POINT),
      });
      const before = await look();
      expect(before.raw).toHaveLength(101);
      await h.keep([turn(4, [nextDay])]);
      expect(await settled.promise).toEqual({ day: '2026-01-02', rows: 701 });
      expect(await look()).toEqual(before);

      // What comes still later is added and wins, as ever.
      await h.keep([turn(5, [reading(MIDNIGHT + minutes(5), 55, { point: as.point('P-3') })])]);
      const expected = before.raw.map((i) =>
        i.t === MIDNIGHT + minutes(5) ? { ...i, value: 55, quality: GOOD } : i,
      );
      expect(await h.raw(q)).toEqual(expected);
      await h.close();
      const again = await start();
      expect(await again.raw(q)).toEqual(expected);
      expect(await again.cursor()).toBe(5);
      await again.close();

      expect(names()).toEqual(['2026-01-02.duckdb', '2026-01-03.duckdb']);
      const rows = await rowsOf(
        '2026-01-02.duckdb',
        'SELECT series, observed_at FROM reading WHERE turn = 0 ORDER BY rowid',
      );
      const inOrder = rows.map(([s, t]) => Number(s) * 1e14 + Number(t));
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      expect(new Set(inOrder).size).toBe(701);
      expect(troubles).toEqual([]);
    });

    test('takes in what comes while it is being put in order', async () => {
      const h = await start();
      const reference = new MemoryHistory();
      let n = 0;
      const keep = async (readings: Reading[]): Promise<void> => {
        n++;
        await h.keep([turn(n, readings)]);
        await reference.keep([turn(n, readings)]);
      };
      await keep(minutely(MIDNIGHT, 60, 1_000));
      await keep([nextDay]);
      let done = false;
      void settled.promise.then(() => {
        done = true;
      });
      // Every turn has late rows for the day, among them new points and new values of old instants.
      for (let i = 0; !done; i++) {
        const late = Array.from({ length: 20 }, (_, k) =>
          reading(MIDNIGHT + minutes((i * 20 + k) % 1_000), -i, {
            point: as.point(k % 10 === 0 ? `NEW-${i}` : `P-${k}`),
            receivedAt: nextDay.receivedAt,
          }),
        );
        await keep([...late, reading(nextDay.observedAt + i, i)]);
      }
      expect(n).toBeGreaterThan(3);
      await h.close();
      const again = await start();
      for (const code of ['P-0', 'P-1', 'P-7', 'P-19', 'P-59', 'NEW-0', `NEW-${n - 3}`, 'GAS-1']) {
        const q = { ...all, point: as.point(code) };
        expect(await again.raw(q)).toEqual(await reference.raw(q));
      }
      expect(await again.latest()).toHaveLength((await reference.latest()).length);
    });

    test('can wait: closed while it is being put in order, nothing is lost, and it is done another time', async () => {
      const h = await start();
      await h.keep([turn(1, minutely(MIDNIGHT, 50, 1_000))]);
      await h.keep([turn(2, [nextDay])]);
      await h.close();
      expect(names().filter((n) => !/^\d{4}-\d\d-\d\d\.duckdb$/.test(n))).toEqual([]);
      const again = await start();
      expect(await values(again, { point: as.point('P-49') })).toHaveLength(1_000);
      await again.keep([turn(3, [reading(nextDay.observedAt + 1, 1)])]);
      expect(await settled.promise).toEqual({ day: '2026-01-02', rows: 50_000 });
      expect(await values(again, { point: as.point('P-49') })).toHaveLength(1_000);
    });

    test('can be forgotten while it is being put in order', async () => {
      const h = await start();
      await h.keep([turn(1, minutely(MIDNIGHT, 50, 1_000))]);
      await h.keep([turn(2, [nextDay])]);
      expect(await h.forgetBefore(MIDNIGHT + days(1))).toBe(1);
      expect(await values(h, { point: as.point('P-1') })).toEqual([]);
      expect(await values(h)).toEqual([1]);
      expect(names().filter((n) => n.startsWith('2026-01-02'))).toEqual([]);
    });
  });

  test('a random life agrees with the history in memory, whatever is asked and however often it is opened', async () => {
    const reference = new MemoryHistory();
    const draw = randomNumbers(20260102);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)] as T;
    const points = ['a', 'b', '井盖'].map(as.point);
    const metrics = ['x', 'y'].map(as.metric);
    const qualities: Quality[] = [GOOD, GOOD, GOOD, DOUBTFUL, BAD];
    let h = await start();
    let n = 0;
    for (let round = 0; round < 25; round++) {
      const now = MIDNIGHT + hours(4) * round;
      const batch = Array.from({ length: 1 + Math.floor(draw() * 3) }, () => {
        const readings = Array.from({ length: Math.floor(draw() * 60) }, () => {
          // A coarse grid, so that many instants come twice.
          const observedAt = now - Math.floor(draw() ** 4 * 20) * hours(3) - Math.floor(draw() * 20) * 1_000;
          return reading(observedAt, draw() < 0.1 ? null : Math.round(draw() * 1e4) / 100, {
            point: pick(points),
            metric: pick(metrics),
            quality: pick(qualities),
            receivedAt: now,
          });
        });
        return turn(++n, readings);
      });
      await h.keep(batch);
      await reference.keep(batch);
      if (round % 8 === 7) {
        await h.close();
        h = await start();
      }
      for (let k = 0; k < 4; k++) {
        const from = now - Math.floor(draw() * 4 * days(1));
        const q = {
          point: pick(points),
          metric: pick(metrics),
          from,
          to: from + Math.floor(draw() * days(3)),
        };
        const limit = 1 + Math.floor(draw() * 50);
        expect(await h.raw({ ...q, limit })).toEqual(await reference.raw({ ...q, limit }));
        const buckets = 1 + Math.floor(draw() * 40);
        const found = await h.buckets({ ...q, buckets });
        const expected = await reference.buckets({ ...q, buckets });
        expect(found.map(({ avg: _, ...b }) => b)).toEqual(expected.map(({ avg: _, ...b }) => b));
        found.forEach((b, i) => {
          expect(b.avg ?? 0).toBeCloseTo(expected[i]?.avg ?? 0, 9);
        });
      }
    }
    const byName = <T extends { point: string; metric: string }>(list: readonly T[]): T[] =>
      [...list].sort((x, y) => `${x.point}${x.metric}`.localeCompare(`${y.point}${y.metric}`));
    expect(byName(await h.latest())).toEqual(byName(await reference.latest()));
    expect(troubles).toEqual([]);
  }, 120_000);

  test('instants before 1970 and after 9999 are kept as well', async () => {
    const h = await start();
    const odd = [Date.UTC(12_000, 0), -1, -days(400), Date.UTC(9999, 11, 31, 12), 0];
    await h.keep([
      turn(
        1,
        odd.map((t, i) => reading(t, i)),
      ),
    ]);
    expect(await values(h, { from: -8.64e15, to: 8.64e15 })).toEqual([2, 1, 4, 3, 0]);
    expect(await values(h, { from: -days(500), to: 0 })).toEqual([2, 1]);
    const found = await h.buckets({ ...all, from: -8.64e15, to: 8.64e15, buckets: 2 });
    expect(found.map((b) => [b.t, b.n])).toEqual([
      [-8.64e15, 2],
      [0, 3],
    ]);
    const fine = await h.buckets({ ...all, from: -8.64e15, to: 8.64e15, buckets: 10_000 });
    expect(fine.map((b) => b.n)).toEqual([2, 1, 1, 1]);
  });

  test('days are put in order also where every file that nobody uses is detached at once', async () => {
    const readings = Array.from({ length: 6 }, (_, d) =>
      Array.from({ length: 50 }, (_, i) => reading(MIDNIGHT + days(d) + minutes(i), i)),
    );
    const inOrder = new Set<string>();
    const allFive = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<never>();
    const h = new HistoryDuckdb({
      dir,
      maxAttached: 1,
      onTrouble: (msg, fields) => failed.reject(new Error(`${msg} ${JSON.stringify(fields)}`)),
      onSettled: (day) => {
        if (inOrder.add(day).size === 5) allFive.resolve();
      },
    });
    open.push(h);
    await h.start();
    await h.keep(readings.map((of, d) => turn(d + 1, of)));
    await Promise.race([allFive.promise, failed.promise]);
    expect(await h.raw(all)).toHaveLength(300);
  });

  test('a year of days does not keep a year of files open', async () => {
    const h = await start({ maxAttached: 4 });
    // More than are asked in one statement.
    const readings = Array.from({ length: 36 }, (_, d) => reading(NOON + days(d), d));
    await h.keep([turn(1, readings)]);
    const expected = readings.map((r) => r.value);
    const [one, two] = await Promise.all([
      values(h, { to: NOON + days(34) }),
      h.buckets({ ...all, from: MIDNIGHT, to: MIDNIGHT + days(36), buckets: 36 }),
    ]);
    expect(one).toEqual(expected.slice(0, 34));
    expect(two.map((b) => b.avg)).toEqual(expected);
    const openFiles = (): number =>
      readdirSync(`/proc/${engineOf(process.pid)}/fd`).filter((fd) => {
        try {
          return readlinkSync(`/proc/${engineOf(process.pid)}/fd/${fd}`).startsWith(dir);
        } catch {
          return false;
        }
      }).length;
    await expect.poll(openFiles).toBeLessThanOrEqual(5);
    expect(await values(h, { limit: 3 })).toEqual([0, 1, 2]);
  }, 120_000);

  describe('damage', () => {
    beforeEach(async () => {
      const h = await start();
      await h.keep([
        turn(1, [reading(NOON - days(2), 1)]),
        turn(2, minutely(MIDNIGHT - days(1), 50, 1_000)),
        turn(3, [reading(NOON - days(1), 2)]),
      ]);
      await h.keep([turn(4, [reading(NOON, 3)], [frame(NOON, [1, 2])])]);
      await h.close();
    });

    test('what a killed run left half made is removed, what is not ours is not touched', async () => {
      for (const name of [
        '2026-01-02.duckdb.settling',
        '2026-01-02.duckdb.settling.wal',
        '2026-01-09.duckdb.new',
        '2026-01-09.frames.duckdb.new.wal',
        'cursor.new',
        'notes.txt',
        'x.settling',
      ]) {
        writeFileSync(file(name), 'half');
      }
      mkdirSync(file('spill'));
      writeFileSync(join(file('spill'), 'x'), 'y');
      const h = await start();
      expect(names()).toEqual([
        '2025-12-31.duckdb',
        '2026-01-01.duckdb',
        '2026-01-02.duckdb',
        '2026-01-02.frames.duckdb',
        'notes.txt',
        'x.settling',
      ]);
      expect(await values(h)).toEqual([1, 2, 3]);
      expect(troubles).toEqual([]);
    });

    test.each([
      ['of nonsense', (path: string) => writeFileSync(path, 'this is not a database'.repeat(1_000))],
      ['of no bytes', (path: string) => truncateSync(path, 0)],
      ['cut short', (path: string) => truncateSync(path, 20_000)],
    ])(
      'the newest file, %s, is set aside with a word, and the day before has the cursor',
      async (_, spoil) => {
        const newest = file('2026-01-02.duckdb');
        spoil(newest);
        const damaged = readFileSync(newest);
        const h = await start();
        expect(troubles).toHaveLength(1);
        expect(troubles[0]).toMatch(/cannot be read and was set aside: 2026-01-02\.duckdb .+/);
        expect(readFileSync(`${newest}.corrupt`)).toEqual(damaged);
        expect(await h.cursor()).toBe(3);
        expect(await values(h)).toEqual([1, 2]);
        // The drain goes on from the cursor and sends again what it still has.
        await h.keep([turn(4, [reading(NOON, 3)], [frame(NOON, [1, 2])]), turn(5, [reading(NOON + 1, 4)])]);
        expect(await values(h)).toEqual([1, 2, 3, 4]);
        expect(await h.frames({ ...all, metric: as.metric('ax') })).toHaveLength(1);
        expect(troubles).toHaveLength(1);
      },
    );

    test('a second damaged file of a day does not replace the first one set aside', async () => {
      writeFileSync(file('2026-01-02.duckdb'), 'first');
      await (await start()).close();
      writeFileSync(file('2026-01-02.duckdb'), 'second');
      const h = await start();
      expect(readFileSync(file('2026-01-02.duckdb.corrupt'), 'utf8')).toBe('first');
      expect(readFileSync(file('2026-01-02.duckdb.corrupt-2'), 'utf8')).toBe('second');
      await h.forgetBefore(NOON + days(30));
      expect(names()).toEqual(['cursor']);
    });

    test('a part that cannot be read is told, and the other days answer', async () => {
      const path = file('2026-01-01.duckdb');
      const bytes = readFileSync(path);
      // The second block: of rows. In the first is what a file is opened by.
      bytes.fill(0x5a, 12_288 + 262_144 + 300, 12_288 + 262_144 + 400);
      writeFileSync(path, bytes);
      const h = await start();
      expect(await values(h)).toEqual([1, 3]);
      const found = await h.buckets({ ...all, from: MIDNIGHT - days(2), to: MIDNIGHT + days(1), buckets: 3 });
      expect(found.map((b) => b.avg)).toEqual([1, 3]);
      expect((await h.latest()).map((l) => l.value)).toEqual([3]);
      expect(troubles.join()).toMatch(/answers lack that day: 2026-01-01\.duckdb .*checksum/);
      expect(names()).toContain('2026-01-01.duckdb');
      await h.keep([turn(5, [reading(NOON + 5, 5)])]);
      expect(await values(h)).toEqual([1, 3, 5]);
    });

    test('a WAL that belongs to another file is set aside, and the file stays', async () => {
      const h = await start();
      await h.keep([turn(5, [reading(NOON + 5, 5)])]);
      copyFileSync(file('2026-01-02.duckdb.wal'), file('2026-01-01.duckdb.wal'));
      await h.close();
      const again = await start();
      expect(await values(again)).toEqual([1, 2, 3, 5]);
      expect(troubles.join()).toMatch(/newest rows .* cannot be read and were set aside: 2026-01-01\.duckdb/);
      expect(existsSync(file('2026-01-01.duckdb.wal.corrupt'))).toBe(true);
    });

    test('a file that somebody took away is told of', async () => {
      const h = await start();
      await h.close();
      const again = await start();
      rmSync(file('2025-12-31.duckdb'));
      // It was attached at the start: only the next run notices.
      await again.close();
      const third = await start();
      expect(await values(third)).toEqual([2, 3]);
      expect(await third.cursor()).toBe(4);
    });
  });

  test('only one at a time, in this process and in others', async () => {
    const h = await start();
    await h.keep([turn(1, [reading(NOON, 1)])]);
    await expect(start()).rejects.toThrow(/already open in this process/);
    const script = `
      import { HistoryDuckdb } from ${JSON.stringify(new URL('../../../src/adapters/history-duckdb/index.ts', import.meta.url).href)};
      const h = new HistoryDuckdb({ dir: ${JSON.stringify(dir)}, onTrouble: console.log });
      await h.start().then(() => console.log('open'), (e) => console.log(String(e)));
      await h.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (d) => {
      said += d;
    });
    await once(child, 'close');
    expect(said).toMatch(/cannot be opened: .*Could not set lock/);
    expect(await values(h)).toEqual([1]);
    expect(names()).not.toContain('2026-01-02.duckdb.corrupt');
  });

  describe('when its process ends by itself', () => {
    const again = { first: 20, atMost: 200 };

    test('those who wait are told, and it is well again by itself, with everything that was kept', async () => {
      const renewed = Promise.withResolvers<void>();
      let lost = 0;
      const h = await start({ again, onLost: () => lost++, onRenewed: () => renewed.resolve() });
      await h.keep([turn(1, [reading(NOON, 1)])]);
      const waiting = h.keep([turn(2, minutely(MIDNIGHT, 100, 500))]).catch((e: unknown) => e);
      const asking = h.raw(all).catch((e: unknown) => e);
      process.kill(engineOf(process.pid), 'SIGABRT');
      for (const told of [await waiting, await asking])
        if (told instanceof Error)
          expect([isStoreTrouble(told), troubleOf(told).kind]).toEqual([true, 'unreachable']);
      await renewed.promise;
      expect(lost).toBe(1);
      await h.keep([turn(2, minutely(MIDNIGHT, 100, 500))]);
      expect(await h.cursor()).toBe(2);
      expect(await values(h)).toEqual([1]);
      expect(await h.latest()).toHaveLength(101);
      expect(troubles.join()).toMatch(/opened anew.*SIGABRT/);
      troubles.length = 0;
    });

    test('asked meanwhile, it says that it is being opened anew, and when to come back', async () => {
      const h = await start({ again: { first: 60_000, atMost: 60_000 } });
      const lost = h.raw(all).catch(() => undefined);
      process.kill(engineOf(process.pid), 'SIGKILL');
      await lost;
      const told = await eventually(() =>
        h.latest().then(
          () => false,
          (e: Error) => /opened anew/.test(e.message) && e,
        ),
      );
      expect(troubleOf(told)).toEqual({ kind: 'unreachable', retryAfter: 60_000 });
      await h.close();
      open.length = 0;
      troubles.length = 0;
    });

    test('or hangs, which is found out: those who wait are told, and another one takes its place', async () => {
      const renewed = Promise.withResolvers<void>();
      let lost = 0;
      const h = await start({
        again,
        hangsAfter: { silence: 10_000, keeping: 600_000 },
        onLost: () => lost++,
        onRenewed: () => renewed.resolve(),
      });
      await h.keep([turn(1, [reading(NOON, 1)])]);
      process.kill(engineOf(process.pid), 'SIGSTOP');
      const waiting = h.keep([turn(2, [reading(MIDNIGHT, 2)])]).catch((e: unknown) => e);
      const asking = h.raw(all).catch((e: unknown) => e);
      for (const told of [await waiting, await asking]) expect(troubleOf(told).kind).toBe('unreachable');
      await renewed.promise;
      expect(lost).toBe(1);
      await h.keep([turn(2, [reading(MIDNIGHT, 2)])]);
      expect(await h.cursor()).toBe(2);
      expect(await values(h)).toEqual([2, 1]);
      expect(troubles.join()).toMatch(/has not answered for 10 s/);
      troubles.length = 0;
    }, 60_000);

    test('or answers, and does not come to an end with one batch', async () => {
      const renewed = Promise.withResolvers<void>();
      const h = await start({
        again,
        hangsAfter: { silence: 60_000, keeping: 3_000 },
        onRenewed: () => renewed.resolve(),
      });
      // While the files are copied a batch waits; here for longer than any copy may take.
      await h.standStill();
      const told = await h.keep([turn(1, [reading(NOON, 1)])]).catch((e: unknown) => e);
      expect(troubleOf(told).kind).toBe('unreachable');
      await renewed.promise;
      await h.keep([turn(1, [reading(NOON, 1)])]);
      expect(await values(h)).toEqual([1]);
      expect(troubles.join()).toMatch(/has not kept one batch/);
      troubles.length = 0;
    }, 60_000);

    test('while it stands still for a copy, the copy is not whole', async () => {
      const renewed = Promise.withResolvers<void>();
      const h = await start({ again, onRenewed: () => renewed.resolve() });
      await h.standStill();
      process.kill(engineOf(process.pid), 'SIGKILL');
      await renewed.promise;
      await expect(h.goOn()).rejects.toThrow(/copy made meanwhile is not whole/);
      await h.keep([turn(1, [reading(NOON, 1)])]);
      await h.goOn();
      troubles.length = 0;
    });

    test('with the service, however that ends, nothing of it is left', async () => {
      const script = `
        import { HistoryDuckdb } from ${JSON.stringify(new URL('../../../src/adapters/history-duckdb/index.ts', import.meta.url).href)};
        const h = new HistoryDuckdb({ dir: ${JSON.stringify(dir)}, onTrouble: console.log });
        await h.start();
        console.log('open');
        setInterval(() => undefined, 1_000);`;
      const service = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(service.stdout, 'data');
      const engine = engineOf(service.pid as number);
      service.kill('SIGKILL');
      await eventually(async () => !existsSync(`/proc/${engine}`));
      await start();
    });
  });

  test('one that cannot be opened yet keeps nobody waiting, and is there by itself when it can be', async () => {
    const renewed = Promise.withResolvers<void>();
    const place = join(dir, 'not-a-directory');
    writeFileSync(place, 'in the way');
    const h = new HistoryDuckdb({
      dir: place,
      keepTrying: true,
      again: { first: 20, atMost: 100 },
      onTrouble: (msg) => troubles.push(msg),
      onRenewed: () => renewed.resolve(),
    });
    await h.start();
    open.push(h);
    expect(troubleOf(await h.cursor().catch((e: unknown) => e)).kind).toBe('unreachable');
    rmSync(place);
    await renewed.promise;
    expect(await h.cursor()).toBe(0);
    troubles.length = 0;
  });

  test('a question that makes no sense is refused and disturbs nobody', async () => {
    const h = await start();
    await h.keep([turn(1, [reading(NOON, 1)])]);
    await expect(h.raw({ ...all, from: Number.NaN })).rejects.toThrow(/NaN/);
    expect(await values(h, { from: -Infinity, to: Infinity, limit: Infinity })).toEqual([1]);
    expect(await values(h, { from: NOON - 0.5, to: NOON + 0.5 })).toEqual([1]);
  });

  test('asked before it is open, or after it was closed, it says so', async () => {
    const h = new HistoryDuckdb({ dir, onTrouble: () => undefined });
    await expect(h.cursor()).rejects.toThrow(/not open/);
    await h.close();
    await h.start();
    await h.close();
    await expect(h.keep([turn(1, [])])).rejects.toThrow(/not open/);
  });

  test('a day file tells its own story to anybody with DuckDB', async () => {
    const h = await start();
    await h.keep([turn(1, [reading(NOON, 12.5), reading(NOON + 1, 130, { quality: BAD })])]);
    await h.close();
    expect(
      await rowsOf(
        '2026-01-02.duckdb',
        `SELECT point, metric, make_timestamp(observed_at * 1000), delay, value, grade, why
         FROM reading JOIN series ON id = series ORDER BY observed_at`,
      ),
    ).toEqual([
      ['GAS-1', CH4, '2026-01-02 12:00:00', '300', 12.5, 0, null],
      ['GAS-1', CH4, '2026-01-02 12:00:00.001', '300', 130, 2, 'out-of-range'],
    ]);
  });
});

/** Park–Miller: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
