import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeviceKeysSqlite } from '../../src/adapters/device-keys/index.ts';
import { hours } from '../../src/domain/time.ts';
import { deviceKeysContract } from './device-keys.contract.ts';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'device-keys-'));

deviceKeysContract('the device keys on SQLite', () => {
  const all: string[] = [];
  let dir = '';
  return {
    open: (now) => new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now }),
    erase: () => {
      dir = newDir();
      all.push(dir);
    },
    end: () => {
      for (const d of all) rmSync(d, { recursive: true, force: true });
    },
  };
});

describe('on SQLite', () => {
  let dir: string;
  let keys: DeviceKeysSqlite;
  beforeEach(async () => {
    dir = newDir();
    keys = new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now: () => 1_000 });
    await keys.start();
  });
  afterEach(async () => {
    await keys.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test('no secret is in any file, and nobody else may read them', async () => {
    const issued = await keys.issue(['DEV-A', 'DEV-B'], hours(1));
    const files = readdirSync(dir);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(statSync(join(dir, file)).mode & 0o077).toBe(0);
      for (const { secret } of issued) expect(readFileSync(join(dir, file)).includes(secret)).toBe(false);
    }
  });

  test('a revoked credential is overwritten in the file, and not only forgotten', async () => {
    await keys.issue(['DEV-OLD'], hours(0));
    const db = new DatabaseSync(join(dir, 'devices.db'));
    const { seal } = db.prepare("SELECT seal FROM keys WHERE holder = 'DEV-OLD'").get() as {
      seal: Uint8Array;
    };
    db.close();
    await keys.issue(
      Array.from({ length: 40 }, (_, i) => `DEV-${i}`),
      hours(0),
    );
    await keys.revoke('DEV-OLD');
    await keys.close();
    const kept = Buffer.concat(readdirSync(dir).map((f) => readFileSync(join(dir, f))));
    expect(kept.includes('DEV-39')).toBe(true);
    expect(kept.includes(Buffer.from(seal))).toBe(false);
  });

  test('a secret is 32 letters and digits that a shell and a spreadsheet leave alone: 160 bits', async () => {
    for (const { secret } of await keys.issue(['A', 'B', 'C'], hours(0)))
      expect(secret).toMatch(/^[a-z2-7]{32}$/);
  });

  test('a file of a newer version is not touched', async () => {
    await keys.close();
    const file = join(dir, 'newer.db');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 9');
    db.close();
    const newer = new DeviceKeysSqlite({ file, now: () => 0 });
    await expect(newer.start()).rejects.toThrow('version 9; this program knows version 1');
  });

  test('what cannot be written was not issued', async () => {
    const [a] = await keys.issue(['DEV-A'], hours(0));
    const other = new DatabaseSync(join(dir, 'devices.db'));
    other.exec('DROP TABLE barred');
    other.close();
    await expect(keys.issue(['DEV-A', 'DEV-B'], hours(0))).rejects.toThrow();
    await expect(keys.revoke('DEV-A')).rejects.toThrow();
    expect(keys.check('DEV-A', Buffer.from(a?.secret ?? ''))).not.toBeNull();
    expect(keys.list()).toHaveLength(1);
  });
});
