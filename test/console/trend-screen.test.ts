import { describe, expect, it } from 'vitest';
import {
  askedOf,
  queryOf,
  stepped,
  stretchOf,
  trendKeyOf,
  zoomed,
} from '../../dashboards/console/src/screens/trend/ask.ts';
import { bandsOf } from '../../dashboards/console/src/screens/trend/bands.ts';
import { bucketAt, gridOf, qualityRuns, summaryOf } from '../../dashboards/console/src/screens/trend/grid.ts';
import type { RuleJson } from '../../dashboards/console/src/state/catalog.ts';
import { alone, type Bucket, joinWithin, type Trend } from '../../dashboards/console/src/state/trend.ts';

const NOW = Date.parse('2026-03-01T05:10:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the address of the trend screen', () => {
  it('names points with or without their metric, and comes back as it was', () => {
    const asked = askedOf({
      points: 'A-1:ch4,B-2',
      from: '2026-03-01T00:00:00Z',
      to: '2026-03-01T01:00:00Z',
    });
    expect(asked.curves).toEqual([
      { code: 'A-1', metric: 'ch4' },
      { code: 'B-2', metric: null },
    ]);
    expect(askedOf(queryOf(asked))).toEqual(asked);
  });
  it('is a day unless it says otherwise, and never an error because of what somebody typed', () => {
    expect(askedOf({}).window).toBe('24h');
    expect(askedOf({ range: 'ages' }).window).toBe('24h');
    expect(askedOf({ from: 'x', to: 'y', range: '7d' }).window).toBe('7d');
    expect(askedOf({ from: '2026-03-01T01:00:00Z', to: '2026-03-01T00:00:00Z' }).window).toBe('24h');
    expect(askedOf({ points: ',,A,A,' }).curves).toEqual([{ code: 'A', metric: null }]);
  });
  it('holds six curves at most', () => {
    expect(askedOf({ points: 'a,b,c,d,e,f,g,h', metric: 'level' }).curves).toHaveLength(6);
    expect(askedOf({ points: 'a,b', metric: 'level' }).curves[1]).toEqual({ code: 'b', metric: 'level' });
  });
});

describe('the window', () => {
  it('steps back by half of itself, and forward until it is now again', () => {
    const back = stepped('24h', -1, NOW);
    expect(back).toEqual({ from: NOW - 36 * HOUR, to: NOW - 12 * HOUR });
    expect(stepped(back, 1, NOW)).toBe('24h');
    // Back, a look, and on again; a good while later it is half a window on, and no more.
    expect(stepped(back, 1, NOW + MINUTE)).toBe('24h');
    expect(stepped(back, 1, NOW + 80 * MINUTE)).toMatchObject({ to: NOW });
    expect(stepped(stepped(back, -1, NOW), 1, NOW)).toEqual(back);
  });
  it('never shows the future', () => {
    const odd = { from: NOW - 50 * MINUTE, to: NOW - 10 * MINUTE };
    expect(stretchOf(stepped(odd, 1, NOW), NOW)).toEqual({ from: NOW - 40 * MINUTE, to: NOW });
  });
  it('is not changed by a slip of the hand', () => {
    expect(zoomed(NOW, NOW + 500)).toBeNull();
    expect(zoomed(NOW, NOW + HOUR)).toEqual({ from: NOW, to: NOW + HOUR });
  });
  it('has keys that work with a Chinese input method, and are letters while somebody types', () => {
    const press = (code: string, typing = false) =>
      trendKeyOf({ code, typing, modified: false, dialog: false });
    expect([press('BracketLeft'), press('BracketRight'), press('Digit1'), press('Digit5')]).toEqual([
      'earlier',
      'later',
      '1h',
      '30d',
    ]);
    expect([press('Digit6'), press('Digit3', true)]).toEqual([null, null]);
  });
});

const rule = (over: Partial<RuleJson>): RuleJson => ({
  id: 'gas.ch4.limit',
  version: 1,
  metric: 'ch4',
  signal: { of: 'value' },
  unit: '%LEL',
  steps: [
    { level: 1, limit: { is: 'above', limit: 50 }, onDelayMs: 0 },
    { level: 3, limit: { is: 'above', limit: 10 }, onDelayMs: 0 },
  ],
  ...over,
});

describe('the bands of limits in force', () => {
  it('reach from each limit to the next graver one, and the gravest on and on', () => {
    expect(bandsOf([rule({})], 'ch4')).toEqual([
      { level: 3, edge: 10, side: 'above', until: 50 },
      { level: 1, edge: 50, side: 'above', until: null },
    ]);
  });
  it('lie on both sides where a value may be too low as well', () => {
    const both = rule({
      steps: [
        { level: 2, limit: { is: 'outside', low: 2, high: 8 }, onDelayMs: 0 },
        { level: 1, limit: { is: 'below', limit: 1 }, onDelayMs: 0 },
      ],
    });
    expect(bandsOf([both], 'ch4')).toEqual([
      { level: 2, edge: 8, side: 'above', until: null },
      { level: 2, edge: 2, side: 'below', until: 1 },
      { level: 1, edge: 1, side: 'below', until: null },
    ]);
  });
  it('are none for a rule on a rate, and none of another metric', () => {
    expect(bandsOf([rule({ signal: { of: 'rate' } })], 'ch4')).toEqual([]);
    expect(bandsOf([rule({})], 'temp')).toEqual([]);
  });
});

