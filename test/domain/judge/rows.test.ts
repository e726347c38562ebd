import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_ROWS, Rows } from '../../../src/domain/judge/rows.ts';

describe('rows of numbers', () => {
  test('whoever goes on from whichever of them, each stays what it was', () => {
    // Each step goes on from any rows there are so far: as live judging does, and a reading that comes behind.
    const steps = fc.array(
      fc.record({
        from: fc.nat(),
        row: fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 7 }),
        without: fc.nat(),
      }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const known = [{ rows: NO_ROWS, expected: [] as number[] }];
        for (const s of list) {
          const { rows, expected } = known[s.from % known.length] as (typeof known)[number];
          const without = s.without % (expected.length + 1);
          known.push({
            rows: rows.followedBy(s.row, without),
            expected: [...expected.slice(without), ...s.row],
          });
        }
        for (const { rows, expected } of known) {
          expect(rows.toJSON()).toEqual(expected);
          expect([...rows]).toEqual(expected);
          expect(Array.from({ length: rows.length }, (_, i) => rows.at(i))).toEqual(expected);
        }
      }),
    );
  });

  test('a window that moves on for ever does not grow', () => {
    let rows = Rows.of([]);
    for (let i = 0; i < 100_000; i++) rows = rows.followedBy([i, i], rows.length >= 60 ? 2 : 0);
    expect(rows.length).toBe(60);
    expect(rows.held).toBeLessThanOrEqual(128);
  });

  test('tests can tell them apart', () => {
    expect(Rows.of([1, 2])).not.toEqual(Rows.of([1, 3]));
    expect(Rows.of([1, 2])).not.toEqual(Rows.of([1, 2, 3]));
    expect(Rows.of([0, 1, 2]).followedBy([3], 1)).toEqual(Rows.of([1, 2, 3]));
  });
});
