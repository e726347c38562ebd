import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, freshMemory } from '../../../src/domain/judge/evaluate.ts';
import { passes } from '../../../src/domain/judge/limit.ts';
import type { Limit, Rule } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { above, below, outside, rule, step } from './rules.ts';

/** An integer as it stands after a decimal point moved by so many places: the number that JSON would bring. */
const decimal = (n: number, places: number): number => Number(`${n}e-${places}`);

const scaled = (limit: Limit, places: number): Limit => {
  if (limit.is === 'outside') return outside(decimal(limit.low, places), decimal(limit.high, places));
  return limit.is === 'above' ? above(decimal(limit.limit, places)) : below(decimal(limit.limit, places));
};

const whole = fc.integer({ min: -20_000, max: 20_000 });
const limit: fc.Arbitrary<Limit> = fc.oneof(
  whole.map(above),
  whole.map(below),
  fc.tuple(whole, fc.integer({ min: 1, max: 500 })).map(([low, span]) => outside(low, low + span)),
);
const places = fc.integer({ min: 0, max: 6 });

/** Near the limit, where it matters. */
const near = (l: Limit) => (l.is === 'outside' ? [l.low, l.high] : [l.limit]);

describe('tenths are judged as whole numbers are', () => {
  test('a limit with its deadband, at, just before and just past the boundary', () => {
    fc.assert(
      fc.property(limit, fc.integer({ min: 0, max: 300 }), places, (l, slack, k) => {
        for (const middle of near(l)) {
          for (const side of [-slack, 0, slack]) {
            for (const off of [-1, 0, 1]) {
              const signal = middle + side + off;
              expect(passes(scaled(l, k), decimal(slack, k), decimal(signal, k))).toBe(
                passes(l, slack, signal),
              );
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  const lastLevel = (r: Rule, values: readonly number[]) => {
    let memory = freshMemory(r);
    let level: number | null = null;
    for (const [i, v] of values.entries()) {
      const judged = evaluate(r, memory, v, minutes(i));
      memory = judged.memory;
      level = judged.level;
    }
    return level;
  };

  test.each([
    ['0.8 less a deadband of 0.1 still holds at 0.7', above(0.8), 0.1, [0.8, 0.7], 3],
    ['and lets go below it', above(0.8), 0.1, [0.8, 0.69], null],
    ['0.1 plus a deadband of 0.2 still holds at 0.3', below(0.1), 0.2, [0.1, 0.3], 3],
    ['and lets go above it', below(0.1), 0.2, [0.1, 0.31], null],
    ['outside 0.1 … 0.8 with 0.1 to come back by is over at 0.7', outside(0.1, 0.8), 0.1, [0.9, 0.7], null],
  ] as const)('%s', (_name, l, deadband, values, expected) => {
    expect(lastLevel(rule({ of: 'value' }, step(3, l, { deadband })), values)).toBe(expected);
    const whole = (n: number) => Math.round(n * 100);
    const ints = l.is === 'outside' ? outside(whole(l.low), whole(l.high)) : { ...l, limit: whole(l.limit) };
    expect(
      lastLevel(rule({ of: 'value' }, step(3, ints, { deadband: whole(deadband) })), values.map(whole)),
    ).toBe(expected);
  });

  test('a rise, a distance from a baseline, an excursion over the extreme so far: what was subtracted is the decimal', () => {
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 200 }), places, (from, by, k) => {
        const [x, y, limit] = [decimal(from, k), decimal(from + by, k), above(decimal(by, k))];
        const rate = rule({ of: 'rate', window: minutes(1) }, step(3, limit));
        expect(lastLevel(rate, [x, y])).toBe(3);
        const off = { of: 'deviation', from: { is: 'fixed', value: x }, as: 'difference' } as const;
        expect(lastLevel(rule(off, step(3, limit)), [y])).toBe(3);
        const extreme = rule({ of: 'extreme', side: 'max', learnFor: 0 }, step(3, limit));
        expect(lastLevel(extreme, [x, y])).toBe(3);
        const count = { of: 'count', occurrence: { by: 'limit', limit: above(y), deadband: 0 } } as const;
        expect(lastLevel(rule({ ...count, window: minutes(5) }, step(3, above(1))), [x, y])).toBe(3);
      }),
    );
  });

  test('a value that moved by exactly what counts as still has stood still, and one that moved more has not', () => {
    const still = rule({ of: 'unchangedFor', within: 0.1 }, step(4, above(1)));
    expect(lastLevel(still, [0.7, 0.8])).toBe(4);
    expect(lastLevel(still, [0.7, 0.81])).toBeNull();
  });

  test('a trend that goes on by exactly what is too little is none', () => {
    const up = rule(
      { of: 'trend', stat: 'mean', window: minutes(1), going: 'up', by: 0.1 },
      step(4, above(1)),
    );
    expect(lastLevel(up, [0.7, 0.8, 0.8])).toBeNull();
    expect(lastLevel(up, [0.7, 0.81, 0.81])).toBe(4);
  });

  test('numbers that an instrument can tell apart are not the same', () => {
    expect(passes(above(20), 0, 19.999999)).toBe(false);
    expect(passes(above(0.000001), 0, 0.000000999)).toBe(false);
    expect(passes(above(0), 0, -1e-9)).toBe(false);
  });
});