const bucket = (i: number, over: Partial<Bucket> = {}): Bucket => ({
  t: NOW + i * MINUTE,
  min: 1,
  max: 1,
  avg: 1,
  n: 1,
  worstQuality: 'good',
  ...over,
});
const trend = (...buckets: Bucket[]): Trend => ({ origin: NOW, width: MINUTE, buckets });

describe('several curves on one axis', () => {
  it('keep the one sample that was high', () => {
    const { curves } = gridOf([
      { trend: trend(bucket(0), bucket(1, { max: 80 }), bucket(2)), within: 3 * MINUTE },
    ]);
    expect(curves[0]?.max).toEqual([1, 80, 1]);
  });
  it('break where readings are missing, and not where a slow sensor has nothing to say', () => {
    const fast = trend(bucket(0), bucket(1), bucket(6), bucket(7));
    const slow = trend(bucket(0), bucket(5));
    const { x, curves } = gridOf([
      { trend: fast, within: 3 * MINUTE },
      { trend: slow, within: 10 * MINUTE },
    ]);
    expect(x).toHaveLength(8);
    expect(curves[0]?.avg).toEqual([1, 1, null, null, null, null, 1, 1]);
    expect(curves[1]?.avg[0]).toBe(1);
    expect(curves[1]?.avg.slice(1, 5)).toEqual([undefined, undefined, undefined, undefined]);
    expect(curves[1]?.avg[5]).toBe(1);
  });
  it('break at a bucket of bad readings only', () => {
    const bad = bucket(1, { min: null, max: null, avg: null, n: 0, worstQuality: 'bad' });
    const { curves } = gridOf([{ trend: trend(bucket(0), bad, bucket(2)), within: 3 * MINUTE }]);
    expect(curves[0]?.avg).toEqual([1, null, 1]);
  });
  it('have a dot where one value stands between two gaps, and only there', () => {
    expect(alone([1, undefined, 1, null, 2, undefined, null, 3])).toEqual([4, 7]);
    expect(alone([null, undefined])).toEqual([]);
  });
  it('are nothing where there is nothing', () => {
    expect(gridOf([])).toEqual({ x: [], curves: [] });
    expect(gridOf([{ trend: trend(), within: 1 }]).x).toEqual([]);
  });
});

describe('the strip of quality', () => {
  it('says good, bad and nothing, and leaves no time out', () => {
    const t = trend(bucket(2), bucket(3, { worstQuality: 'bad' }), bucket(8));
    const runs = qualityRuns(t, 2 * MINUTE, NOW, NOW + 20 * MINUTE);
    expect(runs.map((r) => r.is)).toEqual(['none', 'good', 'bad', 'none', 'good', 'none']);
    expect(runs[0]?.from).toBe(NOW);
    expect(runs[runs.length - 1]?.to).toBe(NOW + 20 * MINUTE);
    expect(runs.slice(1).every((r, i) => r.from === runs[i]?.to)).toBe(true);
  });
  it('says nothing of a silence that began when a reading was due and did not come, and the curve breaks there', () => {
    // Every five minutes, and once eight minutes of nothing; at the end as long again.
    const t = trend(bucket(0), bucket(5), bucket(13), bucket(18));
    const within = joinWithin(t, 5 * MINUTE);
    const runs = qualityRuns(t, within, NOW, NOW + 26 * MINUTE);
    expect(runs.map((r) => r.is)).toEqual(['good', 'none', 'good', 'none']);
    const cells = gridOf([{ trend: t, within }]).curves[0]?.avg ?? [];
    expect([cells[2], cells[8], cells[15]]).toEqual([undefined, null, undefined]);
  });
  it('misses nothing before the next reading is due', () => {
    const runs = qualityRuns(trend(bucket(0), bucket(5)), 8 * MINUTE, NOW, NOW + 10 * MINUTE);
    expect(runs).toEqual([{ from: NOW, to: NOW + 10 * MINUTE, is: 'good' }]);
  });
});

it('at the cursor a curve says its bucket, what still holds between two readings, and silence', () => {
  const t = trend(bucket(0, { avg: 1 }), bucket(5, { avg: 2 }));
  const at = (minute: number) => bucketAt(t, NOW + minute * MINUTE, 8 * MINUTE)?.avg ?? null;
  expect([at(-1), at(0.5), at(4), at(5.5), at(12), at(14)]).toEqual([null, 1, 1, 2, 2, null]);
});

it('least, mean and most are said with their times, the mean by the number of readings', () => {
  const s = summaryOf(trend(bucket(0, { avg: 1, n: 3 }), bucket(4, { min: 0.5, max: 9, avg: 5, n: 1 })));
  expect(s).toEqual({
    min: { value: 0.5, at: NOW + 4 * MINUTE },
    max: { value: 9, at: NOW + 4 * MINUTE },
    avg: 2,
    n: 4,
  });
  expect(summaryOf(trend())).toEqual({ min: null, max: null, avg: null, n: 0 });
});
