import { expect, test } from 'vitest';
import { reachesOf } from '../../../src/domain/forecast/reaches.ts';
import { isWorthSaying } from '../../../src/domain/forecast/score.ts';
import { scoring } from '../../../src/domain/forecast/skill.ts';
import { ahead, fitTrend, type TrendModel } from '../../../src/domain/forecast/trend.ts';
import { aFlood, floods } from './a-flood.ts';

const fitted = (): TrendModel => fitTrend(floods(40), [15, 27]) as TrendModel;
const rising = (perMinute: number, minutes: number): Float64Array =>
  Float64Array.from({ length: minutes + 1 }, (_, i) => i * perMinute);

test('fourteen floods say nothing about the next one, fifteen do', () => {
  expect(fitTrend(floods(14), [15])).toBeNull();
  expect(fitTrend(floods(15), [15])).not.toBeNull();
});

test('water that rises goes on to rise, and the range grows with the time ahead', () => {
  const said = ahead(fitted(), { minutes: rising(0.6, 15) });
  expect(said.map((a) => a.horizon)).toEqual([10, 20, 30]);
  for (const a of said) {
    expect(a.p50).toBeGreaterThan(9);
    expect(a.p10).toBeLessThanOrEqual(a.p50);
    expect(a.p50).toBeLessThanOrEqual(a.p90);
  }
  const [ten, , thirty] = said;
  expect((thirty?.p90 ?? 0) - (thirty?.p10 ?? 0)).toBeGreaterThan((ten?.p90 ?? 0) - (ten?.p10 ?? 0));
});

test('no depth is below nought', () => {
  for (const a of ahead(fitted(), { minutes: Float64Array.from([6, 5, 4, 3, 2, 1, 0.2]) }))
    expect(a.p10).toBeGreaterThanOrEqual(0);
});

test('without a newest minute nothing is said', () => {
  expect(ahead(fitted(), { minutes: Float64Array.from([1, 2, Number.NaN]) })).toEqual([]);
  expect(ahead(fitted(), { minutes: new Float64Array(0) })).toEqual([]);
});

test('a limit that will be passed is told with when: the soonest not after, the latest not before', () => {
  const said = ahead(fitted(), { minutes: rising(0.8, 15) });
  const [first] = reachesOf(12, said, [27, 15, 10]);
  expect(first?.limit).toBe(15);
  expect(first?.inMin).toBeGreaterThan(0);
  expect(first?.inMin).toBeLessThanOrEqual(10);
  expect(first?.soonestMin ?? 99).toBeLessThanOrEqual(first?.inMin ?? 0);
  expect(first?.latestMin ?? 99).toBeGreaterThanOrEqual(first?.inMin ?? 0);
});

test('what is passed already, or is not in reach, is not told', () => {
  const said = ahead(fitted(), { minutes: Float64Array.from([12, 12, 12, 12, 12, 12, 12]) });
  expect(reachesOf(12, said, [10, 100])).toEqual([]);
});

test('floods that it has not seen are forecast better than "it stays as it is"', () => {
  const model = fitTrend(floods(40), [15]) as TrendModel;
  const scores = scoring(model, [aFlood(33, 31), aFlood(18, 44)], [15]);
  let step = scores.next();
  while (step.done !== true) step = scores.next();
  for (const s of step.value) {
    expect(isWorthSaying(s.skill)).toBe(true);
    expect(s.skill.persistenceCsi).toBe(0);
  }
  expect(step.value[0]?.skill.csi).toBeGreaterThan(0.5);
});
