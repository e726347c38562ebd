import { describe, expect, test } from 'vitest';
import { inTime } from '../../../src/adapters/lease-postgres/in-time.ts';
import { fenceOf, LeasePostgres } from '../../../src/adapters/lease-postgres/index.ts';
import { Database } from '../../../src/adapters/postgres/database.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { MACHINE_A, MACHINE_B, writerRowContract } from './writer-row.contract.ts';

const has = hasPostgres();
if (!has) console.warn('SKIPPED: the row that says who writes, in PostgreSQL: it is not installed');

/** The database's clock is the machine's: what is waited for is put off into the past instead. */
const pass = (server: PostgresServer, database: string, ms: number) =>
  server.ask(
    `UPDATE lifeline.writer SET until = until - interval '${ms} ms' WHERE isfinite(until)`,
    database,
  );

describe.skipIf(!has)('in PostgreSQL', async () => {
  const server = await (has ? PostgresServer.start({ settings: { fsync: 'off' } }) : null);
  const postgres = (): PostgresServer => server as PostgresServer;

  writerRowContract('a row in PostgreSQL', async () => {
    let database = await postgres().newDatabase();
    return {
      open: () => new LeasePostgres(postgres().url(database)),
      erase: async () => {
        database = await postgres().newDatabase();
      },
      pass: async (ms) => void (await pass(postgres(), database, ms)),
      end: () => undefined,
    };
  });

  test('a turn under way does not hold up a renewal, and a renewal does not hold up a turn', async () => {
    const database = await postgres().newDatabase();
    const url = postgres().url(database);
    const row = new LeasePostgres(url);
    await row.take(MACHINE_A);
    const turns = await Database.connect(url, { name: 'turns', fence: fenceOf(1) });
    const took = await turns.inTransaction(async () => {
      const begun = performance.now();
      for (let i = 0; i < 5; i++) expect(await row.renew(1)).toBe(true);
      return performance.now() - begun;
    });
    expect(took).toBeLessThan(900);
    await Promise.all([row.renew(1), turns.transaction([]), row.renew(1), turns.transaction([])]);
    await turns.close();
    await row.close();
  });

  test('a turn of an epoch that is over is refused, also one that began before', async () => {
    const database = await postgres().newDatabase();
    const url = postgres().url(database);
    const [a, b] = [new LeasePostgres(url), new LeasePostgres(url)];
    await a.take(MACHINE_A);
    await postgres().ask('CREATE TABLE kept (n int)', database);
    const old = await Database.connect(url, { name: 'old', fence: fenceOf(1) });
    await old.transaction([{ text: 'INSERT INTO public.kept VALUES (1)' }]);
    await pass(postgres(), database, 20_000);
    // Its machine stands still in the midst of a turn: it is waited for, and then ended.
    const halfway = old.inTransaction(async (ask) => {
      await ask('INSERT INTO public.kept VALUES (2)');
      expect(await b.take(MACHINE_B)).toBe(2);
    });
    await expect(halfway).rejects.toThrow();
    const late = await Database.connect(url, { name: 'late', fence: fenceOf(1) });
    await expect(late.transaction([{ text: 'INSERT INTO public.kept VALUES (3)' }])).rejects.toMatchObject({
      code: 'fenced',
    });
    const now = await Database.connect(url, { name: 'now', fence: fenceOf(2) });
    await now.transaction([{ text: 'INSERT INTO public.kept VALUES (4)' }]);
    expect(await postgres().ask('SELECT n FROM kept ORDER BY n', database)).toEqual([{ n: 1 }, { n: 4 }]);
    await Promise.all([old, late, now, a, b].map((x) => x.close()));
  });

  test('a server that is away is told within seconds, and asked again over a new connection', async () => {
    const database = await postgres().newDatabase();
    const row = new LeasePostgres(postgres().url(database));
    expect(await row.take(MACHINE_A)).toBe(1);
    await postgres().restart();
    await expect(row.renew(1)).rejects.toThrow();
    expect(await row.renew(1)).toBe(true);
    await row.close();
  });

  test('an answer that came while the process was held up counts, and none does not', async () => {
    const db = await Database.connect(postgres().url(), { name: 'held up' });
    const asked = inTime(db.query('SELECT 1 AS one'), 50);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(await asked).toEqual([{ one: 1 }]);
    await expect(inTime(db.query('SELECT pg_sleep(1)'), 50)).rejects.toThrow(/did not answer within 50 ms/);
    await db.close();
  });

  test('the server ends with the tests', async () => {
    await postgres().stop();
  });
});
