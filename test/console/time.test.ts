import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sayIn } from '../../dashboards/console/src/i18n/translate.ts';
import { agoOf, lengthOf } from '../../dashboards/console/src/state/age.ts';
import { clockOf, daysOf, roundTimes, timeOf, untilOf } from '../../dashboards/console/src/state/beijing.ts';

const at = (iso: string): number => Date.parse(iso);
const zh = sayIn(() => 'zh-CN', {});
const en = sayIn(() => 'en', {});

describe.each(['UTC', 'America/New_York', 'Asia/Shanghai'])('times in a browser set to %s', (zone) => {
  const before = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = zone;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  it('days that were chosen are whole days of Beijing', () => {
    expect(daysOf('2026-03-01', '2026-03-01')).toEqual({
      from: '2026-02-28T16:00:00.000Z',
      to: '2026-03-01T16:00:00.000Z',
    });
    expect(daysOf('', '2026-13-40')).toEqual({});
  });
  it('are Beijing time, 24 h, with seconds', () => {
    expect(clockOf(at('2026-03-01T07:04:05Z'))).toBe('15:04:05');
    expect(clockOf(at('2026-03-01T16:00:00Z'))).toBe('00:00:00');
  });
  it('have the date when it is not today in Beijing, and the year when it is not this one', () => {
    const now = at('2026-03-01T17:00:00Z'); // 2 March, 01:00 in Beijing
    expect(timeOf(at('2026-03-01T16:30:00Z'), now)).toBe('00:30:00');
    expect(timeOf(at('2026-03-01T15:59:59Z'), now)).toBe('03-01 23:59:59');
    expect(timeOf(at('2025-12-31T15:00:00Z'), now)).toBe('2025-12-31 23:00:00');
    expect(untilOf(at('2026-03-01T23:15:00Z'), now)).toBe('07:15');
  });
  it('are round Beijing hours on an axis', () => {
    const times = roundTimes(at('2026-03-01T03:10:00Z'), at('2026-03-02T03:10:00Z'), 7);
    expect(times.map((t) => clockOf(t))).toEqual([
      '12:00:00',
      '16:00:00',
      '20:00:00',
      '00:00:00',
      '04:00:00',
      '08:00:00',
    ]);
  });
});

describe('ages', () => {
  it('are said in the two greatest units that matter', () => {
    expect(lengthOf(59_999, zh)).toBe('59 秒');
    expect(lengthOf(60_000, zh)).toBe('1 分钟');
    expect(lengthOf(2 * 3_600_000 + 5 * 60_000, zh)).toBe('2 小时 5 分');
    expect(lengthOf(50 * 3_600_000, en)).toBe('2 d 2 h');
  });
  it('say how long ago, and call what two clocks disagree about just now', () => {
    expect(agoOf(3 * 60_000, zh)).toBe('3 分钟前');
    expect(agoOf(3 * 60_000, en)).toBe('3 min ago');
    expect(agoOf(-800, zh)).toBe('刚刚');
  });
});
