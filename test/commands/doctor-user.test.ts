import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { foreignUser } from '../../src/commands/doctor/checks/user.ts';

afterEach(() => vi.restoreAllMocks());

test('of another user’s data directory nothing is claimed but whose it is', () => {
  const dir = mkdtempSync(join(tmpdir(), 'doctor-user-'));
  const owner = process.getuid?.() ?? 0;
  expect(foreignUser(dir)).toBeNull();
  const us = vi.spyOn(process, 'geteuid');
  us.mockReturnValue(owner + 4_321_000);
  expect(foreignUser(dir)).toMatchObject({
    check: 'user',
    verdict: 'bad',
    says: expect.stringMatching(
      /belongs to .*nothing in it was looked at; run this as that user: sudo -u .* npm run doctor/,
    ),
  });
  expect(foreignUser(join(dir, 'not-there'))).toBeNull();
  us.mockReturnValue(0);
  expect(foreignUser(dir)).toBeNull();
  rmSync(dir, { recursive: true });
});
