import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CuttingLine } from '../../support/cutting-line.ts';
import { eventually } from '../../support/eventually.ts';
import { WatchMachine } from '../../support/pair/watch-machine.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

const has = hasPostgres();
if (!has) console.warn('SKIPPED: a machine that stood still: PostgreSQL is not installed');
/** The service's own exit code for it. */
const LOST = 3;

describe.skipIf(!has)('of two machines, one that', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-still-'));
  let postgres: PostgresServer;
  let database: string;
  const lines: CuttingLine[] = [];
  let active: WatchMachine;
  let standby: WatchMachine;

  /** Each has its own line to the database. */
  const machine = async (name: string): Promise<WatchMachine> => {
    const line = await CuttingLine.start(postgres.port);
    lines.push(line);
    const made = new WatchMachine(join(dir, name), {
      LIFELINE_DATABASE_URL: postgres.tcpUrl(database, line.port),
      // Nobody is there: readings wait in the spool, and alarms do not.
      LIFELINE_INFLUX_URL: 'http://127.0.0.1:9',
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });
    return made;
  };
  const lineOf = (m: WatchMachine): CuttingLine =>
    (m.dataDir.endsWith('a') ? lines[0] : lines[1]) as CuttingLine;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    database = await postgres.newDatabase();
    active = await machine('a');
    standby = await machine('b');
    active.start();
    await active.says('ready');
    mkdirSync(standby.dataDir, { mode: 0o700 });
    copyFileSync(join(active.dataDir, 'audit.key'), join(standby.dataDir, 'audit.key'));
    standby.start();
    await standby.says('standby');
    // Every turn leaves its trace here, with the connection that wrote it.
    await postgres.ask(
      `CREATE TABLE public.wrote (pid int, turn bigint);
       CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO public.wrote VALUES (pg_backend_pid(), NEW.last_turn); RETURN NULL; END $$;
       CREATE TRIGGER note AFTER UPDATE ON lifeline.journal_meta FOR EACH ROW EXECUTE FUNCTION public.note()`,
      database,
    );
  }, 180_000);
  afterAll(async () => {
    await active?.kill();
    await standby?.kill();
    await Promise.all(lines.map((line) => line.stop()));
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  /** Who has written a turn since, by connection. */
  const writers = async (): Promise<number[]> =>
    (await postgres.ask<{ pid: number }>('SELECT DISTINCT pid FROM public.wrote', database)).map(
      (r) => r.pid,
    );
  const forget = () => postgres.ask('TRUNCATE public.wrote', database);
  const excursion = async (code: string): Promise<number> => {
    const answer = await (await active.client()).post('/telemetry', {
      lifeline: 'gas',
      device: code,
      values: { ch4: 60 },
    });
    return answer.status;
  };
  const alarmsOf = async (code: string) =>
    (await (await active.client()).all<{ pointCode: string }>('/alarms?state=all')).filter(
      (a) => a.pointCode === code,
    );
  const change = async (): Promise<void> => {
    [active, standby] = [standby, active];
    standby.start();
    await standby.says('standby');
  };

  test('stood still for longer than a lease ends when it goes on, with no turn and no answer of its own', async () => {
    expect(await excursion('GAS-1')).toBe(202);
    const { url } = active;
    await eventually(async () => (await writers()).length > 0);
    const old = await writers();
    active.signal('SIGSTOP');
    // Asked while it stood still, and while it believed to be the one.
    const asked = fetch(`${url}/api/v1/lifelines`).then(
      (answer) => answer.status,
      () => 'cut off' as const,
    );
    const ready = await standby.says('ready', 60_000);
    expect(ready).toMatchObject({ role: 'active', epoch: 2 });
    await forget();
    active.signal('SIGCONT');
    expect(await active.ended()).toBe(LOST);
    expect([503, 'cut off']).toContain(await asked);
    await change();
    expect(await excursion('GAS-2')).toBe(202);
    await eventually(async () => (await writers()).length > 0);
    expect((await writers()).filter((pid) => old.includes(pid))).toEqual([]);
    expect(await alarmsOf('GAS-1')).toHaveLength(1);
    expect((await active.readyz()).pair?.lastSwitch).toMatchObject({ why: 'run-out' });
  }, 120_000);

  test('is cut off from the database says nothing more before the other one begins, and ends', async () => {
    expect(await excursion('GAS-3')).toBe(202);
    const old = await writers();
    lineOf(active).part();
    const hungAt = performance.now();
    const ended = active.ended().then((code) => ({ code, at: performance.now() }));
    const ready = await standby.says('ready', 60_000);
    const { code, at } = await ended;
    expect(code).toBe(LOST);
    expect(at).toBeLessThan(ready.heardAt);
    console.log(
      `cut off from PostgreSQL: the old one ended after ${Math.round(at - hungAt)} ms, the other was ready after ${Math.round(ready.heardAt - hungAt)} ms`,
    );
    await forget();
    lineOf(active).cut();
    await change();
    expect(await excursion('GAS-4')).toBe(202);
    await eventually(async () => (await writers()).length > 0);
    expect((await writers()).filter((pid) => old.includes(pid))).toEqual([]);
    expect(await alarmsOf('GAS-3')).toHaveLength(1);
  }, 120_000);

  test('stands by while the database is away says so, and stands by again when it is there', async () => {
    lineOf(standby).part();
    expect(
      await eventually(async () => {
        const told = await standby.readyz();
        return told.database === 'away' && told;
      }, 20_000),
    ).toMatchObject({ http: 503, role: 'standby' });
    lineOf(standby).cut();
    await eventually(async () => (await standby.readyz()).database === 'ok', 20_000);
    expect((await active.readyz()).http).toBe(200);
  }, 60_000);
});
