import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOf, freeAmong, remember, unspoken } from '../../../src/domain/judge/arrival.ts';
import { endOfCrowd } from '../../../src/domain/judge/crowds.ts';
import type { RecentMemory } from '../../../src/domain/judge/memory.ts';
import { insertAt, instantAt, placeAmong, samplesIn, valueAt } from '../../../src/domain/judge/recent.ts';
import { GOOD } from '../../../src/domain/reading.ts';

const empty = (): RecentMemory => ({ baseAt: null, base: [], samples: [], split: 0, next: null });
const instantsOf = (known: RecentMemory): number[] =>
  Array.from({ length: samplesIn(known) }, (_, i) => instantAt(known, i));

test('readings of one instant stand a millisecond apart, and the same one again stands where it stood', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(3)), { maxLength: 40 }), (told) => {
      const known = empty();
      const first = new Map<string, number>();
      for (const [at, value] of told) {
        const free = freeAmong(known, at, value);
        expect(free).toBeGreaterThanOrEqual(at);
        // Where it was found before, unless something that is it, too, stands nearer.
        const was = first.get(`${at} ${value}`);
        if (was !== undefined) expect(free).toBeLessThanOrEqual(was);
        else first.set(`${at} ${value}`, free);
        const there = instantsOf(known).indexOf(free);
        if (there === -1) insertAt(known, placeAmong(known, free) ?? 0, value, free);
        else expect(valueAt(known, there)).toBe(value);
      }
      expect(new Set(instantsOf(known)).size).toBe(samplesIn(known));
    }),
  );
});

test('where nothing is known, a reading stands where it says', () => {
  expect(freeAmong(undefined, 7, 1)).toBe(7);
  expect(freeAmong(empty(), 7, null)).toBe(7);
});

test('where readings of one instant crowd, it is known how far they reach, of the last four', () => {
  const s = firstOf({ value: 0, quality: GOOD, observedAt: 1_000 }, true);
  const say = (sentAt: number, observedAt: number) =>
    remember(
      s,
      { value: 1, quality: GOOD, observedAt, ...(sentAt === observedAt ? {} : { deviceTime: sentAt }) },
      'backfill',
      true,
    );
  for (const ms of [0, 1, 2, 400]) say(1_000, 1_000 + ms);
  expect(endOfCrowd(s, 1_000)).toBe(1_400);
  // Placed by what is known of a clock, and by its receipt: no crowd.
  say(2_000, 62_000);
  say(3_000, 3_500);
  expect([endOfCrowd(s, 2_000), endOfCrowd(s, 3_000)]).toEqual([null, null]);
  for (const at of [4_000, 5_000, 6_000, 7_000]) say(at, at + 1);
  expect([endOfCrowd(s, 1_000), endOfCrowd(s, 4_000)]).toEqual([null, 4_001]);
});

test('an instant that our clock, set back, shows a second time is nobody’s twice', () => {
  const series = firstOf({ value: 1, quality: GOOD, observedAt: 1_000 }, true);
  remember(series, { value: 2, quality: GOOD, observedAt: 1_001 }, 'live', true);
  expect(unspoken(series, 1_000)).toBe(1_002);
  expect(unspoken(series, 999)).toBe(999);
});
