import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WatchMachine } from '../../support/pair/watch-machine.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

const has = hasPostgres();
if (!has) console.warn('SKIPPED: a second machine that could not take over: PostgreSQL is not installed');
/** The service's own exit code of a start that cannot be. */
const NO_START = 2;

describe.skipIf(!has)('at a database whose readings lie in files of one machine', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-alone-'));
  let postgres: PostgresServer;
  let only: WatchMachine;
  let other: WatchMachine;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    const env = { LIFELINE_DATABASE_URL: postgres.tcpUrl(await postgres.newDatabase()) };
    only = new WatchMachine(join(dir, 'a'), env);
    other = new WatchMachine(join(dir, 'b'), env);
    only.start();
    await only.says('ready');
  }, 180_000);
  afterAll(async () => {
    await only?.kill();
    await other?.kill();
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);
  const why = (m: WatchMachine) => String(m.log.find((l) => l.msg === 'could not start')?.cause);

  test('a second one is refused at its start, with what to do, and the first one goes on', async () => {
    other.start();
    expect(await other.ended()).toBe(NO_START);
    expect(why(other)).toMatch(/two machines need LIFELINE_INFLUX_URL, on both/);
    expect((await only.readyz()).http).toBe(200);
  }, 60_000);

  test('one without the key that seals the audit journal is refused as well', async () => {
    mkdirSync(join(other.dataDir, 'history'), { recursive: true });
    copyFileSync(join(only.dataDir, 'history/home'), join(other.dataDir, 'history/home'));
    other.start();
    expect(await other.ended()).toBe(NO_START);
    expect(why(other)).toMatch(/audit\.key is missing.*copy audit\.key from the data directory/);
  }, 60_000);

  test('the only one, killed and started again, does not wait for its own lease', async () => {
    await only.kill();
    only.start();
    expect(await only.says('ready')).toMatchObject({ role: 'active', epoch: 2 });
    expect(only.log.some((l) => l.msg === 'standby')).toBe(false);
    expect((await only.readyz()).pair?.lastSwitch).toBeNull();
  }, 60_000);
});
