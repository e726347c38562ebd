import fc from 'fast-check';
import type { Limit, Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { rule, step } from './rules.ts';

export type Sample = { readonly value: number; readonly at: number };

export const number = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 10);
export const limit: fc.Arbitrary<Limit> = fc.oneof(
  number.map((l): Limit => ({ is: 'above', limit: l })),
  number.map((l): Limit => ({ is: 'below', limit: l })),
  fc
    .tuple(number, number)
    .map(([a, b]): Limit => ({ is: 'outside', low: Math.min(a, b), high: Math.max(a, b) })),
);
export const delay = fc.integer({ min: 0, max: 600 }).map((s) => s * 1000);
export const aStep: fc.Arbitrary<Step> = fc
  .record({
    level: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
    limit,
    deadband: fc.integer({ min: 0, max: 5 }),
    onDelay: delay,
    offDelay: delay,
  })
  .map((s) => step(s.level, s.limit, s));
export const signal: fc.Arbitrary<Signal> = fc.oneof(
  fc.constant<Signal>({ of: 'value' }),
  fc.integer({ min: 1, max: 15 }).map((m): Signal => ({ of: 'rate', window: minutes(m) })),
  fc
    .record({ within: fc.integer({ min: 0, max: 20 }), onlyAbove: number })
    .map((u): Signal => ({ of: 'unchangedFor', ...u })),
  fc.constantFrom<Signal>({ of: 'value', magnitude: true }, { of: 'state', oneOf: [1, -3.5, 7] }),
  fc
    .record({
      stat: fc.constantFrom('mean', 'rms', 'min', 'max', 'peakToPeak', 'deviation', 'sum'),
      window: fc.integer({ min: 1, max: 15 }).map(minutes),
    } as const)
    .map((w): Signal => ({ of: 'statistic', ...w })),
  fc
    .record({ limit, deadband: fc.integer({ min: 0, max: 5 }) })
    .map((l): Signal => ({ of: 'count', occurrence: { by: 'limit', ...l }, window: minutes(20) })),
  fc
    .record({
      quantile: fc.constantFrom(0, 0.25, 0.5, 1),
      window: fc.constantFrom('first', 'rolling'),
      over: fc.integer({ min: 1, max: 60 }).map(minutes),
    } as const)
    .map(
      (b): Signal => ({
        of: 'deviation',
        from: { is: 'learned', ...b },
        as: 'percent',
        smoothedBy: minutes(3),
      }),
    ),
  fc
    .constantFrom('max', 'min', 'either')
    .map((side): Signal => ({ of: 'extreme', side, learnFor: minutes(5) })),
  fc
    .constantFrom('up', 'down')
    .map((going): Signal => ({ of: 'trend', stat: 'peakToPeak', window: minutes(4), going, by: 1 })),
);
export const aRule: fc.Arbitrary<Rule> = fc
  .tuple(signal, fc.array(aStep, { minLength: 1, maxLength: 4 }))
  .map(([s, steps]) => rule(s, ...steps));
export const samples: fc.Arbitrary<Sample[]> = fc
  .array(fc.record({ value: number, gap: fc.integer({ min: 1, max: 400_000 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => {
    let at = 0;
    return list.map(({ value, gap }) => {
      at += gap;
      return { value, at };
    });
  });
