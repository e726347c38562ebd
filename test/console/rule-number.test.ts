import { describe, expect, it } from 'vitest';
import { hasFallenBack, isOverdue, ruleNumberOf } from '../../dashboards/console/src/state/rule-number.ts';
import { acked, anAlarm } from './an-alarm.ts';

const T = '2026-03-01T04:00:00.000Z';
const LATER = '2026-03-01T04:01:00.000Z';
const depth = {
  key: 'depth',
  name: { zh: '水深', en: 'Depth' },
  unit: 'cm',
  kind: 'number',
  expectedIntervalMs: 60_000,
} as const;
const rising = anAlarm('a', {
  metric: 'depth',
  trigger: { value: 6.2, unit: 'cm/min', limit: 5, side: 'above' },
  reached: { value: 6.2, unit: 'cm/min', limit: 5, side: 'above', at: T },
  current: { value: 34, at: LATER, quality: 'good' },
});

describe('the number that a limit limits', () => {
  it('is not the reading where the rule watches a rate: 34 cm are not compared with 5 cm/min', () => {
    expect(ruleNumberOf(rising, new Map(), null, depth)).toEqual({
      value: 6.2,
      unit: 'cm/min',
      at: T,
      live: false,
    });
    const told = { value: 7, unit: 'cm/min', at: LATER };
    expect(ruleNumberOf({ ...rising, signal: told }, new Map(), null, depth)).toEqual({
      ...told,
      live: true,
    });
    expect(ruleNumberOf(rising, new Map([['a', told]]), null, depth)).toEqual({ ...told, live: true });
  });
  it('is the reading where the rule watches that', () => {
    expect(
      ruleNumberOf(anAlarm('b', { metric: 'ch4' }), new Map(), null, { ...depth, unit: '%LEL' }),
    ).toBeNull();
  });
});

describe('an alarm that has gone down', () => {
  it('says so while it waits to be over, on either side of a limit', () => {
    expect(hasFallenBack(anAlarm('a'), 0, null)).toBe(true);
    expect(hasFallenBack(anAlarm('a'), 60, null)).toBe(false);
    expect(hasFallenBack(acked(anAlarm('a')), 0, null)).toBe(true);
    const low = anAlarm('l', { trigger: { value: 18, unit: '%VOL', limit: 19.5, side: 'below' } });
    expect([hasFallenBack(low, 20.9, null), hasFallenBack(low, 18, null)]).toEqual([true, false]);
  });
  it('says nothing of it once it has returned, nor where nothing is known', () => {
    expect(hasFallenBack(anAlarm('a', { phase: 'returned-unacked' }), 0, null)).toBe(false);
    expect(hasFallenBack(anAlarm('a'), null, null)).toBe(false);
  });
});

it('a value is grey with its age as soon as the next one should have come', () => {
  expect([isOverdue(60_000, depth), isOverdue(90_000, depth), isOverdue(8 * 60_000, depth)]).toEqual([
    false,
    true,
    true,
  ]);
  expect(isOverdue(8 * 60_000, null)).toBe(false);
});
