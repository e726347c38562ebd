import { describe, expect, test } from 'vitest';
import { breakGap, gapsMoved, isInGap, noteGap } from '../../../src/domain/judge/gaps.ts';
import type { SeriesMemory } from '../../../src/domain/judge/memory.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';

const series = (newestAt: number): SeriesMemory => ({
  ...{ newestAt, value: 1, valueAt: newestAt, said: [] },
});
const to = (s: SeriesMemory, at: number, isLate = false) => {
  noteGap(s, at, isLate);
  s.newestAt = at;
};

describe('where nothing came on time', () => {
  test('is between two readings that lie far apart, and nowhere else', () => {
    const s = series(0);
    to(s, minutes(1));
    expect(s.gaps).toBeUndefined();
    to(s, hours(2));
    expect(isInGap(s, minutes(2), hours(1))).toBe(true);
    expect(isInGap(s, minutes(1), hours(1))).toBe(false);
    expect(isInGap(s, hours(1), hours(2))).toBe(false);
  });

  test('goes on over what came late in order, a minute apart or an hour, to the first on time', () => {
    const s = series(0);
    to(s, minutes(1), true);
    to(s, minutes(2), true);
    to(s, hours(3), true);
    expect(isInGap(s, minutes(1), hours(3))).toBe(true);
    to(s, hours(3) + minutes(1));
    expect(isInGap(s, 1, hours(3))).toBe(true);
    expect(isInGap(s, minutes(1), hours(3) + minutes(1))).toBe(false);
    to(s, hours(5));
    expect(s.gaps).toHaveLength(4);
  });

  test('is not worth a place where one reading was late', () => {
    const s = series(0);
    to(s, minutes(1), true);
    to(s, minutes(2));
    expect(s.gaps).toEqual([]);
  });

  test('moves with our clock, also while it lasts', () => {
    const s = series(hours(1));
    to(s, hours(2), true);
    s.gaps = gapsMoved(s.gaps ?? [], -hours(1));
    expect(isInGap(s, 1, hours(30))).toBe(true);
    expect(isInGap(s, 0, hours(30))).toBe(false);
  });

  test('ends where one came after all, behind the newest', () => {
    const s = series(0);
    to(s, hours(2));
    breakGap(s, hours(1));
    expect(isInGap(s, minutes(5), minutes(59))).toBe(true);
    expect(isInGap(s, minutes(59), minutes(61))).toBe(false);
  });

  test('is remembered of the longest outages of the last eight days, of six at most', () => {
    const s = series(0);
    to(s, hours(10));
    for (let i = 1; i <= 50; i++) to(s, hours(10) + i * minutes(3));
    expect(s.gaps).toHaveLength(12);
    expect(isInGap(s, minutes(1), hours(9))).toBe(true);
    to(s, days(9));
    to(s, days(9) + minutes(5));
    expect(isInGap(s, minutes(1), hours(9))).toBe(false);
  });
});
