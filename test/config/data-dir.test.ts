import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../src/config/data-dir.ts';

const home = mkdtempSync(join(tmpdir(), 'lifeline-data-dir-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('the folder of the data', () => {
  test('is made with what is missing above it, and may be there already', () => {
    const dir = join(home, 'a', 'b', 'c');
    makeDataDir(dir);
    makeDataDir(dir);
    expect(existsSync(dir)).toBe(true);
  });

  test('that cannot be made is said in one sentence', () => {
    const taken = join(home, 'file');
    writeFileSync(taken, '');
    expect(() => makeDataDir(join(taken, 'data'))).toThrow(
      `LIFELINE_DATA_DIR ${join(taken, 'data')} cannot be used (ENOTDIR): a folder`,
    );
  });

  test.skipIf(!existsSync('/proc/self'))(
    'where none can be made is said at once, and not tried for ever',
    () => {
      expect(() => makeDataDir('/proc/nowhere/data')).toThrow('would be right');
    },
  );
});
