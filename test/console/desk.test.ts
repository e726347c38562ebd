import { describe, expect, it } from 'vitest';
import { FLOOD_FROM, floodOf } from '../../dashboards/console/src/state/flood.ts';
import { shiftAt } from '../../dashboards/console/src/state/shift.ts';
import { sparkOf } from '../../dashboards/console/src/state/spark.ts';
import { select } from '../../dashboards/console/src/state/view.ts';
import { acked, anAlarm } from './an-alarm.ts';

const NOW = Date.parse('2026-03-01T04:10:00Z');
const many = (n: number, change = {}) =>
  Array.from({ length: n }, (_, i) => anAlarm(`f${i}`, { minute: 5, ...change }));

describe('a flood', () => {
  it('begins with more than one person can look at in ten minutes', () => {
    expect(floodOf(many(FLOOD_FROM), NOW)).toBeNull();
    expect(floodOf(many(FLOOD_FROM + 1), NOW)?.count).toBe(FLOOD_FROM + 1);
  });
  it('counts neither what has been acknowledged nor what is old', () => {
    expect(
      floodOf(
        many(20).map((a) => acked(a)),
        NOW,
      ),
    ).toBeNull();
    expect(floodOf(many(20), NOW + 3_600_000)).toBeNull();
  });
  it('is told by what it is about, the gravest first, and says how many kinds it did not name', () => {
    const kinds = Array.from({ length: 8 }, (_, i) =>
      anAlarm(`k${i}`, { minute: 5, ruleId: `r${i}`, level: 4 }),
    );
    const flood = floodOf(
      [...many(5, { level: 3 }), ...kinds, anAlarm('red', { minute: 6, ruleId: 'red' })],
      NOW,
    );
    expect(flood?.groups.map((g) => g.level).slice(0, 3)).toEqual([1, 3, 4]);
    expect(flood?.groups[1]).toMatchObject({ count: 5 });
    expect(flood?.more).toBe(4);
  });
});

describe('a shift', () => {
  it('ends at eight in the morning of Beijing, wherever the browser is', () => {
    const s = shiftAt(Date.parse('2026-03-01T13:00:00Z'), '8-20');
    expect([s.start, s.end, s.nextEnd].map((t) => new Date(t).toISOString())).toEqual([
      '2026-03-01T12:00:00.000Z',
      '2026-03-02T00:00:00.000Z',
      '2026-03-02T12:00:00.000Z',
    ]);
  });
  it('begins in the very minute it changes, on every plan', () => {
    for (const plan of ['8-20', '0-8-16', '9'] as const) {
      const { end } = shiftAt(NOW, plan);
      expect(shiftAt(end, plan).start).toBe(end);
      expect(shiftAt(end - 1, plan).end).toBe(end);
    }
  });
});

describe('the little curve of a row', () => {
  const bucket = (minute: number, min: number, max = min) => ({
    t: new Date(minute * 60_000).toISOString(),
    min,
    max,
    avg: (min + max) / 2,
    n: 1,
    worstQuality: 'good' as const,
  });
  const of = (items: ReturnType<typeof bucket>[]) =>
    sparkOf(items, { from: 0, to: 30 * 60_000, within: 120_000 }, { width: 60, height: 20 }, null);

  it('is nothing where nothing was measured', () => {
    expect(of([])).toBeNull();
  });
  it('shows a spike of one sample, and a gap as a gap', () => {
    const spark = of([bucket(1, 5), bucket(2, 5, 50), bucket(10, 5), bucket(11, 5)]);
    expect(spark?.path.match(/M/g)).toHaveLength(2);
    expect(spark?.path).toContain('L4 2');
  });
  it('has its limit in sight, and the value of now', () => {
    const calm = [bucket(1, 5), bucket(2, 6)];
    const size = { width: 60, height: 20 };
    const span = { from: 0, to: 30 * 60_000, within: 1_800_000 };
    expect(sparkOf(calm, span, size, 50)?.limitY).toBe(2);
    const live = { t: new Date(30 * 60_000).toISOString(), min: 77, max: 77 };
    expect(sparkOf([...calm, live], span, size, 50)?.path).toMatch(/L60 2$/);
    expect(sparkOf([...calm, live], span, size, 50)?.limitY).toBeGreaterThan(2);
  });
  it('makes a dot of what stands alone', () => {
    expect(of([bucket(1, 5), bucket(20, 7)])?.dots).toHaveLength(2);
  });
});

describe('a filter', () => {
  const all = [anAlarm('a'), anAlarm('b', { level: 3, lifeline: 'bridge', areaCode: '341621' })];
  const none = { q: '', level: '', lifeline: '', area: '' };
  it('narrows by level, lifeline, area and words together', () => {
    expect(select(all, none)).toHaveLength(2);
    expect(select(all, { ...none, level: '3' }).map((a) => a.id)).toEqual(['b']);
    expect(select(all, { ...none, area: '3416' })).toHaveLength(2);
    expect(select(all, { ...none, area: '341621', lifeline: 'gas' })).toEqual([]);
    expect(select(all, { ...none, q: 'point b' }).map((a) => a.id)).toEqual(['b']);
  });
});
