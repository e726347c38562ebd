import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freeAmong } from '../../../src/domain/judge/arrival.ts';
import type { RecentMemory } from '../../../src/domain/judge/memory.ts';
import { insertAt, placeAmong } from '../../../src/domain/judge/recent.ts';

const empty = (): RecentMemory => ({ baseAt: null, base: [], at: [], values: [], split: 0, next: null });

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
        const there = known.at.indexOf(free);
        if (there === -1) insertAt(known, placeAmong(known, free) ?? 0, value, free);
        else expect(known.values[there]).toBe(value);
      }
      expect(new Set(known.at).size).toBe(known.at.length);
    }),
  );
});

test('where nothing is known, a reading stands where it says', () => {
  expect(freeAmong(undefined, 7, 1)).toBe(7);
  expect(freeAmong(empty(), 7, null)).toBe(7);
});
