import { describe, expect, test } from 'vitest';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { workShift } from './shift.ts';

describe.skipIf(CHROMIUM === null)('a shift at the desk', () => {
  test('worked for a while by somebody who does everything in any order leaves nothing to be said', async () => {
    const worked = await workShift({
      seed: 3,
      minutes: 14,
      acts: 30,
      patience: 20_000,
      out: null,
      say: () => undefined,
    });
    expect(worked.found).toEqual([]);
    expect(worked).toMatchObject({ acts: 30 });
    expect(worked.done.size).toBeGreaterThan(6);
    expect(worked.alarms).toBeGreaterThan(0);
  }, 900_000);
});
