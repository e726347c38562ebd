import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CuttingLine } from '../../support/cutting-line.ts';
import { eventually } from '../../support/eventually.ts';
import { LiveConsole } from '../../support/live-console.ts';
import { WatchMachine } from '../../support/pair/watch-machine.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import type { ApiClient } from '../../support/service-process.ts';

/** A machine that is shared by many starts slowly. */
const START = 180_000;
const has = hasPostgres();
if (!has) console.warn('SKIPPED: a standby of PostgreSQL that is promoted: PostgreSQL is not installed');
/** The service's own exit code where it lost its lease. */
const LOST = 3;
const STEP = 10_000;
const SENDERS = 4;
const A_TIME = 25;

describe.skipIf(!has)('of two clusters, the primary is killed under load and its standby promoted:', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-promoted-'));
  let primary: PostgresServer;
  let follower: PostgresServer;
  let line: CuttingLine;
  let service: WatchMachine;
  let rounds = 0;

  beforeEach(async () => {
    primary = await PostgresServer.start();
    const database = await primary.newDatabase();
    follower = await primary.follower();
    line = await CuttingLine.start(primary.port);
    service = new WatchMachine(join(dir, `round-${++rounds}`), {
      LIFELINE_DATABASE_URL: primary.tcpUrl(database, line.port),
    });
    service.start();
    await service.says('ready', START);
  }, 400_000);
  afterEach(async () => {
    await service?.kill();
    await line?.stop();
    await Promise.all([primary?.stop(), follower?.stop()]);
  }, 60_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const from = Math.floor(Date.now() / STEP) * STEP - 20_000 * STEP;
  /** Tells over HTTP as fast as it is answered. @returns ends it, with what was acknowledged, by sender */
  const telling = (api: ApiClient): (() => Promise<number[][]>) => {
    let going = true;
    const acknowledged = Array.from({ length: SENDERS }, (): number[] => []);
    const all = acknowledged.map(async (mine, i) => {
      for (let n = 0; going; n += A_TIME) {
        const times = Array.from({ length: A_TIME }, (_, k) => from + (n + k) * STEP);
        const items = times.map((ts, k) => ({
          ...{ lifeline: 'waterlogging', device: `P-${i}`, ts },
          values: { depth: (n + k) % 3 },
        }));
        const answer = await api.post('/telemetry', items).catch(() => null);
        if (answer?.status === 202) mine.push(...times);
        else await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    return async () => {
      going = false;
      await Promise.all(all);
      return acknowledged;
    };
  };
  const count = (lists: number[][]) => lists.reduce((sum, list) => sum + list.length, 0);
  /** As its service manager would have it, with the database at its new place. */
  const goesOn = async (): Promise<ApiClient> => {
    const before = service.log.filter((l) => l.msg === 'ready');
    let ended: number | null | undefined;
    void service.ended().then((code) => {
      ended = code;
    });
    await follower.ask('SELECT pg_promote(true, 30)');
    line.leadTo(follower.port);
    return eventually(async () => {
      if (ended === LOST) {
        ended = undefined;
        service.start();
      }
      // Anew in the same process, or as another one.
      const ready = service.log.findLast((l) => l.msg === 'ready');
      if (ready === undefined || before.includes(ready)) return false;
      return (await service.readyz()).http === 200 && service.client();
    }, 90_000);
  };
  const journalOf = async (api: ApiClient): Promise<string | undefined> => {
    const console = await LiveConsole.join(service.url, {
      headers: { cookie: api.cookie, origin: service.url },
    });
    await console.until(() => console.of('hello').length > 0);
    console.leave();
    return console.of('hello')[0]?.epoch;
  };
  const stored = async (api: ApiClient, i: number): Promise<number[]> =>
    (
      await api.all<{ t: string }>(
        `/points/P-${i}/readings?metric=depth&limit=5000&from=${new Date(from).toISOString()}`,
      )
    ).map(({ t }) => Date.parse(t));

  test('a synchronous one has everything that was acknowledged', async () => {
    await primary.waitsFor(true);
    const stop = telling(await service.client());
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await primary.kill();
    const acknowledged = await stop();
    const killedAt = performance.now();
    const api = await goesOn();
    console.log(
      `primary killed after ${count(acknowledged)} acknowledged readings; the service was ready ${Math.round(performance.now() - killedAt)} ms later`,
    );
    expect(count(acknowledged)).toBeGreaterThan(SENDERS * A_TIME);
    for (const [i, mine] of acknowledged.entries())
      await eventually(async () => {
        const there = new Set(await stored(api, i));
        return mine.every((t) => there.has(t));
      }, 60_000);
    expect((await api.get<{ items: unknown[] }>('/losses')).items).toEqual([]);
  }, 400_000);

  test('an asynchronous one that lacks the last turns is noticed, told in red and in the ledger, and consoles begin anew', async () => {
    const first = await service.client();
    const journal = await journalOf(first);
    const stop = telling(first);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    // It falls behind: what comes now, only the primary has.
    await follower.kill();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await primary.kill();
    const acknowledged = await stop();
    await follower.again();
    const api = await goesOn();
    const { items } = await api.get<{ items: { cause: string; why: string }[] }>('/losses');
    expect(items).toMatchObject([
      { cause: 'journal-went-back', why: expect.stringMatching(/the database came back as of turn/) },
    ]);
    console.log(`after ${count(acknowledged)} acknowledged readings: ${items[0]?.why}`);
    expect(
      service.log.some((l) => l.level === 'error' && l.msg.startsWith('the database came back as of')),
    ).toBe(true);
    expect(await journalOf(api)).not.toBe(journal);
    await eventually(
      async () =>
        (await api.all<{ metric: string; level: number }>('/alarms?state=all')).some(
          (a) => a.metric === 'lost' && a.level === 2,
        ),
      60_000,
    );
  }, 400_000);
});
