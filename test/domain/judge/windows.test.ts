import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, freshMemory, type Judgement } from '../../../src/domain/judge/evaluate.ts';
import type { RuleMemory } from '../../../src/domain/judge/memory.ts';
import { unjudged } from '../../../src/domain/judge/unjudged.ts';
import type { Rule, Signal, Statistic } from '../../../src/domain/rule.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { above, below, rule, step } from './rules.ts';

type Sample = readonly [at: number, value: number];
const FROM = Date.UTC(2026, 5, 1);

function judged(
  r: Rule,
  samples: readonly Sample[],
): readonly (Judgement & { readonly unjudged: string | null })[] {
  let memory: RuleMemory = freshMemory(r);
  return samples.map(([at, value]) => {
    const said = evaluate(r, memory, value, FROM + at);
    memory = said.memory;
    return { ...said, unjudged: unjudged(r, memory, null)?.why ?? null };
  });
}
const last = (r: Rule, samples: readonly Sample[]) => {
  const said = judged(r, samples).at(-1);
  if (said === undefined) throw new Error('nothing was said');
  return said;
};
/** `n` readings of a curve, so far apart, the last of them at `until`. */
const every = (gap: number, n: number, until: number, of: (at: number) => number): Sample[] =>
  Array.from({ length: n }, (_, i): Sample => [until - (n - 1 - i) * gap, of(until - (n - 1 - i) * gap)]);

const over = (stat: Statistic, window = minutes(10)) =>
  rule({ of: 'statistic', stat, window }, step(3, above(25)));
const rate = rule({ of: 'rate', window: minutes(5) }, step(2, above(2)));
const rising = (at: number) => (2.2 * at) / minutes(1);
const WEIGHED = ['mean', 'rms', 'deviation'] as const;

describe('samples that lie further apart than the window', () => {
  test.each([290, 301, 420, 600, 900, 1800])(
    'every %i s: a rate over 5 min is that between neighbours',
    (s) => {
      const said = last(rate, every(seconds(s), 5, 0, rising));
      expect(said.signal).toBeCloseTo(2.2, 9);
      expect(said.level).toBe(2);
      expect(said.span).toBe(s > 300 ? seconds(s) : undefined);
    },
  );

  test.each([310, 599, 601, 660, 1200, 3600])(
    'every %i s: a mean of 10 min is that of its neighbours',
    (s) => {
      const said = last(
        over('mean'),
        every(seconds(s), 9, 0, () => 40),
      );
      expect(said.signal).toBeCloseTo(40, 9);
      expect(said.level).toBe(3);
      expect(said.span).toBe(s > 600 ? seconds(s) : said.span);
    },
  );

  test('one gust among them is no mean of its own', () => {
    const gust = every(minutes(11), 9, 0, (at) => (at === 0 || at === -minutes(11) ? 5 : 5));
    for (const i of [4, 8]) {
      const with40 = gust.map((x, k): Sample => (k === i ? [x[0], 40] : x));
      expect(judged(over('mean'), with40).map((j) => j.level)).toEqual(Array(9).fill(null));
    }
  });

  test('what ends a fast rise is known by the neighbours too', () => {
    const series = [...every(minutes(7), 4, 0, rising), ...every(minutes(7), 2, minutes(14), () => 0)];
    expect(judged(rate, series).map((j) => j.level)).toEqual([null, 2, 2, 2, null, null]);
  });

  test('a rise over an outage is told, and a rest over it ends nothing', () => {
    const minute = every(minutes(1), 10, 0, rising);
    const risen = last(rate, [...minute, [hours(6), rising(hours(6))]]);
    expect(risen).toMatchObject({ level: 2, span: hours(6) });
    const rested = last(rate, [...minute, [hours(6), 0]]);
    expect(rested.level).toBe(2);
  });

  test.each([
    ['a rate of 5 min, every two hours', rate, hours(2)],
    ['a mean of 10 min, every three hours', over('mean'), hours(3)],
    [
      'a divergence by 2 min, every five',
      rule({ of: 'trend', stat: 'max', window: minutes(2), going: 'up', by: 0.1 }, step(1, above(3))),
      minutes(5),
    ],
  ] as const)('so far that nothing can be said, it says so: %s', (_, r, gap) => {
    const said = judged(
      r,
      every(gap, 6, 0, (at) => (at / hours(1)) % 2),
    );
    expect(said.at(-1)).toMatchObject({ level: null, unjudged: 'too-sparse' });
  });

  test('a window without a reading does not end a divergence', () => {
    const r = rule(
      { of: 'trend', stat: 'max', window: minutes(2), going: 'up', by: 0.05 },
      step(1, above(2)),
    );
    const grows = every(minutes(1), 12, 0, (at) => at / minutes(1));
    expect(last(r, grows).level).toBe(1);
    expect(last(r, [...grows, [minutes(30), 0]]).level).toBe(1);
    expect(last(r, [...grows, ...every(minutes(1), 8, minutes(40), () => 0)]).level).toBeNull();
  });

  test('every windowed rule of every pack can be judged at the interval that its metric is expected at', () => {
    for (const pack of PACKS)
      for (const r of pack.rules) {
        const metric = pack.metrics.find((m) => m.key === r.metric);
        if (metric === undefined || !['rate', 'statistic', 'trend'].includes(r.signal.of)) continue;
        const n = Math.ceil(('window' in r.signal ? r.signal.window : 0) / metric.expectedInterval) + 4;
        const said = last(
          r,
          every(metric.expectedInterval, n, 0, () => 1),
        );
        expect([r.id, said.signal === null, said.unjudged]).toEqual([r.id, false, null]);
      }
  });
});

