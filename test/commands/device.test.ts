import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeviceKeysSqlite } from '../../src/adapters/device-keys/index.ts';
import { lockDirectory } from '../../src/adapters/shared/directory-lock.ts';
import { makeDataDir } from './a-data-dir.ts';
import { run } from './run.ts';

// Beside a running service: test/faults/broker/broker-attackers.test.ts
describe('npm run device, without a service', () => {
  const dir = mkdtempSync(join(tmpdir(), 'device-'));
  beforeAll(() => makeDataDir(dir));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const device = (...args: string[]) => run('device', [...args, '--data-dir', dir]);
  const opens = async (holder: string, secret: string) => {
    const keys = new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now: Date.now });
    await keys.start();
    const key = keys.check(holder, Buffer.from(secret));
    await keys.close();
    return key !== null;
  };

  test('says that there is none yet, and how one is issued', async () => {
    expect(await device('list')).toMatchObject({
      code: 0,
      out: expect.stringContaining('npm run device -- add CODE'),
    });
  });

  test('issues, rotates, lists and revokes; the service that starts next knows it all', async () => {
    const added = await device('add', 'GAS-1', '--csv');
    expect(added.code, added.err).toBe(0);
    const secret = added.out.trim().split(',').at(-1) as string;
    expect(await opens('GAS-1', secret)).toBe(true);
    const rotated = await device('rotate', 'GAS-1', '--keep-old', '2');
    const next = /^password (\w+)$/m.exec(rotated.out)?.[1] as string;
    expect([await opens('GAS-1', secret), await opens('GAS-1', next)]).toEqual([true, true]);
    const list = await device('list');
    expect(list.out.match(/^GAS-1 /gm)).toHaveLength(2);
    expect(list.out).not.toContain(next);
    expect((await device('revoke', 'GAS-1')).code).toBe(0);
    expect([await opens('GAS-1', secret), await opens('GAS-1', next)]).toEqual([false, false]);
    expect((await device('list')).out).toContain('revoked');
    expect(await device('revoke', 'GAS-1')).toMatchObject({ code: 1, err: expect.stringContaining('GAS-1') });
  });

  test('a code that was mistyped gets nothing, and is told which one was meant', async () => {
    const told = await device('rotate', 'GAS-l');
    expect(told).toMatchObject({ code: 1, out: '' });
    expect(told.err).toMatch(/GAS-l has no credential that could be rotated; did you mean GAS-1\?/);
    expect((await device('list')).out).not.toContain('GAS-l');
  });

  test('each act is in the audit journal, and no secret', async () => {
    const { out } = await device('add', 'GAS-2', '--csv');
    const db = new DatabaseSync(join(dir, 'audit.db'), { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
      name: string;
    }[];
    const text = tables
      .map(({ name }) => JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all()))
      .join('\n');
    db.close();
    for (const what of ['issue', 'rotate', 'revoke']) expect(text).toContain(`device.credential.${what}`);
    expect(text).not.toContain(out.trim().split(',').at(-1));
  });

  test('a service that has the directory and does not answer is not overridden', async () => {
    const lock = lockDirectory(dir);
    try {
      expect(await device('add', 'GAS-3')).toMatchObject({
        code: 1,
        err: expect.stringContaining('does not answer'),
      });
    } finally {
      lock.letGo();
    }
  });

  test.each([
    [['add'], /Its code is missing/],
    [['grow', 'GAS-1'], /grow is no verb: add, rotate, revoke, list/],
    [['add', 'no/code'], /is no code: 1 to 64 letters/],
    [['add', 'GAS-1', '--keep-old', 'long'], /hours from 0 to 720/],
    [['add', 'GAS-1', '--areas', '3416'], /--areas is for system:NAME/],
    [['list', 'GAS-1'], /list takes no code/],
  ])('%j is wrong use, and is told what would be right', async (args, right) => {
    expect(await device(...args)).toMatchObject({ code: 2, err: expect.stringMatching(right) });
  });

  test('--help shows the verbs', async () => {
    expect(await run('device', ['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('revoke CODE'),
    });
  });
});
