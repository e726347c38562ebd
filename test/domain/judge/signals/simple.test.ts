import { describe, expect, test } from 'vitest';
import { evaluateSilence, freshMemory } from '../../../../src/domain/judge/evaluate.ts';
import { days, hours, minutes } from '../../../../src/domain/time.ts';
import { above, outside, rule, step } from '../rules.ts';
import { levelsOf, run } from '../series.ts';

test('a symmetric limit on the magnitude includes its bound on both sides', () => {
  const bearing = rule({ of: 'value', magnitude: true }, step(2, above(80)), step(1, above(100)));
  expect(levelsOf(bearing, '79.9 80 -80 -100 -79.9')).toEqual([null, 2, 2, 1, null]);
});

test('a state is one of its codes, and only then', () => {
  const valve = rule({ of: 'state', oneOf: [2, 3] }, step(2, above(1)));
  expect(levelsOf(valve, '0 1 2 3 4 0')).toEqual([null, null, 2, 2, null, null]);
});

test('a rate may be per day: a crack that grows by 0.01 mm a day', () => {
  const crack = rule({ of: 'rate', window: days(7), per: days(1) }, step(2, above(0.01)));
  const width = (perDay: number) =>
    Array.from({ length: 14 * 24 }, (_, i) => 0.1 + (i / 24) * perDay).join(' ');
  expect(levelsOf(crack, width(0.0099), hours(1)).every((l) => l === null)).toBe(true);
  expect(levelsOf(crack, width(0.0101), hours(1)).at(-1)).toBe(2);
});

test('rates are two-sided and need not be symmetric', () => {
  const pressure = rule({ of: 'rate', window: minutes(5) }, step(2, outside(-0.02, 0.05)));
  expect(levelsOf(pressure, '0.3 0.3 0.3 0.3 0.27 0.19').at(-1)).toBe(2);
  expect(levelsOf(pressure, '0.3 0.31 0.32 0.33 0.34 0.35').at(-1)).toBeNull();
});

describe('silence', () => {
  test('is counted in expected intervals where the rule says so', () => {
    const r = rule({ of: 'silentFor', per: minutes(30) }, step(4, above(3)));
    const at = (m: number) => evaluateSilence(r, freshMemory(r), 0, minutes(m));
    expect(at(89).level).toBeNull();
    expect(at(90)).toMatchObject({ level: 4, signal: 3 });
  });

  test('a rain gauge that is dry may rest, and is missed once it has rested too long', () => {
    const r = rule({ of: 'silentFor' }, step(4, above(15)));
    const at = (m: number, rest: number) => evaluateSilence(r, freshMemory(r), 0, minutes(m), rest).level;
    expect(at(60, 0)).toBe(4);
    expect(at(60, days(1))).toBeNull();
    expect(at(24 * 60 + 15, days(1))).toBe(4);
  });
});

test('a number that is none leaves every memory as it was', () => {
  for (const signal of [
    { of: 'statistic', stat: 'mean', window: minutes(10) },
    { of: 'rate', window: minutes(10) },
    { of: 'extreme', side: 'max', learnFor: minutes(1) },
  ] as const) {
    const r = rule(signal, step(3, above(5)));
    expect(run(r, '1×12 NaN'.replace('NaN', '1e999')).at(-1)?.memory).toEqual(run(r, '1×12').at(-1)?.memory);
  }
});