describe('readings in bursts', () => {
  const calm = every(minutes(1), 20, 0, () => 5);
  const burst = every(seconds(1), 29, seconds(60), () => 40);

  test('29 readings in 29 s make no mean of ten minutes', () => {
    const said = judged(over('mean'), [...calm, ...burst]);
    expect(said.map((j) => j.level)).toEqual(Array(49).fill(null));
    expect(said.at(-1)?.signal).toBeCloseTo((571 * 5 + 29 * 40) / 600, 1);
  });

  test.each(WEIGHED)('nor a %s: it is as with one reading a second throughout', (stat) => {
    const throughout = every(seconds(1), 1260, seconds(60), (at) => (at >= seconds(32) ? 40 : 5));
    const [some, all] = [last(over(stat), [...calm, ...burst]).signal, last(over(stat), throughout).signal];
    expect(Math.abs((some ?? Infinity) - (all ?? 0))).toBeLessThan(0.02 * (all ?? 0));
  });

  test('nor a smoothed deviation, nor what is usual', () => {
    const learned: Signal = {
      of: 'deviation',
      from: { is: 'learned', quantile: 1, over: hours(8), window: 'rolling' },
      as: 'difference',
    };
    const r = rule(learned, step(3, above(1e6)));
    const calmly = every(minutes(5), 100, 0, () => 5);
    const shortly = [...calmly, ...every(100, 50, seconds(6), () => 40), [seconds(7), 5] as const];
    const usual = 5 - (last(r, [...shortly, ...every(minutes(5), 6, minutes(36), () => 5)]).signal ?? 0);
    expect(usual).toBeGreaterThan(5);
    expect(usual).toBeLessThan(6);
    const smoothed = rule(
      { of: 'deviation', from: { is: 'fixed', value: 5 }, as: 'difference', smoothedBy: minutes(10) },
      step(3, above(10)),
    );
    expect(judged(smoothed, [...calm, ...burst]).every((j) => j.level === null)).toBe(true);
  });

  test.each(['mean', 'rms', 'deviation', 'min', 'max', 'peakToPeak'] as const)(
    'whatever is said again in between, the %s stays',
    (stat) => {
      const series = fc.array(
        fc.tuple(fc.integer({ min: 20, max: 200 }), fc.integer({ min: -50, max: 50 })),
        { minLength: 20, maxLength: 60 },
      );
      fc.assert(
        fc.property(series, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (gaps, picks) => {
          let at = 0;
          const samples = gaps.map(([gap, value]): Sample => {
            at += seconds(gap);
            return [at, value];
          });
          // Not between the last three: by those it is told how long the newest one will stand.
          const again = picks.flatMap((pick): Sample[] => {
            const i = pick % (samples.length - 4);
            const [a, b] = [samples[i] as Sample, samples[i + 1] as Sample];
            return [[a[0] + seconds(1 + (pick % Math.max(1, (b[0] - a[0]) / seconds(1) - 1))), a[1]]];
          });
          const all = [...samples, ...again].sort((a, b) => a[0] - b[0]);
          // In windows that begin with a part, what a part holds of it does not matter.
          const window = hours(4);
          expect(last(over(stat, window), all).signal ?? 0).toBeCloseTo(
            last(over(stat, window), samples).signal ?? 0,
            9,
          );
        }),
      );
    },
  );

  test.each(['mean', 'rms', 'deviation'] as const)(
    'the %s of a curve is nearly the same however densely it is sampled',
    (stat) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 5, max: 120 }),
          fc.integer({ min: 5, max: 120 }),
          fc.integer({ min: 30, max: 90 }),
          (a, b, period) => {
            const curve = (at: number) => 20 + 10 * Math.sin((2 * Math.PI * at) / minutes(period));
            const of = (s: number) =>
              last(over(stat, minutes(30)), every(seconds(s), Math.ceil(4000 / s), 0, curve)).signal ??
              Number.NaN;
            expect(Math.abs(of(a) - of(b))).toBeLessThan(1.5);
          },
        ),
      );
    },
  );
});

