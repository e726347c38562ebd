import { describe, expect, it } from 'vitest';
import type { News } from '../../dashboards/console/src/state/board.ts';
import { endsMute, levelToSound, PATTERNS } from '../../dashboards/console/src/state/sounding.ts';
import { currentOf, takeReadings, valueKey } from '../../dashboards/console/src/state/values.ts';
import { acked, anAlarm } from './an-alarm.ts';

const news = (event: News['event'], alarm = anAlarm('a')): News => ({
  type: 'alarm',
  seq: 1,
  event,
  at: '2026-03-01T04:00:00Z',
  by: '系统',
  alarm,
});

describe('the sound', () => {
  it('is that of the gravest alarm that nobody has acknowledged', () => {
    expect(levelToSound([anAlarm('a', { level: 3 }), acked(anAlarm('b')), anAlarm('c', { level: 2 })])).toBe(
      2,
    );
    expect(levelToSound([acked(anAlarm('b'))])).toBeNull();
  });
  it('is silent for what is shelved, and for backfill, which is marked and not shouted', () => {
    expect(levelToSound([anAlarm('a', { overlay: 'shelved' }), anAlarm('b', { late: true })])).toBeNull();
  });
  it('is the more insistent the graver the level', () => {
    const every = ([1, 2, 3, 4] as const).map((l) => PATTERNS[l].every);
    expect(every).toEqual([...every].sort((x, y) => x - y));
  });
  it('comes back from a mute when there is a new red, and not for anything milder', () => {
    expect(endsMute([news('raised')])).toBe(true);
    expect(endsMute([news('escalated')])).toBe(true);
    expect(endsMute([news('raised', anAlarm('a', { level: 2 }))])).toBe(false);
    expect(endsMute([news('noted')])).toBe(false);
    expect(endsMute([news('acknowledged', acked(anAlarm('a')))])).toBe(false);
    expect(endsMute([news('raised', anAlarm('a', { late: true }))])).toBe(false);
  });
});

describe('live values', () => {
  const at = (s: number): string => new Date(Date.parse('2026-03-01T04:00:00Z') + s * 1000).toISOString();
  const r = (value: number, s: number) =>
    ({ pointCode: 'P-a', metric: 'ch4', value, quality: 'good', observedAt: at(s) }) as const;

  it('are the newest by the device clock: backfill does not overwrite them', () => {
    const values = takeReadings(new Map(), [r(61, 10), r(40, -500)]);
    expect(values.get(valueKey('P-a', 'ch4'))?.value).toBe(61);
    expect(currentOf(anAlarm('a'), values)?.value).toBe(61);
  });
  it('do not stand in front of what the alarm itself knows better', () => {
    const values = takeReadings(new Map(), [r(40, -500)]);
    expect(currentOf(anAlarm('a'), values)?.value).toBe(60);
  });
});
