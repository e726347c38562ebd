import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, freshMemory } from '../../../../src/domain/judge/evaluate.ts';
import type { Statistic } from '../../../../src/domain/rule.ts';
import { hours, minutes, seconds } from '../../../../src/domain/time.ts';
import { above, rule, step } from '../rules.ts';
import { levelsOf, run } from '../series.ts';

const over = (stat: Statistic, limit = 1) =>
  rule({ of: 'statistic', stat, window: minutes(10) }, step(3, above(limit)));

const BY_HAND: Record<Statistic, (xs: number[]) => number> = {
  mean: (xs) => xs.reduce((a, b) => a + b, 0) / xs.length,
  rms: (xs) => Math.sqrt(xs.reduce((a, b) => a + b * b, 0) / xs.length),
  min: (xs) => Math.min(...xs),
  max: (xs) => Math.max(...xs),
  peakToPeak: (xs) => Math.max(...xs) - Math.min(...xs),
  deviation: (xs) => {
    const mean = BY_HAND.mean(xs);
    return Math.sqrt(xs.reduce((a, b) => a + (b - mean) ** 2, 0) / xs.length);
  },
  sum: (xs) => xs.reduce((a, b) => a + b, 0),
};

describe('a windowed statistic', () => {
  test.each(Object.keys(BY_HAND) as Statistic[])(
    '%s is that of the last ten minutes, at any moment',
    (stat) => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 12, maxLength: 60 }),
          (values) => {
            const judged = run(over(stat), values.join(' '));
            values.forEach((_, i) => {
              const signal = judged[i]?.signal ?? null;
              if (i < 5 && stat !== 'sum') expect(signal).toBeNull();
              else expect(signal).toBeCloseTo(BY_HAND[stat](values.slice(Math.max(0, i - 9), i + 1)), 6);
            });
          },
        ),
      );
    },
  );

  test('at 20 Hz is remembered in parts, not in samples, and is right to a part', () => {
    const rms = over('rms');
    let memory = freshMemory(rms);
    let signal: number | null = null;
    for (let t = 0; t < minutes(30); t += 50)
      ({ memory, signal } = evaluate(rms, memory, Math.sqrt(2) * Math.sin(t / 137), t));
    expect(signal).toBeCloseTo(1, 2);
    expect(JSON.stringify(memory).length).toBeLessThan(5_000);
  });

  test('far from zero the standard deviation does not drown in rounding', () => {
    const deviation = over('deviation');
    let memory = freshMemory(deviation);
    let signal: number | null = null;
    for (let t = 0; t < minutes(20); t += seconds(1))
      ({ memory, signal } = evaluate(deviation, memory, 1e9 + (t % 2000 === 0 ? 0.001 : -0.001), t));
    expect(signal).toBeCloseTo(0.001, 6);
  });

  test('after a gap as long as the window it is unknown again: what was before says nothing of now', () => {
    const judged = run(over('mean', 20), '25×12 _×15 1×7');
    expect(judged[11]?.level).toBe(3);
    expect(judged.slice(27, 32).map((j) => [j.signal, j.level])).toEqual(Array(5).fill([null, 3]));
    expect(judged.at(-1)).toMatchObject({ signal: 1, level: null });
  });

  test('10-min RMS over its limit for more than 30 min is an alarm, for less it is not', () => {
    const vibration = rule(
      { of: 'statistic', stat: 'rms', window: minutes(10) },
      step(3, above(0.315), { onDelay: minutes(30) }),
    );
    expect(levelsOf(vibration, '0.1×10 0.4×30 0.1×20').every((l) => l === null)).toBe(true);
    expect(levelsOf(vibration, '0.1×10 0.4×45 0.1×20').some((l) => l === 3)).toBe(true);
  });

  test('rain adds up: a sum is known from the first tip on', () => {
    const rain = rule({ of: 'statistic', stat: 'sum', window: hours(1) }, step(2, above(16)));
    expect(levelsOf(rain, '0 10 7 0×11', minutes(5))).toEqual([null, null, ...Array(11).fill(2), null]);
  });
});