describe('a gap is no evidence', () => {
  const stuck = rule(
    { of: 'unchangedFor', within: 0.01, onlyAbove: 1 },
    step(4, above(hours(24) / minutes(1))),
  );

  test.each([
    ['two readings a day apart', [0, hours(25)], null],
    ['two readings a month apart', [0, days(30)], null],
    [
      'ten minutes of readings on both sides of an outage',
      [...Array(10).keys()].flatMap((i) => [minutes(i), hours(30) + minutes(i)]),
      null,
    ],
    ['a reading every ten minutes for a day', [...Array(145).keys()].map((i) => minutes(10 * i)), 4],
    ['a reading every six hours for a day', [0, 6, 12, 18, 24].map(hours), 4],
    [
      'a day of readings with an outage of a day in between',
      [...Array(73).keys()].flatMap((i) => [minutes(10 * i), hours(36) + minutes(10 * i)]),
      4,
    ],
  ] as const)('stuck: %s', (_, instants, level) => {
    const samples = [...instants].sort((a, b) => a - b).map((at): Sample => [at, 5.25]);
    expect(last(stuck, samples).level).toBe(level);
  });

  test('stuck: a memory that was kept before gaps were looked at goes on', () => {
    const kept: RuleMemory = {
      signal: { of: 'unchangedFor', since: FROM, value: 5 },
      watchers: [{ on: false, disagreeingSince: null }],
    };
    expect(evaluate(stuck, kept, 5, FROM + hours(24)).level).toBe(4);
  });

  test('two readings teach no extreme, and one teaches no baseline', () => {
    const extreme = rule({ of: 'extreme', side: 'either', learnFor: days(30) }, step(3, above(1)));
    expect(
      last(extreme, [
        [0, 5],
        [days(40), 50],
      ]),
    ).toMatchObject({ level: null, unjudged: 'learning' });
    expect(last(extreme, [...every(hours(6), 121, 0, () => 5), [hours(6), 50]]).level).toBe(3);
    const learnt = rule(
      {
        of: 'deviation',
        from: { is: 'learned', quantile: 0.5, over: days(1), window: 'rolling' },
        as: 'difference',
      },
      step(3, above(1)),
    );
    expect(
      last(learnt, [
        [0, 5],
        [hours(20), 50],
      ]),
    ).toMatchObject({ level: null, unjudged: 'learning' });
  });

  test.each(WEIGHED)(
    'after it, the %s is unknown, and says so, until there is half a window again',
    (stat) => {
      const series = [...every(minutes(1), 12, 0, () => 30), ...every(minutes(1), 7, hours(2), () => 1)];
      const after = judged(over(stat), series).slice(12);
      expect(after.map((j) => j.signal === null)).toEqual([true, true, true, true, true, false, false]);
      expect(after[2]?.unjudged).toBe('too-little-yet');
      expect(after[6]?.unjudged).toBeNull();
    },
  );

  test('one reading is judged by nothing that needs a window, and says so', () => {
    for (const r of [rate, over('mean'), over('max'), over('peakToPeak')])
      expect(last(r, [[0, 1e6]])).toMatchObject({ level: null, unjudged: 'too-little-yet' });
  });

  test('of two readings of one instant the second is a later one', () => {
    const falls = rule({ of: 'rate', window: minutes(5) }, step(2, below(-1)));
    const said = last(falls, [
      [0, 30],
      [minutes(5), 30],
      [minutes(5), 10],
    ]);
    expect(said.signal).toBeCloseTo(-4, 9);
    expect(last(over('max'), [...every(minutes(1), 10, 0, () => 1), [0, 40]]).signal).toBe(40);
  });
});
