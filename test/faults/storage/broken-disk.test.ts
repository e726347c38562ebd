import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

let dir: string;
let disk: BreakingDisk;
let service: ServiceProcess;
let fleet: Fleet;
let api: ApiClient;
/** What was seen, for the table at the end. */
const seen: string[] = [];

type Ready = { status: string; journal: string; history: string; audit: string; troubles: string[] };
const readyz = async (): Promise<Ready | null> =>
  fetch(`${service.url}/readyz`)
    .then((a) => a.json() as Promise<Ready>)
    .catch(() => null);
const said = (msg: string, from = 0) => service.log.slice(from).filter((l) => String(l.msg).includes(msg));
const chart = async (): Promise<number> => {
  const { url, cookie } = api;
  return (await fetch(`${url}/api/v1/points/DISK-000/readings?metric=open&limit=1`, { headers: { cookie } }))
    .status;
};
const aMoment = () => new Promise<void>((resolve) => setTimeout(resolve, 100));
const isWell = async (): Promise<boolean> => {
  const r = await readyz();
  return r?.journal === 'ok' && r.history === 'ok' && r.audit === 'ok' && r.troubles.length === 0;
};

describe.skipIf(!hasCompiler)('a disk that breaks', () => {
  beforeEach(async () => {
    const root = mkdtempSync(join(tmpdir(), 'lifeline-broken-'));
    dir = join(root, 'data');
    disk = new BreakingDisk(root);
    const first = await ServiceProcess.start(dir);
    await first.stop();
    // It starts itself anew where the journal fails: it must be found again.
    service = await ServiceProcess.start(dir, {
      ...disk.env,
      LIFELINE_MQTT_PORT: String(first.mqttPort),
      LIFELINE_HTTP_PORT: new URL(first.url).port,
    });
    fleet = new Fleet(5, () => first.mqttPort, 25, 'DISK');
    api = await service.client();
    fleet.run(100, 40);
    await eventually(async () => fleet.ackedTotal > 100 && (await chart()) === 200, 60_000);
  }, 120_000);

  afterEach(async () => {
    disk.mend();
    fleet.close();
    await service.kill();
    rmSync(join(dir, '..'), { recursive: true, force: true });
    process.stdout.write(`${seen.splice(0).join('\n')}\n`);
  });

  /** Everything that was acknowledged is in the history, once, as it was sent. */
  async function nothingIsLost(): Promise<void> {
    await fleet.finish();
    api = await service.client();
    for (const device of fleet.devices) {
      const kept = await eventually(async () => {
        const all = await api
          .all<{ t: string; value: number }>(`/points/${device.code}/readings?metric=open&limit=5000`)
          .catch(() => []);
        return all.length >= device.sent.length && all;
      }, 60_000);
      expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(device.sent.map((s) => [s.ts, s.value]));
      const alarms = await api.all<{ metric: string | null }>(
        `/alarms?state=all&limit=100&point=${device.code}`,
      );
      expect(alarms.filter((a) => a.metric === 'open')).toHaveLength(1);
    }
    expect(await service.stop()).toBe(0);
  }

  test('under the history: the watch goes on, charts answer 503 or are there, and it is well again by itself', async () => {
    for (const how of ALONE) {
      const [call, error, which] = how;
      const from = service.log.length;
      const acked = fleet.ackedTotal;
      disk.break(broken(HISTORY, how));
      // The history has its files open: what has no open file meets an open that fails.
      if (call === 'open') process.kill(engineOf(service.child.pid as number), 'SIGKILL');
      const charts = new Set<number>();
      const until = Date.now() + 3_000;
      while (Date.now() < until) {
        charts.add(await chart());
        await aMoment();
      }
      expect([...charts].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      await eventually(async () => fleet.ackedTotal > acked + 50, 30_000);
      expect(said('the journal has failed', from)).toEqual([]);
      const ready = await readyz();
      if (which === 'every') {
        expect(ready?.history).toBe('failing');
        expect(ready?.troubles.join()).toMatch(/历史库|history store/);
      }
      disk.mend();
      await eventually(isWell, 60_000);
      await eventually(async () => (await chart()) === 200, 60_000);
      const why = String(
        said('', from).find((l) => l.why ?? l.says)?.why ?? said('', from).find((l) => l.says)?.says ?? '–',
      );
      const ends = said('opened anew', from).length;
      seen.push(
        `| history | ${call} ${error}, ${which} | ${fleet.ackedTotal - acked} acknowledged meanwhile; charts ${[...charts].join('/')}; readyz ${ready?.history}; process renewed ${ends}×; ${why.slice(0, 90).replace(/\s+/g, ' ')} |`,
      );
    }
    await nothingIsLost();
  }, 600_000);

  test('under the audit journal: the watch goes on, changes are refused, the desk is told, and it is well again by itself', async () => {
    for (const how of ALONE.filter(([call]) => call !== 'open')) {
      const [call, error, which] = how;
      const acked = fleet.ackedTotal;
      disk.break(broken(AUDIT, how));
      if (which === 'every') {
        const ready = await eventually(async () => {
          const r = await readyz();
          return r?.audit === 'failing' && r;
        }, 40_000);
        expect(ready.troubles.join()).toMatch(/审计日志无法写入|audit journal cannot be written/);
        expect(ready.journal).toBe('ok');
      } else {
        // Something to audit: a log-in.
        for (let i = 0; i < 5; i++) await service.client().catch(() => undefined);
      }
      await eventually(async () => fleet.ackedTotal > acked + 20, 30_000);
      disk.mend();
      await eventually(isWell, 60_000);
      seen.push(
        `| audit | ${call} ${error}, ${which} | ${fleet.ackedTotal - acked} acknowledged meanwhile; ${which === 'every' ? 'readyz audit failing, said in words; ' : ''}well again by itself |`,
      );
    }
    await nothingIsLost();
  }, 600_000);

  test('under history and audit journal at once: the watch goes on, both are told of, and both are well again by themselves', async () => {
    for (const call of CALLS) {
      const from = service.log.length;
      const acked = fleet.ackedTotal;
      disk.break(...together([HISTORY, AUDIT], call, 'EIO'));
      const ready = await eventually(async () => {
        const r = await readyz();
        return r?.audit === 'failing' && r.history === 'failing' && r;
      }, 40_000);
      expect(ready.journal).toBe('ok');
      expect(ready.troubles.join()).toMatch(/审计日志无法写入|audit journal cannot be written/);
      expect(ready.troubles.join()).toMatch(/历史库|history store/);
      expect([200, 503]).toContain(await chart());
      await eventually(async () => fleet.ackedTotal > acked + 50, 30_000);
      expect(said('the journal has failed', from)).toEqual([]);
      disk.mend();
      await eventually(isWell, 60_000);
      seen.push(
        `| history + audit | ${call} EIO, every | ${fleet.ackedTotal - acked} acknowledged meanwhile; readyz says both in words; well again by itself |`,
      );
    }
    await nothingIsLost();
  }, 300_000);

  test('at the start: it starts and watches, or refuses and says which part, and has everything once the disk is mended', async () => {
    await fleet.finish();
    expect(await service.stop()).toBe(0);
    const ports = {
      LIFELINE_MQTT_PORT: String(service.mqttPort),
      LIFELINE_HTTP_PORT: new URL(service.url).port,
    };
    for (const part of [JOURNAL, HISTORY, AUDIT])
      for (const [error, which] of [
        ['EIO', 'every'],
        ['EMFILE', 'every'],
        ['EIO', 'the first'],
        ['EIO', 'the fifth'],
      ] as const) {
        disk.break(broken(part, ['open', error, which]));
        const begun = await ServiceProcess.start(dir, { ...disk.env, ...ports }).catch((e: Error) => e);
        let what: string;
        if (begun instanceof Error) {
          expect(part, `only without its journal does it refuse to watch: ${begun.message.slice(-700)}`).toBe(
            JOURNAL,
          );
          expect(begun.message).toMatch(/ended with 2 before it was ready/);
          const why = /"cause": "(.*)"/.exec(begun.message)?.[1] ?? '';
          expect(why, 'says which file').toContain(part.replaceAll('/', ''));
          what = `refused with 2: ${why.slice(0, 140)}`;
        } else {
          service = begun;
          const acked = fleet.ackedTotal;
          for (const d of fleet.devices.keys()) fleet.sample(d);
          await eventually(async () => fleet.ackedTotal >= acked + fleet.devices.length, 30_000);
          const ready = await readyz();
          disk.mend();
          await eventually(isWell, 60_000);
          what = `started and acknowledges; readyz history ${ready?.history}, audit ${ready?.audit}; then well by itself`;
          expect(await service.stop()).toBe(0);
        }
        seen.push(`| ${nameOf([part])} | open at the start ${error}, ${which} | ${what} |`);
        disk.mend();
      }
    service = await ServiceProcess.start(dir, { ...disk.env, ...ports });
    await nothingIsLost();
  }, 300_000);

  test('under the journal, alone and with all others: nothing is acknowledged from the failure on, and it recovers by itself', async () => {
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
      const from = service.log.length;
      disk.break(...breaks);
      await eventually(
        async () => said('the journal has failed; nothing is acknowledged', from).length > 0,
        30_000,
      );
      const acked = fleet.ackedTotal;
      const isLasting = breaks.some((b) => b.only === undefined);
      if (isLasting) {
        await eventually(async () => said('starting anew from the journal', from).length > 0, 30_000);
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect(fleet.ackedTotal - acked, 'acknowledged before the failure and on their way').toBeLessThan(
          200,
        );
      }
      disk.mend();
      await eventually(isWell, 90_000);
      await eventually(async () => fleet.ackedTotal > acked + 50, 60_000);
      api = await service.client();
      seen.push(
        `| ${name} | ${String(said('the journal has failed;', from)[0]?.cause).slice(0, 110)}; ${said('starting anew', from).length} start(s) anew, then well by itself |`,
      );
    }
    await nothingIsLost();
  }, 900_000);
});
