import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditSqlite } from '../../../src/adapters/audit/index.ts';
import { DeviceKeysSqlite } from '../../../src/adapters/device-keys/index.ts';
import { LeasePostgres } from '../../../src/adapters/lease-postgres/index.ts';
import { lockDirectory } from '../../../src/adapters/shared/directory-lock.ts';
import { hours } from '../../../src/domain/time.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { makeDataDir } from '../a-data-dir.ts';
import { run } from '../run.ts';

const quiet = { info: () => undefined, error: () => undefined };

describe.skipIf(!hasPostgres())('between a data directory and PostgreSQL', () => {
  let server: PostgresServer;
  let dir: string;
  let url: string;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lifeline-move-'));
    url = server.url(await server.newDatabase());
    await makeDataDir(dir);
    const keys = new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now: () => 1_000 });
    await keys.start();
    await keys.issue(['DEV-A'], hours(0));
    await keys.close();
    const audit = new AuditSqlite({
      file: join(dir, 'audit.db'),
      keyFile: join(dir, 'audit.key'),
      now: () => 0,
      log: quiet,
    });
    await audit.start();
    await audit.record({
      at: 1,
      who: 'li',
      from: null,
      what: 'session.login',
      object: 'li',
      outcome: 'done',
    });
    await audit.close();
    return () => rmSync(dir, { recursive: true, force: true });
  });

  const command = (name: 'backup' | 'migrate' | 'account' | 'device' | 'audit', ...args: string[]) =>
    run(name, [...args, '--data-dir', dir], { LIFELINE_DATABASE_URL: url });
  const migrate = (...args: string[]) => run('migrate', [...args, '--data-dir', dir]);
  const FILES = ['accounts.db', 'audit.db', 'devices.db', 'journal.sqlite'];
  const filesIn = (of: string) =>
    readdirSync(of)
      .filter((f) => FILES.includes(f))
      .sort();

  test('there, used there by every command, and back', async () => {
    const session = { clientId: 'lifeline-watch-1', expected: true };
    writeFileSync(join(dir, 'mqtt-session.json'), JSON.stringify(session));
    const there = await migrate('--to', url);
    expect(there).toMatchObject({ code: 0, out: expect.stringContaining('both hold the same: 43 tables') });
    expect(there.out).toMatch(/^keys +1 +[0-9a-f]{16} +=$/m);
    expect(filesIn(dir)).toEqual([]);
    rmSync(join(dir, 'mqtt-session.json'));
    const aside = readdirSync(dir).find((f) => f.startsWith('moved-to-postgres-'));
    expect(filesIn(join(dir, String(aside)))).toEqual(FILES);

    expect(await command('device', 'list')).toMatchObject({ code: 0, out: expect.stringContaining('DEV-A') });
    expect(await command('device', 'add', 'DEV-B', '--csv')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/DEV-B,[a-z2-7]{32}/),
    });
    expect(await command('account', 'list')).toMatchObject({
      code: 0,
      out: expect.stringContaining('admin'),
    });
    expect(await command('account', 'reset', 'admin')).toMatchObject({
      code: 0,
      out: expect.stringContaining('admin: '),
    });
    expect(await command('audit', 'verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole: 3 entries'),
    });
    expect((await command('audit', 'export', '--jsonl')).out.trim().split('\n')).toHaveLength(3);

    const backup = join(dir, '..', `${basename(dir)}-backup`);
    expect(await command('backup', '--to', backup)).toMatchObject({ code: 0 });
    const restored = join(dir, '..', `${basename(dir)}-restored`);
    expect(await run('restore', ['--from', backup, '--data-dir', restored])).toMatchObject({ code: 0 });
    expect(filesIn(restored)).toEqual(FILES);
    expect((await run('device', ['list', '--data-dir', restored])).out).toMatch(/DEV-A.*\n.*DEV-B/);
    expect(await run('audit', ['verify', '--data-dir', restored])).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole: 3 entries'),
    });
    for (const path of [backup, restored]) rmSync(path, { recursive: true, force: true });

    expect(await command('migrate', '--to-dir', dir)).toMatchObject({
      code: 0,
      out: expect.stringContaining('both hold the same'),
    });
    expect(filesIn(dir)).toEqual(FILES);
    expect(JSON.parse(readFileSync(join(dir, 'mqtt-session.json'), 'utf8'))).toEqual(session);
    expect(await run('audit', ['verify', '--data-dir', dir])).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole: 3 entries'),
    });
    expect((await run('device', ['list', '--data-dir', dir])).out).toMatch(/DEV-A.*\n.*DEV-B/);
    expect(await command('migrate', '--to-dir', dir)).toMatchObject({
      code: 2,
      err: expect.stringContaining('a move never writes over data'),
    });
  }, 120_000);

  test('a directory in use, a database in use and one that is not empty are refused, and nothing is moved', async () => {
    const lock = lockDirectory(dir);
    expect(await migrate('--to', url)).toMatchObject({
      code: 1,
      err: expect.stringContaining('stop it first'),
    });
    lock.letGo();

    const row = new LeasePostgres(url);
    await row.take({ id: 'other', name: 'other', version: '0' });
    expect(await migrate('--to', url)).toMatchObject({
      code: 1,
      err: expect.stringContaining('another machine writes to the database'),
    });
    await row.release(1);
    await row.close();

    const aside = await migrate('--to', url);
    expect(aside.code).toBe(0);
    const other = mkdtempSync(join(tmpdir(), 'lifeline-move-'));
    await makeDataDir(other);
    expect(await run('migrate', ['--to', url, '--data-dir', other])).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no devices.db, audit.db'),
    });
    cpSync(String(/files as they were: (\S+)\./.exec(aside.out)?.[1]), other, { recursive: true });
    expect(await run('migrate', ['--to', url, '--data-dir', other])).toMatchObject({
      code: 1,
      err: expect.stringContaining('the database is not empty'),
    });
    expect(existsSync(join(other, 'journal.sqlite'))).toBe(true);
    rmSync(other, { recursive: true, force: true });

    expect(await migrate('--to', 'postgres://nobody@127.0.0.1:1/x')).toMatchObject({ code: 2 });
  }, 120_000);
});
