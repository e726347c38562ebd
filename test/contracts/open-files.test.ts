import { describe, expect, test } from 'vitest';
import { limitIn, openFiles, openFilesLimit } from '../../src/adapters/open-files/index.ts';
import { limitFor, sharesOf } from '../../src/adapters/open-files/shares.ts';

describe('what a process may have open', () => {
  test('is read as Linux writes it', async () => {
    const text = `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            1024                 524288               files
`;
    expect(limitIn(text)).toBe(1_024);
    expect(limitIn(text.replace('1024  ', 'unlimited'))).toBeNull();
    expect(openFilesLimit()).toBeGreaterThan(20);
    expect(await openFiles()).toBeGreaterThan(2);
  });

  test('is shared out so that consoles and our own files have theirs', () => {
    for (const limit of [200, 256, 1_024, 4_096, 20_000, 65_536, 1_048_576]) {
      const { devices, consoles } = sharesOf(limit, 100_000);
      expect(limit - devices - consoles).toBeGreaterThanOrEqual(Math.min(128, limit / 2 - 32));
      expect(consoles).toBeGreaterThanOrEqual(32);
      expect(devices).toBeGreaterThanOrEqual(Math.min(limit / 2, 100_000));
    }
    expect(sharesOf(1_048_576, 20_000)).toEqual({ devices: 20_000, consoles: 10_000 });
    expect(sharesOf(null, 20_000)).toEqual({ devices: 20_000, consoles: 10_000 });
  });

  test('and how much would be enough is said', () => {
    for (const wanted of [1, 500, 20_000, 100_000])
      expect(sharesOf(limitFor(wanted), wanted).devices).toBe(wanted);
  });
});
