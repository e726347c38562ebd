import { describe, expect, test } from 'vitest';
import { LATENESS, timeOf } from '../../../src/domain/judge/placing/event-time.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';

const NOW = 1_764_547_200_000;

describe('placing a reading in time', () => {
  test('a device without a clock is placed at the receipt, which is no fault', () => {
    expect(timeOf(null, NOW)).toMatchObject({ observedAt: NOW, clockOff: false, late: false });
  });

  test.each([
    ['now', 0],
    ['a second ago', seconds(1)],
    ['30 s ago, the edge of live', seconds(30)],
    ['a little ahead of us', -seconds(5)],
    ['2 min ahead, the edge of belief', -minutes(2)],
  ])('%s: its own time, live', (_, age) => {
    expect(timeOf(NOW - age, NOW)).toMatchObject({
      observedAt: NOW - age,
      clockOff: false,
      late: false,
    });
  });

  test.each([
    ['just past the edge of live', seconds(30) + 1],
    ['an hour ago', hours(1)],
    ['7 d ago, the edge of belief', days(7)],
  ])('%s: its own time, late', (_, age) => {
    expect(timeOf(NOW - age, NOW)).toMatchObject({ observedAt: NOW - age, clockOff: false, late: true });
  });

  test.each([
    ['more than 7 d ago', NOW - days(7) - 1],
    ['ten years ago', NOW - days(3650)],
    ['a clock that starts at 1970', 0],
    ['more than 2 min ahead', NOW + minutes(2) + 1],
    ['a year ahead', NOW + days(365)],
    ['no time at all', Number.NaN],
  ])('%s: placed at the receipt and flagged', (_, deviceTime) => {
    expect(timeOf(deviceTime, NOW)).toMatchObject({ observedAt: NOW, clockOff: true, late: false });
  });

  test('the lateness window is the one of the contract', () => {
    expect(LATENESS).toBe(seconds(30));
  });
});
