import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Database } from '../../../src/adapters/postgres/database.ts';
import { bringUp, formOf } from '../../../src/adapters/postgres/schema.ts';
import { mustBeDurable } from '../../../src/adapters/postgres/settings.ts';
import { asStored, storable } from '../../../src/adapters/postgres/values.ts';
import { CuttingLine } from '../../support/cutting-line.ts';
import { eventually } from '../../support/eventually.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

describe.skipIf(!hasPostgres())('a connection to PostgreSQL', () => {
  let server: PostgresServer;
  let name: string;
  let db: Database;
  const open: Database[] = [];

  async function connect(url = server.url(name), more = {}): Promise<Database> {
    const made = await Database.connect(url, { name: 'test', ...more });
    open.push(made);
    return made;
  }
  const kept = async (): Promise<unknown[]> =>
    (await server.ask<{ n: number }>('SELECT n FROM t ORDER BY n', name)).map((r) => r.n);
  const insert = (n: number) => ({ text: 'INSERT INTO t VALUES ($1)', values: [n], name: 'insert' });

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    name = await server.newDatabase();
    await server.ask('CREATE TABLE t (n int PRIMARY KEY)', name);
    await server.ask(`ALTER DATABASE ${name} SET search_path = public`);
    db = await connect();
    await db.query('SET search_path = public');
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  test('keeps all of a transaction, and answers each statement', async () => {
    const answers = await db.transaction([insert(1), insert(2), { text: 'SELECT n FROM t ORDER BY n' }]);
    expect(answers.map((a) => a.count)).toEqual([1, 1, 2]);
    expect(answers[2]?.rows).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await kept()).toEqual([1, 2]);
  });

  test('keeps nothing where one statement fails, and goes on with the next transaction', async () => {
    await expect(db.transaction([insert(1), insert(1), insert(2)])).rejects.toMatchObject({ code: '23505' });
    await db.transaction([insert(3)]);
    expect(await kept()).toEqual([3]);
  });

  test('a COMMIT that is answered with ROLLBACK is no commit', async () => {
    await expect(
      db.inTransaction(async (ask) => {
        await ask('INSERT INTO t VALUES (2)');
        await ask('SELECT 1 / 0').catch(() => 'nobody looks');
      }),
    ).rejects.toMatchObject({ code: 'rolled-back' });
    expect(await kept()).toEqual([]);
  });

  test('a value that cannot be written takes its whole transaction with it, before anything is sent', async () => {
    for (const value of ['a\0b', 'half \ud83d of it', ['x', '\0'], Symbol('s') as never]) {
      const wrong = { text: 'SELECT $1::text', values: [value] };
      const asked = async () => db.transaction([insert(1), wrong, insert(2)]);
      await expect(asked()).rejects.toMatchObject({ code: 'bad-value' });
    }
    expect(await kept()).toEqual([]);
  });

  test('a number, a text and bytes come back as they went', async () => {
    const values = [-0, 2 ** 53 - 1, 1e308, '"\\{},NULL', new Uint8Array([0, 1, 255]), null, true];
    const types = ['float8', 'int8', 'float8', 'text', 'bytea', 'text', 'bool'];
    const columns = types.map((t, i) => `$${i + 1}::${t} AS c${i}`).join();
    const [row] = await db.query(`SELECT ${columns}`, values);
    expect(Object.values(row ?? {}).map((v) => (v instanceof Buffer ? new Uint8Array(v) : v))).toEqual(
      values,
    );
    const lists = await db.query('SELECT unnest($1::text[]) AS t, unnest($2::bytea[]) AS b', [
      ['NULL', null, '"\\,{}'],
      [new Uint8Array([0, 92]), null, new Uint8Array()],
    ]);
    expect(lists.map((r) => r.t)).toEqual(['NULL', null, '"\\,{}']);
    expect(lists.map((r) => r.b && [...(r.b as Buffer)])).toEqual([[0, 92], null, []]);
    await expect(db.query('SELECT 9007199254740993 AS n')).rejects.toMatchObject({ code: 'unsafe-number' });
  });

  test('nobody else gets into a transaction that waits for its maker', async () => {
    const within = Promise.withResolvers<void>();
    const slow = db.inTransaction(async (ask) => {
      await ask('INSERT INTO t VALUES (1)');
      await within.promise;
      throw new Error('no');
    });
    const beside = db.query('INSERT INTO t VALUES (2)');
    const after = db.transaction([insert(3)]);
    within.resolve();
    await expect(slow).rejects.toThrow('no');
    await Promise.all([beside, after]);
    expect(await kept()).toEqual([2, 3]);
  });

  test('whoever is not the writer any more writes nothing', async () => {
    await server.ask('CREATE TABLE writer (epoch bigint); INSERT INTO writer VALUES (7)', name);
    const fence = { text: 'SELECT 1 FROM writer WHERE epoch = $1 FOR SHARE', values: [7] };
    await db.transaction([insert(1)], fence);
    await db.inTransaction((ask) => ask('INSERT INTO t VALUES (2)'), fence);
    await server.ask('UPDATE writer SET epoch = 8', name);
    await expect(db.transaction([insert(3)], fence)).rejects.toMatchObject({ code: 'fenced' });
    const work = db.inTransaction((ask) => ask('INSERT INTO t VALUES (4)'), fence);
    await expect(work).rejects.toMatchObject({ code: 'fenced' });
    // An error of its own statements is not taken for it.
    const divided = db.transaction([{ text: 'SELECT 1 / 0' }], { ...fence, values: [8] });
    await expect(divided).rejects.toMatchObject({ code: '22012' });
    expect(await kept()).toEqual([1, 2]);
  });

  describe('over a line that is cut', () => {
    let line: CuttingLine;
    beforeEach(async () => {
      line = await CuttingLine.start(server.port);
    });
    afterEach(() => line.stop());

    test('at any message of a transaction: it is unknown, it is there whole or not at all, and the connection is done', async () => {
      const told: string[] = [];
      for (const at of ['message', 'answer'] as const) {
        for (let n = 0; ; n++) {
          const cut = await connect(server.tcpUrl(name, line.port));
          await cut.query('SET search_path = public');
          await server.ask('TRUNCATE t', name);
          const before = line.messages;
          if (at === 'message') line.cutAfter(n);
          else line.cutAnswerAfter(n);
          const end = await cut.transaction([insert(1), insert(2)]).then(
            () => 'kept',
            (e: { code: string }) => e.code,
          );
          const there = (await kept()).length;
          told.push(`${end} ${there}`);
          expect([0, 2]).toContain(there);
          if (end === 'kept') {
            expect(there).toBe(2);
            expect(line.messages - before).toBeLessThanOrEqual(n + 1);
            line.cut();
            break;
          }
          expect(end).toBe('unknown');
          await expect(cut.transaction([insert(3)])).rejects.toMatchObject({ code: 'connection-lost' });
        }
      }
      // Both ends of an unknown one have been seen.
      expect(new Set(told)).toEqual(new Set(['unknown 0', 'unknown 2', 'kept 2']));
    });

    test('or hangs: it is unknown after a while, and not waited for', async () => {
      const slow = await connect(server.tcpUrl(name, line.port), { silentAtMost: 200 });
      line.hang();
      await expect(slow.transaction([insert(1)])).rejects.toMatchObject({ code: 'unknown' });
      expect((await slow.ended)?.code).toBe('connection-lost');
    });
  });

  test('a server that is killed loses nothing that was kept', async () => {
    await db.transaction([insert(1)]);
    const last = db.transaction([insert(2)]).then(
      () => 2,
      () => null,
    );
    await server.kill();
    const two = await last;
    expect((await db.ended)?.code).toBe('connection-lost');
    await server.again();
    const there = await kept();
    expect(there).toContain(1);
    if (two !== null) expect(there).toContain(2);
  });

  test('a commit whose wait for the standby was cut short is on one disk alone, and no commit', async () => {
    await db.close();
    await server.restart({ synchronous_standby_names: 'nobody' });
    const alone = await connect();
    await alone.query('SET search_path = public');
    const committed = alone.transaction([insert(1)]).catch((e: unknown) => e);
    await eventually(async () => {
      const [row] = await server.ask<{ cancelled: boolean }>(
        "SELECT pg_cancel_backend(pid) AS cancelled FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
      );
      return row?.cancelled;
    });
    expect(await committed).toMatchObject({ code: 'not-replicated' });
    await server.restart();
    expect(await kept(), 'a start finds what is there').toEqual([1]);
  });

  describe('a server that would lose what it has acknowledged is refused', () => {
    test.each([
      ['fsync', /fsync = on/],
      ['full_page_writes', /full_page_writes = on/],
      ['synchronous_commit', /synchronous_commit = on/],
    ])('%s', async (setting, right) => {
      const refused = async () => mustBeDurable((await connect()).facts);
      await expect(refused()).resolves.toBeUndefined();
      await server.restart({ [setting]: 'off' });
      await expect(refused()).rejects.toMatchObject({
        code: 'not-durable',
        message: expect.stringMatching(right),
      });
      await server.restart();
    });

    test('for one user or database alone, or read only, or too old, or not in UTF-8', async () => {
      await server.ask(`ALTER DATABASE ${name} SET synchronous_commit = off`);
      const { facts } = await connect();
      expect(() => mustBeDurable(facts)).toThrow(/synchronous_commit = on/);
      const durable = db.facts;
      expect(() => mustBeDurable({ ...durable, readOnly: true })).toThrow(/primary/);
      expect(() => mustBeDurable({ ...durable, version: 120_022, versionText: '12.22' })).toThrow(
        /12\.22.*13/,
      );
      expect(() => mustBeDurable({ ...durable, encoding: 'SQL_ASCII' })).toThrow(/encoding=UTF8/);
    });
  });

  test('what cannot be reached, or may not be entered, is said without its password', async () => {
    const nowhere = Database.connect('postgres://me:secret@127.0.0.1:1/x', { name: 'test' });
    await expect(nowhere).rejects.toMatchObject({
      code: 'cannot-connect',
      message: expect.not.stringContaining('secret'),
    });
    await expect(connect(server.url('nobodys'))).rejects.toMatchObject({
      code: '3D000',
      message: expect.stringContaining('createdb'),
    });
  });

  test('tables are made once, by whoever comes first, and those of a newer version are left alone', async () => {
    const form = {
      name: 'things',
      migrations: ['CREATE TABLE thing (a int); CREATE INDEX ON thing (a)', 'ALTER TABLE thing ADD b int'],
    };
    const both = await Promise.all([connect(), connect()]);
    await Promise.all(both.map((d) => bringUp(d, { ...form, migrations: form.migrations.slice(0, 1) })));
    expect(await bringUp(both[0], form)).toEqual({ from: 1, to: 2 });
    await both[1].transaction([{ text: 'INSERT INTO thing (a, b) VALUES (1, 2)' }]);
    expect(await formOf(both[0], 'things')).toBe(2);
    expect(await formOf(both[0], 'others')).toBe(0);
    const older = bringUp(both[0], { ...form, migrations: [] });
    await expect(older).rejects.toMatchObject({ code: 'newer-schema' });
    const wrong = bringUp(both[0], {
      ...form,
      migrations: [...form.migrations, 'ALTER TABLE thing ADD c int; nonsense'],
    });
    await expect(wrong).rejects.toMatchObject({ code: '42601' });
    expect(await formOf(both[0], 'things'), 'a version is there whole or not at all').toBe(2);
  });
});

test('any text can be stored and comes back, and a plain one is stored as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\\', '0', 'd', '\0', '\ud83d', '\ude00', '水') }),
      (text) => {
        const stored = storable(text);
        expect(stored.isWellFormed() && !stored.includes('\0')).toBe(true);
        expect(asStored(stored)).toBe(text);
        if (text.isWellFormed() && !/[\0\\]/.test(text)) expect(stored).toBe(text);
      },
    ),
  );
});
