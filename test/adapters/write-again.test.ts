import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeAgain } from '../../src/adapters/shared/write-again.ts';

test.each([0, 1, 1024 * 1024, 2 * 1024 * 1024 + 17])(
  'a file of %i bytes has the same bytes afterwards',
  (size) => {
    const dir = mkdtempSync(join(tmpdir(), 'write-again-'));
    try {
      const file = join(dir, 'log');
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 31) & 255));
      writeFileSync(file, bytes);
      writeAgain(file);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
);

test('one that is not there stays away', () => {
  expect(() => writeAgain('/nowhere/log')).not.toThrow();
});
