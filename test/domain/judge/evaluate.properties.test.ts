import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  evaluate,
  evaluateSilence,
  freshMemory,
  type Judgement,
} from '../../../src/domain/judge/evaluate.ts';
import { passes } from '../../../src/domain/judge/limit.ts';
import { isGraver, type LevelInForce } from '../../../src/domain/level.ts';
import type { Limit, Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { fromExactJson, toExactJson } from '../../../src/wire/files/exact-json.ts';
import { rule, step } from './rules.ts';

type Sample = { readonly value: number; readonly at: number };

const number = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 10);
const limit: fc.Arbitrary<Limit> = fc.oneof(
  number.map((l): Limit => ({ is: 'above', limit: l })),
  number.map((l): Limit => ({ is: 'below', limit: l })),
  fc
    .tuple(number, number)
    .map(([a, b]): Limit => ({ is: 'outside', low: Math.min(a, b), high: Math.max(a, b) })),
);
const delay = fc.integer({ min: 0, max: 600 }).map((s) => s * 1000);
const aStep: fc.Arbitrary<Step> = fc
  .record({
    level: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
    limit,
    deadband: fc.integer({ min: 0, max: 5 }),
    onDelay: delay,
    offDelay: delay,
  })
  .map((s) => step(s.level, s.limit, s));
const signal: fc.Arbitrary<Signal> = fc.oneof(
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
const aRule: fc.Arbitrary<Rule> = fc
  .tuple(signal, fc.array(aStep, { minLength: 1, maxLength: 4 }))
  .map(([s, steps]) => rule(s, ...steps));
const samples: fc.Arbitrary<Sample[]> = fc
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

function judgeAll(r: Rule, list: readonly Sample[]): Judgement[] {
  let memory = freshMemory(r);
  return list.map(({ value, at }) => {
    const judged = evaluate(r, memory, value, at);
    memory = judged.memory;
    return judged;
  });
}

test('a run of breaches shorter than the on-delay never raises', () => {
  fc.assert(
    fc.property(aStep, samples, (s, list) => {
      fc.pre(s.onDelay > 0);
      const r = rule({ of: 'value' }, s);
      let since: number | null = null;
      let mayBeOn = false;
      judgeAll(r, list).forEach((judged, i) => {
        const { value, at } = list[i] as Sample;
        since = passes(s.limit, 0, value) ? (since ?? at) : null;
        if (since !== null && at - since >= s.onDelay) mayBeOn = true;
        if (!mayBeOn) expect(judged.level).toBeNull();
      });
    }),
  );
});

test('the gravest watcher wins: a rule says what the gravest of its steps alone would say', () => {
  // A signal that learns while all steps are quiet is another signal when one of its steps is taken away.
  const unlearned = aRule.filter(({ signal: s }) => s.of !== 'extreme' && s.of !== 'deviation');
  fc.assert(
    fc.property(unlearned, samples, (r, list) => {
      const alone = r.steps.map((s) => judgeAll({ ...r, steps: [s] }, list));
      judgeAll(r, list).forEach((judged, i) => {
        const gravest = alone
          .map((one) => one[i]?.level ?? null)
          .reduce<LevelInForce>((a, b) => (isGraver(b, a) ? b : a), null);
        expect(judged.level).toBe(gravest);
        expect(judged.step?.level ?? null).toBe(gravest);
      });
    }),
  );
});

test('judging is pure, replays to the same, and its memory survives JSON at any point', () => {
  fc.assert(
    fc.property(aRule, samples, (r, list) => {
      const live = judgeAll(r, list);
      expect(judgeAll(r, list)).toEqual(live);
      let memory = freshMemory(r);
      list.forEach(({ value, at }, i) => {
        memory = fromExactJson(toExactJson(memory)) as typeof memory;
        const frozen = JSON.stringify(memory);
        const judged = evaluate(r, memory, value, at);
        expect(JSON.stringify(memory)).toBe(frozen);
        expect(judged).toEqual(live[i]);
        memory = judged.memory;
      });
    }),
  );
});

test('the level never changes without a value: only a known signal moves a watcher', () => {
  fc.assert(
    fc.property(aRule, samples, (r, list) => {
      let level: LevelInForce = null;
      for (const judged of judgeAll(r, list)) {
        if (judged.signal === null) expect(judged.level).toBe(level);
        level = judged.level;
      }
    }),
  );
});

test('silence is a function of how long, whatever the ticks: more ticks never change the answer without delays', () => {
  const ticks = fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(ticks, fc.integer({ min: 1, max: 60 }), (gaps, limitMinutes) => {
      const r = rule({ of: 'silentFor' }, step(4, { is: 'above', limit: limitMinutes }));
      let memory = freshMemory(r);
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        const judged = evaluateSilence(r, memory, 0, now);
        memory = judged.memory;
        expect(judged.level).toBe(now / minutes(1) >= limitMinutes ? 4 : null);
      }
    }),
  );
});
