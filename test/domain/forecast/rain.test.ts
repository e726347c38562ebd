import { expect, test } from 'vitest';
import type { PastFlood } from '../../../src/domain/forecast/curve.ts';
import {
  fallenByMinute,
  pushRunOff,
  RAIN_BINS,
  RAIN_LAG,
  reportsOfHours,
} from '../../../src/domain/forecast/rain.ts';
import { fitPeak, peakAhead, rainEventsOf } from '../../../src/domain/forecast/rain-peak.ts';
import { scoring } from '../../../src/domain/forecast/skill.ts';
import { ahead, fitTrend, HORIZONS } from '../../../src/domain/forecast/trend.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';

const sum = (a: Iterable<number>): number => [...a].reduce((x, y) => x + y, 0);

test('a report stands in the minute in which it was told, and not before', () => {
  const rain = fallenByMinute([{ at: minutes(5), value: 2 }], 0, minutes(10));
  expect([...rain]).toEqual([0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2]);
});

test('hours that slide give the same rain as the reports that they sum', () => {
  const reports = Array.from({ length: 60 }, (_, i) => ({
    at: minutes(5 * (i + 1)),
    value: i >= 20 && i < 40 ? 0.2 * (1 + (i % 4)) : 0,
  }));
  const hourly = reports.map(({ at }) => ({
    at,
    value: sum(reports.filter((r) => r.at > at - hours(1) && r.at <= at).map((r) => r.value)),
  }));
  const told = reportsOfHours(hourly).slice(1);
  for (const [i, r] of told.entries()) expect(r.value).toBeCloseTo(reports[i + 1]?.value ?? Number.NaN, 9);
});

test('what soaks in does not run off', () => {
  const rain = fallenByMinute(
    Array.from({ length: 60 }, (_, i) => ({ at: minutes(i), value: 0.1 })),
    0,
    minutes(59),
  );
  const bins: number[] = [];
  pushRunOff(bins, rain, 59, 0.25);
  expect(bins).toHaveLength(RAIN_BINS);
  for (const b of bins) expect(b).toBeCloseTo(0.25, 9);
});

/** Rain of an invented storm, and the water that an invented road makes of it: 15 minutes later, and it drains. */
function storm(n: number): PastFlood {
  const length = 150;
  const rain = new Float64Array(RAIN_LAG + length + 30);
  const [begins, lasts, falls] = [RAIN_LAG - 20 + ((n * 13) % 25), 15 + ((n * 7) % 30), 0.2 + 0.1 * (n % 9)];
  for (let i = begins; i < begins + lasts; i++) rain[i] = falls;
  const minutesOf = new Float64Array(length);
  let depth = 0;
  for (let m = 0; m < length; m++) {
    depth = 0.96 * depth + 1.1 * (rain[m + RAIN_LAG - 15] as number);
    minutesOf[m] = depth;
  }
  for (let i = 1; i < rain.length; i++) rain[i] = (rain[i] as number) + (rain[i - 1] as number);
  return { from: n * days(1), minutes: minutesOf, rain };
}
const STORMS = Array.from({ length: 40 }, (_, n) => storm(n));

function errorOf(asked: Parameters<typeof fitTrend>[2]): number {
  const model = fitTrend(STORMS.slice(0, 20), [15], asked);
  if (model === null) throw new Error('too few storms');
  const scores = scoring(model, STORMS.slice(20), [15]);
  let step = scores.next();
  while (step.done !== true) step = scores.next();
  return sum(step.value.filter((s) => s.limit === 15).map((s) => s.skill.error ?? 0));
}

test('simulated rain, code alone: rain that has fallen tells more than the depth alone, and rain that will fall still more', () => {
  const [depth, fallen, toCome] = [errorOf('none'), errorOf('fallen'), errorOf('fallen-and-forecast')];
  expect(fallen).toBeLessThan(0.7 * depth);
  expect(toCome).toBeLessThan(0.95 * fallen);
});

