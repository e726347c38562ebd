import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../../src/adapters/postgres/database.ts';
import { SharedFiles } from '../../../src/adapters/shared-files-postgres/index.ts';
import { ManualClock } from '../../memory/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

const has = hasPostgres();
if (!has) console.warn('SKIPPED: files that two machines share: PostgreSQL is not installed');
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(!has)('files that people keep in folders of one machine', () => {
  const root = mkdtempSync(join(tmpdir(), 'shared-files-'));
  let postgres: PostgresServer;
  const clock = new ManualClock(0);
  const begin = async (name: string): Promise<SharedFiles> => {
    const files = new SharedFiles({
      dir: join(root, name),
      folders: ['mappings'],
      connect: () => Database.connect(postgres.url(), { name }),
      clock,
      log,
    });
    await files.start();
    return files;
  };
  const file = (machine: string, name: string) => join(root, machine, 'mappings', name);
  const put = (machine: string, name: string, text: string) => {
    mkdirSync(join(root, machine, 'mappings'), { recursive: true });
    writeFileSync(file(machine, name), text);
  };
  const textOf = (machine: string, name: string) =>
    existsSync(file(machine, name)) ? readFileSync(file(machine, name), 'utf8') : null;
  beforeAll(async () => {
    postgres = await PostgresServer.start({ settings: { fsync: 'off' } });
  }, 60_000);
  afterAll(async () => {
    await postgres?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  test('are in those of the other when it takes over: new, changed and deleted ones', async () => {
    put('a', 'one.json', '{"a":1}');
    put('a', 'two.json', '{"a":2}');
    put('a', 'notes.txt', 'nobody else’s');
    put('b', 'three.json', '{"b":3}');
    let a = await begin('a');
    put('a', 'one.json', '{"a":"changed"}');
    clock.forward(5_000);
    const inDatabase = () =>
      postgres.ask<{ text: string }>(
        "SELECT text FROM lifeline.shared_file WHERE path = 'mappings/one.json'",
      );
    await eventually(async () => (await inDatabase())[0]?.text === '{"a":"changed"}');
    // Killed, and not closed.
    const b = await begin('b');
    expect([textOf('b', 'one.json'), textOf('b', 'two.json'), textOf('b', 'three.json')]).toEqual([
      '{"a":"changed"}',
      '{"a":2}',
      '{"b":3}',
    ]);
    expect(textOf('b', 'notes.txt')).toBeNull();
    rmSync(file('b', 'two.json'));
    await b.close();
    await a.close();
    put('a', 'two.json', '{"a":2}');
    a = await begin('a');
    expect([textOf('a', 'one.json'), textOf('a', 'two.json'), textOf('a', 'three.json')]).toEqual([
      '{"a":"changed"}',
      null,
      '{"b":3}',
    ]);
    await a.close();
  });

  test('a path that leads out of the folder is written nowhere', async () => {
    await postgres.ask(
      "INSERT INTO lifeline.shared_file VALUES ('mappings/../../evil.json', 'x', '{}'), ('other/x.json', 'x', '{}')",
    );
    await (await begin('c')).close();
    expect([existsSync(join(root, 'evil.json')), existsSync(join(root, 'c/other'))]).toEqual([false, false]);
  });
});
