import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Break, BreakingDisk, hasCompiler } from '../../support/breaking-disk.ts';
import { engineOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { Fleet } from '../../support/fleet.ts';
import { type ApiClient, ServiceProcess } from '../../support/service-process.ts';

// F18, C16: open, write and flush of journal, history and audit journal fail, alone and together, the first and the
// n-th. The real process; what fails is the call, so that kernel and disk stay whole.

const JOURNAL = 'journal.sqlite';
const HISTORY = '/history/';
const AUDIT = 'audit.db';
const CALLS = ['write', 'fsync'] as const;
const ALONE = [
  ['open', 'EIO', 'every'],
  ['open', 'EMFILE', 'every'],
  ['open', 'EIO', 'the first'],
  ['open', 'EIO', 'the fifth'],
  ...CALLS.flatMap((call) =>
    (['EIO', 'ENOSPC'] as const).flatMap((error) => [
      [call, error, 'every'] as const,
      [call, error, 'the first'] as const,
      [call, error, 'the fifth'] as const,
    ]),
  ),
] as const;

/** Two parts at a time, which have one disk as a rule; all three stand below. */
const PAIRS = [
  [JOURNAL, HISTORY],
  [JOURNAL, AUDIT],
  [HISTORY, AUDIT],
] as const;
const together = (of: readonly string[], call: Break['call'], error: Break['with']): Break[] =>
  of.map((part) => ({ call, of: part, with: error }));
const nameOf = (of: readonly string[]): string =>
  of.map((part) => part.replaceAll('/', '').split('.')[0]).join(' + ');

type How = readonly [Break['call'], Break['with'], 'every' | 'the first' | 'the fifth'];

const broken = (of: string, [call, error, which]: How): Break => ({
  call,
  of,
  with: error,
  ...(which === 'every'
    ? {}
    : { only: which === 'the first' ? { first: 1, last: 1 } : { first: 5, last: 5 } }),
});

type Ready = { status: string; journal: string; history: string; audit: string; troubles: string[] };
const aMoment = () => new Promise<void>((resolve) => setTimeout(resolve, 100));

/** A service on a disk of its own that breaks, under sensors that go on measuring. */
class Bench {
  readonly disk: BreakingDisk;
  readonly fleet: Fleet;
  service: ServiceProcess;
  api: ApiClient;
  /** What was seen, for the table at the end. */
  readonly seen: string[] = [];
  readonly #root: string;

  private constructor(made: Pick<Bench, 'disk' | 'fleet' | 'service' | 'api'> & { readonly root: string }) {
    this.disk = made.disk;
    this.fleet = made.fleet;
    this.service = made.service;
    this.api = made.api;
    this.#root = made.root;
  }

  static async start(): Promise<Bench> {
    const root = mkdtempSync(join(tmpdir(), 'lifeline-broken-'));
    const dir = join(root, 'data');
    const disk = new BreakingDisk(root);
    const first = await ServiceProcess.start(dir);
    await first.stop();
    // It starts itself anew where the journal fails: it must be found again.
    const service = await ServiceProcess.start(dir, {
      ...disk.env,
      LIFELINE_MQTT_PORT: String(first.mqttPort),
      LIFELINE_HTTP_PORT: new URL(first.url).port,
    });
    const fleet = new Fleet(5, () => first.mqttPort, 25, 'DISK');
    const bench = new Bench({ disk, fleet, service, api: await service.client(), root });
    fleet.run(50, 40);
    await eventually(async () => fleet.ackedTotal > 100 && (await bench.chart()) === 200, 60_000);
    return bench;
  }

  async end(): Promise<void> {
    this.disk.mend();
    this.fleet.close();
    await this.service.kill();
    rmSync(this.#root, { recursive: true, force: true });
    process.stdout.write(`${this.seen.join('\n')}\n`);
  }

  /** Another service on the same data and ports. */
  async startAgain(): Promise<void> {
    this.service = await ServiceProcess.start(join(this.#root, 'data'), {
      ...this.disk.env,
      LIFELINE_MQTT_PORT: String(this.service.mqttPort),
      LIFELINE_HTTP_PORT: new URL(this.service.url).port,
    });
  }

  readyz(): Promise<Ready | null> {
    return fetch(`${this.service.url}/readyz`)
      .then((a) => a.json() as Promise<Ready>)
      .catch(() => null);
  }

  said(msg: string, from = 0): Record<string, unknown>[] {
    return this.service.log.slice(from).filter((l) => String(l.msg).includes(msg));
  }

  async chart(): Promise<number> {
    const { url, cookie } = this.api;
    const path = '/api/v1/points/DISK-000/readings?metric=open&limit=1';
    return (await fetch(`${url}${path}`, { headers: { cookie } })).status;
  }

  readonly isWell = async (): Promise<boolean> => {
    const r = await this.readyz();
    return r?.journal === 'ok' && r.history === 'ok' && r.audit === 'ok' && r.troubles.length === 0;
  };

  /** Everything that was acknowledged is in the history, once, as it was sent. */
  async nothingIsLost(): Promise<void> {
    await this.fleet.finish();
    this.api = await this.service.client();
    for (const device of this.fleet.devices) {
      const kept = await eventually(async () => {
        const all = await this.api
          .all<{ t: string; value: number }>(`/points/${device.code}/readings?metric=open&limit=5000`)
          .catch(() => []);
        return all.length >= device.sent.length && all;
      }, 60_000);
      expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(device.sent.map((s) => [s.ts, s.value]));
      const alarms = await this.api.all<{ metric: string | null }>(
        `/alarms?state=all&limit=100&point=${device.code}`,
      );
      expect(alarms.filter((a) => a.metric === 'open')).toHaveLength(1);
    }
    expect(await this.service.stop()).toBe(0);
  }
}

// Each has a service of its own, and most of its time waits for it: two run at once (maxConcurrency).
const testOnABench = (name: string, on: (bench: Bench) => Promise<void>, within: number) =>
  test.concurrent(
    name,
    async () => {
      const bench = await Bench.start();
      try {
        await on(bench);
      } finally {
        await bench.end();
      }
    },
    within,
  );

describe.skipIf(!hasCompiler)('a disk that breaks', () => {
  testOnABench(
    'under the history: the watch goes on, charts answer 503 or are there, and it is well again by itself',
    async (bench) => {
      for (const how of ALONE) {
        const [call, error, which] = how;
        const from = bench.service.log.length;
        const acked = bench.fleet.ackedTotal;
        bench.disk.break(broken(HISTORY, how));
        // The history has its files open: what has no open file meets an open that fails.
        if (call === 'open') process.kill(engineOf(bench.service.child.pid as number), 'SIGKILL');
        const charts = new Set<number>();
        const until = Date.now() + 3_000;
        while (Date.now() < until) {
          charts.add(await bench.chart());
          await aMoment();
        }
        expect([...charts].filter((status) => status !== 200 && status !== 503)).toEqual([]);
        await eventually(async () => bench.fleet.ackedTotal > acked + 50, 30_000);
        expect(bench.said('the journal has failed', from)).toEqual([]);
        const ready = await bench.readyz();
        if (which === 'every') {
          expect(ready?.history).toBe('failing');
          expect(ready?.troubles.join()).toMatch(/历史库|history store/);
        }
        bench.disk.mend();
        await eventually(bench.isWell, 60_000);
        await eventually(async () => (await bench.chart()) === 200, 60_000);
        const why = String(
          bench.said('', from).find((l) => l.why ?? l.says)?.why ??
            bench.said('', from).find((l) => l.says)?.says ??
            '–',
        );
        const ends = bench.said('opened anew', from).length;
        bench.seen.push(
          `| history | ${call} ${error}, ${which} | ${bench.fleet.ackedTotal - acked} acknowledged meanwhile; charts ${[...charts].join('/')}; readyz ${ready?.history}; process renewed ${ends}×; ${why.slice(0, 90).replace(/\s+/g, ' ')} |`,
        );
      }
      await bench.nothingIsLost();
    },
    900_000,
  );

  testOnABench(
    'under the audit journal: the watch goes on, changes are refused, the desk is told, and it is well again by itself',
    async (bench) => {
      for (const how of ALONE.filter(([call]) => call !== 'open')) {
        const [call, error, which] = how;
        const acked = bench.fleet.ackedTotal;
        bench.disk.break(broken(AUDIT, how));
        if (which === 'every') {
          const ready = await eventually(async () => {
            const r = await bench.readyz();
            return r?.audit === 'failing' && r;
          }, 40_000);
          expect(ready.troubles.join()).toMatch(/审计日志无法写入|audit journal cannot be written/);
          expect(ready.journal).toBe('ok');
        } else {
          // Something to audit: a log-in.
          for (let i = 0; i < 5; i++) await bench.service.client().catch(() => undefined);
        }
        await eventually(async () => bench.fleet.ackedTotal > acked + 20, 30_000);
        bench.disk.mend();
        await eventually(bench.isWell, 60_000);
        bench.seen.push(
          `| audit | ${call} ${error}, ${which} | ${bench.fleet.ackedTotal - acked} acknowledged meanwhile; ${which === 'every' ? 'readyz audit failing, said in words; ' : ''}well again by itself |`,
        );
      }
      await bench.nothingIsLost();
    },
    900_000,
  );

  testOnABench(
    'under history and audit journal at once: the watch goes on, both are told of, and both are well again by themselves',
    async (bench) => {
      for (const call of CALLS) {
        const from = bench.service.log.length;
        const acked = bench.fleet.ackedTotal;
        bench.disk.break(...together([HISTORY, AUDIT], call, 'EIO'));
        const ready = await eventually(async () => {
          const r = await bench.readyz();
          return r?.audit === 'failing' && r.history === 'failing' && r;
        }, 40_000);
        expect(ready.journal).toBe('ok');
        expect(ready.troubles.join()).toMatch(/审计日志无法写入|audit journal cannot be written/);
        expect(ready.troubles.join()).toMatch(/历史库|history store/);
        expect([200, 503]).toContain(await bench.chart());
        await eventually(async () => bench.fleet.ackedTotal > acked + 50, 30_000);
        expect(bench.said('the journal has failed', from)).toEqual([]);
        bench.disk.mend();
        await eventually(bench.isWell, 60_000);
        bench.seen.push(
          `| history + audit | ${call} EIO, every | ${bench.fleet.ackedTotal - acked} acknowledged meanwhile; readyz says both in words; well again by itself |`,
        );
      }
      await bench.nothingIsLost();
    },
    900_000,
  );

  testOnABench(
    'at the start: it starts and watches, or refuses and says which part, and has everything once the disk is mended',
    async (bench) => {
      await bench.fleet.finish();
      expect(await bench.service.stop()).toBe(0);
      for (const part of [JOURNAL, HISTORY, AUDIT])
        for (const [error, which] of [
          ['EIO', 'every'],
          ['EMFILE', 'every'],
          ['EIO', 'the first'],
          ['EIO', 'the fifth'],
        ] as const) {
          bench.disk.break(broken(part, ['open', error, which]));
          const refused = await bench.startAgain().then(
            () => null,
            (e: Error) => e,
          );
          let what: string;
          if (refused !== null) {
            expect(
              part,
              `only without its journal does it refuse to watch: ${refused.message.slice(-700)}`,
            ).toBe(JOURNAL);
            expect(refused.message).toMatch(/ended with 2 before it was ready/);
            const why = /"cause": "(.*)"/.exec(refused.message)?.[1] ?? '';
            expect(why, 'says which file').toContain(part.replaceAll('/', ''));
            what = `refused with 2: ${why.slice(0, 140)}`;
          } else {
            const acked = bench.fleet.ackedTotal;
            for (const d of bench.fleet.devices.keys()) bench.fleet.sample(d);
            await eventually(
              async () => bench.fleet.ackedTotal >= acked + bench.fleet.devices.length,
              30_000,
            );
            const ready = await bench.readyz();
            bench.disk.mend();
            await eventually(bench.isWell, 60_000);
            what = `started and acknowledges; readyz history ${ready?.history}, audit ${ready?.audit}; then well by itself`;
            expect(await bench.service.stop()).toBe(0);
          }
          bench.seen.push(`| ${nameOf([part])} | open at the start ${error}, ${which} | ${what} |`);
          bench.disk.mend();
        }
      await bench.startAgain();
      await bench.nothingIsLost();
    },
    900_000,
  );

  testOnABench(
    'under the journal, alone and with all others: nothing is acknowledged from the failure on, and it recovers by itself',
    async (bench) => {
      const cases: (readonly [string, readonly Break[]])[] = [
        ...ALONE.filter(([call]) => call !== 'open').map(
          (how) => [`journal | ${how.join(' ')}`, [broken(JOURNAL, how)]] as const,
        ),
        ['journal, history, audit | fsync EIO every', together([JOURNAL, HISTORY, AUDIT], 'fsync', 'EIO')],
        [
          'journal, history, audit | write ENOSPC every',
          together([JOURNAL, HISTORY, AUDIT], 'write', 'ENOSPC'),
        ],
        ...PAIRS.filter(([first]) => first === JOURNAL).flatMap((pair) =>
          CALLS.map((call) => [`${nameOf(pair)} | ${call} EIO every`, together(pair, call, 'EIO')] as const),
        ),
        // A running journal has its files open: it opens them anew when it starts from them.
        ...(['EIO', 'EMFILE'] as const).map(
          (error) =>
            [
              `journal | write EIO the first, then open ${error} every`,
              [
                { call: 'write', of: JOURNAL, with: 'EIO', only: { first: 1, last: 1 } },
                { call: 'open', of: JOURNAL, with: error },
              ],
            ] as const,
        ),
        [
          'journal | write EIO the first, then open EIO the third',
          [
            { call: 'write', of: JOURNAL, with: 'EIO', only: { first: 1, last: 1 } },
            { call: 'open', of: JOURNAL, with: 'EIO', only: { first: 3, last: 3 } },
          ],
        ],
      ];
      for (const [name, breaks] of cases) {
        const from = bench.service.log.length;
        bench.disk.break(...breaks);
        await eventually(
          async () => bench.said('the journal has failed; nothing is acknowledged', from).length > 0,
          30_000,
        );
        const acked = bench.fleet.ackedTotal;
        const isLasting = breaks.some((b) => b.only === undefined);
        if (isLasting) {
          await eventually(async () => bench.said('starting anew from the journal', from).length > 0, 30_000);
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          expect(
            bench.fleet.ackedTotal - acked,
            'acknowledged before the failure and on their way',
          ).toBeLessThan(200);
        }
        bench.disk.mend();
        await eventually(bench.isWell, 90_000);
        await eventually(async () => bench.fleet.ackedTotal > acked + 50, 60_000);
        bench.api = await bench.service.client();
        bench.seen.push(
          `| ${name} | ${String(bench.said('the journal has failed;', from)[0]?.cause).slice(0, 110)}; ${bench.said('starting anew', from).length} start(s) anew, then well by itself |`,
        );
      }
      await bench.nothingIsLost();
    },
    900_000,
  );
});
