import { expect, test } from 'vitest';
import { CHATTERS_FROM, flippedAt, flipsBy } from '../../../src/domain/alarm/chatter.ts';
import {
  endOf,
  type FloodAlarm,
  floodAfter,
  floodBy,
  GROUPS_AT_MOST,
  isForgotten,
  NO_FLOOD,
} from '../../../src/domain/alarm/flood-story.ts';
import { as } from '../../../src/domain/ids.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';

const T0 = Date.UTC(2026, 5, 1);

const alarm = (n: number, more: Partial<FloodAlarm> = {}): FloodAlarm => ({
  alarm: as.alarm(`a${n}`),
  at: T0 + n * seconds(10),
  level: 3,
  lifeline: as.lifeline('gas'),
  area: as.area('341602'),
  point: as.point(`P-${n}`),
  pointName: `${n} 号`,
  asset: as.asset(`W-${n % 3}`),
  assetName: `${n % 3} 号井`,
  ruleName: { zh: '甲烷', en: 'Methane' },
  ...more,
});
const raise = (n: number, more: (i: number) => Partial<FloodAlarm> = () => ({})) =>
  Array.from({ length: n }, (_, i) => alarm(i, more(i))).reduce(floodAfter, NO_FLOOD);

test('a flood has every alarm that began it, by asset, and says what came first', () => {
  expect(raise(10).flood).toBeNull();
  const { flood } = raise(12, (i) => (i === 4 ? { level: 1 } : {}));
  expect(flood).toMatchObject({ since: T0 + seconds(100), raised: 12, firstOut: { alarm: 'a0' } });
  const groups = [...(flood?.groups.values() ?? [])];
  expect(groups.map((g) => [g.asset, g.raised, g.level, g.firstOut.alarm])).toEqual([
    ['W-0', 4, 3, 'a0'],
    ['W-1', 4, 1, 'a1'],
    ['W-2', 4, 3, 'a2'],
  ]);
});

test('points without an asset are grouped by area', () => {
  const { flood } = raise(11, (i) => ({ asset: null, area: as.area(i < 6 ? '341602' : '341621') }));
  expect([...(flood?.groups.values() ?? [])].map((g) => [g.area, g.raised])).toEqual([
    ['341602', 6],
    ['341621', 5],
  ]);
});

test('ten thousand alarms are all counted, in groups that do not grow without end', () => {
  const { flood, lately } = raise(10_000, (i) => ({ at: T0 + i, asset: as.asset(`W-${i}`) }));
  expect(flood?.raised).toBe(10_000);
  expect(flood?.groups.size).toBe(GROUPS_AT_MOST);
  expect(flood?.firstOut.alarm).toBe('a0');
  expect(lately).toHaveLength(11);
});

test('it ends when fewer than five came in ten minutes, and the next one is a new one', () => {
  const state = raise(12);
  const end = endOf(state) as number;
  expect(end).toBe(T0 + seconds(70) + minutes(10));
  expect(floodBy(state, end - 1).flood).not.toBeNull();
  const over = floodBy(state, end);
  expect(over.flood).toBeNull();
  expect(isForgotten(over, end)).toBe(false);
  expect(isForgotten(over, T0 + minutes(12))).toBe(true);
  const late = floodAfter(state, alarm(0, { alarm: as.alarm('new'), at: end }));
  expect(late.flood).toBeNull();
  const second = Array.from({ length: 11 }, (_, i) => alarm(i, { at: end + minutes(20) + i })).reduce(
    floodAfter,
    state,
  );
  expect(second.flood?.raised).toBe(11);
});

test('F9: flips are counted over a minute, not for ever', () => {
  let flips: readonly number[] = [];
  for (let s = 0; s <= 3_600; s++) flips = flippedAt(flips, T0 + seconds(s));
  expect(flipsBy(flips, T0 + seconds(3_600))).toBe(60);
  expect(flipsBy(flips, T0 + seconds(3_600 + 58))).toBeLessThan(CHATTERS_FROM);
  expect(flips.length).toBeLessThanOrEqual(120);
});