test('rain takes no water away: its weights are never below nought, and more of it never says less', () => {
  const model = fitTrend(STORMS, [15], 'fallen');
  for (const h of model?.horizons ?? [])
    for (const w of h.weights.slice(10)) expect(w).toBeGreaterThanOrEqual(0);
  const { minutes: depth, rain } = STORMS[3] as Required<PastFlood>;
  const seen = { minutes: depth.subarray(0, 30), rain: rain.subarray(0, RAIN_LAG + 30) };
  const wetter = { ...seen, rain: seen.rain.map((r, i) => r + 0.3 * i) };
  const [dry, wet] = [seen, wetter].map((s) => ahead(model as NonNullable<typeof model>, s));
  for (const [i] of HORIZONS.entries())
    expect(wet?.[i]?.p50).toBeGreaterThanOrEqual(dry?.[i]?.p50 ?? Number.NaN);
});

test('floods that no gauge was near are not learnt from with rain', () => {
  const without = STORMS.map(({ from, minutes: m }) => ({ from, minutes: m }));
  expect(fitTrend(without, [15], 'fallen')).toBeNull();
  expect(fitTrend([...without, ...STORMS.slice(0, 15)], [15], 'fallen')?.floods).toBe(15);
});

/** One rain every other day: so much in each of six reports, the water as deep as what fell in half an hour. */
const rainAt = (day: number, mm: number) =>
  Array.from({ length: 6 }, (_, i) => ({ at: days(day) + minutes(5 * (i + 1)), value: mm }));
const amounts = Array.from({ length: 30 }, (_, n) => 0.5 + ((n * 7) % 11) / 4);
const reports = amounts.flatMap((mm, n) => rainAt(2 * n, mm));
const floodOf = (mm: number, n: number): PastFlood => ({
  from: days(2 * n) + minutes(20),
  minutes: Float64Array.from([1, 3 * mm, 6 * mm, 3 * mm, 1]),
});

test('a rain ends when it has been dry for three hours; drizzle is none; the days before leave their wetness', () => {
  const events = rainEventsOf([...rainAt(0, 1), ...rainAt(1, 0.1), ...rainAt(2, 1)], [floodOf(1, 0)]);
  expect(events.map((e) => [e.in10, e.in30, e.in60, e.peak])).toEqual([
    [2, 6, 6, 6],
    [2, 6, 6, 0],
  ]);
  expect(events[0]?.before).toBe(0);
  expect(events[1]?.before).toBeGreaterThan(0.9 * 0.9 * 6);
  expect(events[1]?.before).toBeLessThan(6.6);
});

test('how deep it comes is told by the rain: with a range, its error beside the usual depth, never below what stands', () => {
  const model = fitPeak(rainEventsOf(reports, amounts.map(floodOf)));
  expect(model?.events).toBe(30);
  expect(model?.error).toBeLessThan(0.2 * (model?.usualError ?? 0));
  const said = peakAhead(model as NonNullable<typeof model>, { in10: 4, in30: 12, in60: 12, before: 0 }, 0);
  expect(said.p50).toBeCloseTo(12, 0);
  expect(said.p10).toBeLessThanOrEqual(said.p50);
  expect(said.p90).toBeGreaterThanOrEqual(said.p50);
  expect(peakAhead(model as NonNullable<typeof model>, { in10: 0, in30: 0, in60: 0, before: 0 }, 9)).toEqual({
    p10: 9,
    p50: 9,
    p90: 9,
  });
});

test('too few rains, and water that has nothing to do with rain, give no model', () => {
  expect(fitPeak(rainEventsOf(reports, amounts.map(floodOf)).slice(0, 15))).toBeNull();
  const anyhow = amounts.map((_, n) => floodOf(((n * 5) % 7) / 2, n));
  const model = fitPeak(rainEventsOf(reports, anyhow));
  expect(model === null || model.error < model.usualError).toBe(true);
});
