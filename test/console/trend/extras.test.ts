import { describe, expect, test } from 'vitest';
import type { Band } from '../../../dashboards/console/src/parts/curve/marks.ts';
import { withAsked } from '../../../dashboards/console/src/screens/rules/change.ts';
import { askedOf, queryOf } from '../../../dashboards/console/src/screens/trend/ask.ts';
import { p95Of, timeOver } from '../../../dashboards/console/src/screens/trend/statistics.ts';
import { beijingText, readBeijing } from '../../../dashboards/console/src/screens/trend/window-text.ts';

const MIN = 60_000;
const bucket = (minute: number, min: number, max = min, n = 1) => ({
  t: minute * MIN,
  min,
  max,
  avg: (min + max) / 2,
  n,
  worstQuality: 'good' as const,
});
const trendOf = (...buckets: ReturnType<typeof bucket>[]) => ({ origin: 0, width: MIN, buckets });
const above = (edge: number): Band => ({ level: 3, edge, side: 'above', until: null });

describe('figures of a curve', () => {
  test('95 % of the readings lie at or below it, each bucket by how many it has', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => bucket(i, i + 1));
    expect(p95Of(trendOf(...hundred))).toBe(95);
    expect(p95Of(trendOf(bucket(0, 1, 1, 99), bucket(1, 50, 50, 1)))).toBe(1);
    expect(p95Of(trendOf())).toBeNull();
  });

  test('time over the limit: whole buckets, parts of them, what holds until the next; silence is nothing', () => {
    const band = [above(10)];
    expect(timeOver(trendOf(bucket(0, 12), bucket(1, 12), bucket(2, 5)), band, 2 * MIN)).toBe(2 * MIN);
    expect(timeOver(trendOf(bucket(0, 5, 15)), band, 2 * MIN)).toBe(MIN / 2);
    expect(timeOver(trendOf(bucket(0, 12), bucket(3, 5)), band, 5 * MIN)).toBe(3 * MIN);
    expect(timeOver(trendOf(bucket(0, 12), bucket(60, 5)), band, 5 * MIN)).toBe(MIN);
    expect(timeOver(trendOf(bucket(0, 12)), [], MIN)).toBeNull();
    expect(timeOver(trendOf(bucket(0, 2)), [{ ...above(3), side: 'below' }], MIN)).toBe(MIN);
  });
});

test('times are typed and read as Beijing has them; what does not exist is none', () => {
  const t = Date.parse('2026-11-30T00:05:00Z');
  expect(beijingText(t)).toBe('2026-11-30 08:05');
  for (const text of ['2026-11-30 08:05', ' 2026-11-30T8:05:00 ']) expect(readBeijing(text)).toBe(t);
  expect(readBeijing('2026-11-30')).toBe(Date.parse('2026-11-29T16:00:00Z'));
  for (const text of ['', 'now', '2026-02-31', '2026-11-30 25:00', '30.11.2026'])
    expect(readBeijing(text)).toBeNull();
});

test('other days stand in the address, and only those that there are', () => {
  const asked = askedOf({ points: 'a:ch4', ghost: '7,1,3,x' });
  expect(asked.ghosts).toEqual([1, 7]);
  expect(queryOf(asked)).toEqual({ points: 'a:ch4', ghost: '1,7' });
});

test('a limit that was drawn stands in the form of its rule, at its level alone', () => {
  const step = (level: 1 | 3) => ({
    level,
    enabled: true,
    limit: { limit: '50' },
    deadband: '2',
    delay: '0',
  });
  const typed = withAsked([step(3), step(1)], { level: '1', limit: '57' });
  expect(typed.map((t) => t.limit.limit)).toEqual(['50', '57']);
  for (const asked of [{}, { level: '1', limit: 'x' }, { level: '9', limit: '57' }])
    expect(withAsked([step(1)], asked)).toEqual([step(1)]);
});
