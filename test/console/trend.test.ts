import { describe, expect, it } from 'vitest';
import type { BucketJson } from '../../dashboards/console/src/api/answers.ts';
import {
  limitInForce,
  limitLines,
  type RuleJson,
  type StepJson,
} from '../../dashboards/console/src/state/catalog.ts';
import {
  alone,
  columnsOf,
  continueWith,
  forgetBefore,
  grow,
  joinWithin,
  type Trend,
  trendOf,
} from '../../dashboards/console/src/state/trend.ts';
import { anAlarm } from './an-alarm.ts';

const T0 = Date.parse('2026-03-01T00:00:00Z');
const MINUTE = 60_000;
const iso = (t: number): string => new Date(t).toISOString();
const bucket = (minute: number, value: number | null): BucketJson => ({
  t: iso(T0 + minute * MINUTE),
  min: value,
  max: value,
  avg: value,
  n: value === null ? 0 : 1,
  worstQuality: value === null ? 'bad' : 'good',
});
const hour = (...items: BucketJson[]): Trend => trendOf(T0, T0 + 60 * MINUTE, 60, items);
const reading = (t: number, value: number | null, quality: 'good' | 'bad' = 'good') => ({
  observedAt: iso(t),
  value,
  quality,
});

describe('a trend', () => {
  it('keeps a one-sample spike that comes in live', () => {
    let t = hour(bucket(0, 1), bucket(1, 1));
    for (const v of [1, 90, 1]) t = grow(t, reading(T0 + MINUTE + 1_000, v));
    expect(t.buckets).toHaveLength(2);
    expect(t.buckets[1]).toMatchObject({ min: 1, max: 90, n: 4 });
    expect(t.buckets[1]?.avg).toBeCloseTo(93 / 4);
  });

  it('goes on to the right of where it was read, on the same grid', () => {
    const t = grow(hour(bucket(59, 5)), reading(T0 + 61.5 * MINUTE, 7));
    expect(t.buckets.map((b) => (b.t - T0) / MINUTE)).toEqual([59, 61]);
  });

  it('puts a late reading where it belongs', () => {
    const t = grow(hour(bucket(0, 5), bucket(9, 5)), reading(T0 + 4 * MINUTE, 7));
    expect(t.buckets.map((b) => (b.t - T0) / MINUTE)).toEqual([0, 4, 9]);
  });

  it('read again keeps the end that the store has not got yet, and counts nothing twice', () => {
    const live = [0.5, 1.5, 2.5].map((m) => ({
      ...reading(T0 + m * MINUTE, 7),
      pointCode: 'P',
      metric: 'ch4',
    }));
    const t = continueWith(hour(bucket(0, 7), bucket(1, 90)), live);
    expect(t.buckets.map((b) => [(b.t - T0) / MINUTE, b.max, b.n])).toEqual([
      [0, 7, 1],
      [1, 90, 1],
      [2, 7, 1],
    ]);
    expect(continueWith(hour(), live).buckets).toHaveLength(3);
  });

  it('marks a bad reading and draws nothing for it', () => {
    const t = grow(hour(bucket(0, 5)), reading(T0 + 1 * MINUTE, 9999, 'bad'));
    expect(t.buckets[1]).toMatchObject({ min: null, max: null, n: 0, worstQuality: 'bad' });
  });

  it('shows a silence as a gap and not as a line', () => {
    const t = hour(bucket(0, 5), bucket(1, 5), bucket(20, 5), bucket(21, 5));
    expect(columnsOf(t, joinWithin(t, MINUTE)).avg).toEqual([5, 5, null, 5, 5]);
  });

  it('joins what a slow sensor sent in its own rhythm', () => {
    const t = hour(bucket(0, 5), bucket(15, 6), bucket(30, 7));
    expect(columnsOf(t, joinWithin(t, 15 * MINUTE)).avg).toEqual([5, 6, 7]);
    expect(columnsOf(t, joinWithin(t, null)).avg).toEqual([5, 6, 7]);
  });

  it('leaves a hole where all readings were bad', () => {
    const t = hour(bucket(0, 5), bucket(1, null), bucket(2, 5));
    const c = columnsOf(t, joinWithin(t, MINUTE));
    expect(c.avg).toEqual([5, null, 5]);
    expect(c.quality).toEqual(['good', 'bad', 'good']);
  });

  it('draws a value that stands alone as a dot', () => {
    expect(alone([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(alone([1])).toEqual([0]);
  });

  it('lets go of what has left the screen', () => {
    const t = hour(bucket(0, 5), bucket(30, 6));
    expect(forgetBefore(t, T0 + 10 * MINUTE).buckets).toHaveLength(1);
    expect(forgetBefore(t, T0)).toBe(t);
  });
});

const T = '2026-03-01T04:00:00.000Z';

describe('limits over a curve', () => {
  const metric = {
    key: 'ch4',
    name: { zh: '甲烷', en: 'Methane' },
    unit: '%LEL',
    kind: 'number',
    expectedIntervalMs: MINUTE,
  } as const;
  const rule = (of: RuleJson['signal']['of'], ...limits: StepJson['limit'][]): RuleJson => ({
    id: 'gas-ch4',
    version: 1,
    metric: 'ch4',
    signal: { of },
    unit: '%LEL',
    steps: limits.map((limit) => ({ level: 2, limit, onDelayMs: 0 })),
  });

  it('are those of the rule that raised the alarm', () => {
    const lines = limitLines(
      anAlarm('a'),
      rule('value', { is: 'above', limit: 20 }, { is: 'outside', low: -5, high: 5 }),
      metric,
    );
    expect(lines.map((l) => l.value)).toEqual([20, -5, 5]);
  });
  it('are not drawn when they are about a rate or a silence: their numbers mean something else', () => {
    expect(limitLines(anAlarm('a'), rule('rate', { is: 'above', limit: 5 }), metric)).toEqual([]);
    expect(limitLines(anAlarm('a', { metric: null }), null, null)).toEqual([]);
  });
  it('are measured at the level in force, not at the one it was raised with', () => {
    const steps: RuleJson['steps'] = [
      { level: 3, limit: { is: 'above', limit: 20 }, onDelayMs: 0 },
      { level: 1, limit: { is: 'outside', low: -50, high: 50 }, onDelayMs: 5_000 },
    ];
    const escalated = anAlarm('a', { trigger: { value: 24, unit: '%LEL', limit: 20, side: 'above' } });
    expect(limitInForce(escalated, { ...rule('value'), steps })).toEqual({
      limit: 50,
      side: 'above',
      onDelayMs: 5_000,
    });
    expect(limitInForce(escalated, null)).toEqual({ limit: 20, side: 'above', onDelayMs: null });
  });
  it('are the one that was crossed when the rule has changed since', () => {
    // Raised yellow at 20 by a version that is gone, red since it passed 50: 20 must not be drawn red.
    const reached = { value: 57, unit: '%LEL', limit: 50, side: 'above', at: T, ruleVersion: 2 } as const;
    const risen = anAlarm('a', { trigger: { value: 24, unit: '%LEL', limit: 20, side: 'above' }, reached });
    expect(limitLines(risen, null, metric)).toEqual([{ value: 50, level: 1 }]);
    expect(limitLines(risen, null, { ...metric, unit: 'ppm' })).toEqual([]);
    expect(limitInForce(risen, null)).toEqual({ limit: 50, side: 'above', onDelayMs: null });
    // It rose before anybody kept by what: no limit of now may stand for it.
    expect(limitLines(anAlarm('a'), null, metric)).toEqual([]);
  });
});
