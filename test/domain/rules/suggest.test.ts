import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import type { Rule, Step } from '../../../src/domain/rule.ts';
import { excursionsOf, takesOf, thinned } from '../../../src/domain/rules/excursions.ts';
import { type NoiseTrace, noiseOf } from '../../../src/domain/rules/noise.ts';
import { onDelayAtMost, suggest } from '../../../src/domain/rules/suggest.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { above, below, outside, rule, step } from '../judge/rules.ts';

const EVERY = seconds(10);
const trace = (signal: readonly number[], every = EVERY): NoiseTrace => ({
  at: signal.map((_, i) => i * every),
  signal,
});
const METRIC: Metric = {
  key: as.metric('metric'),
  name: { zh: '量', en: 'quantity' },
  unit: '',
  kind: 'number',
  sentinels: [],
  expectedInterval: EVERY,
};
const VALUE = { of: 'value' } as const;
const on = (r: Rule, signal: readonly number[], metric = METRIC) =>
  suggest(r, metric, [{ ...trace(signal), rule: r }]);

/** Normal noise from a seed that is always the same (Box and Muller over a multiplicative generator). */
function noise(n: number, sigma: number): number[] {
  let seed = 12345;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return Array.from(
    { length: n },
    () => sigma * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}
const chattering = noise(2_000, 0.5).map((x, i) => (i > 500 && i < 1_500 ? 20 : 5) + x);
/** Every two minutes one reading jumps to 40: a splash, a truck. */
const spikes = noise(2_000, 0.2).map((x, i) => (i % 12 === 0 ? 40 : 5) + x);

describe('noise', () => {
  test('is told within a tenth, whatever drifts, jumps and spikes there are beside it', () => {
    const plain = noise(5_000, 0.5);
    const disturbed = plain.map((x, i) => x + i / 500 + (i > 2_500 ? 30 : 0) + (i % 20 === 0 ? 100 : 0));
    for (const signal of [plain, disturbed]) {
      const sigma = noiseOf(trace(signal))?.sigma ?? 0;
      expect(sigma).toBeGreaterThan(0.42);
      expect(sigma).toBeLessThan(0.6);
    }
  });

  test('of a sensor that counts in steps is no less than a step', () => {
    expect(noiseOf(trace(Array.from({ length: 200 }, (_, i) => (i % 9 === 0 ? 5.1 : 5))))).toMatchObject({
      sigma: 0,
      step: expect.closeTo(0.1, 6),
    });
  });

  test('a signal that stands still has none, and of thirty readings or fewer nothing is told', () => {
    expect(noiseOf(trace(Array(100).fill(3)))).toEqual({ sigma: 0, step: 0 });
    for (const few of [0, 1, 2, 30]) expect(noiseOf(trace(noise(few, 1)))).toBeNull();
  });

  test('grows with the sensor and does not care where zero is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 40, maxLength: 80 }),
        fc.double({ min: 1, max: 8, noNaN: true }),
        (values, k) => {
          const one = noiseOf(trace(values))?.sigma ?? 0;
          expect(noiseOf(trace(values.map((v) => v * k + 100)))?.sigma).toBeCloseTo(one * k, 4);
        },
      ),
    );
  });
});

describe('a suggestion', () => {
  test('for a value that trembles at its limit is a deadband as wide as the noise: it delays nothing', () => {
    const r = rule(VALUE, step(3, above(20)));
    const found = on(r, chattering);
    const [s] = found.steps;
    expect(s?.takes).toBeGreaterThan(100);
    expect(s?.found).toMatchObject({ is: 'deadband', was: 0 });
    if (s?.found.is !== 'deadband') throw new Error('no deadband');
    expect(s.found.value).toBeGreaterThan(0.9);
    expect(s.found.value).toBeLessThanOrEqual(4);
    expect(s.found.takes).toBeLessThan(s.takes / 10);
    expect(found.change).toEqual([{ level: 3, deadband: s.found.value }]);
  });

  test('for spikes shorter than two readings is an on-delay, where the step may wait', () => {
    const found = on(rule(VALUE, step(3, above(20))), spikes);
    expect(found.steps[0]).toMatchObject({
      excursions: { median: EVERY },
      found: { is: 'onDelay', was: 0, takes: 0 },
    });
    // Shorter than the interval is enough: the next reading must agree.
    expect(found.change).toEqual([{ level: 3, onDelay: seconds(5) }]);
  });

  test('never makes the gravest step wait, nor one that latches: it says that safety forbids it', () => {
    const gravest = rule(VALUE, step(3, above(20)), step(1, above(30)));
    expect(on(gravest, spikes).steps.map((s) => s.found)).toMatchObject([
      { is: 'onDelay' },
      { is: 'nothing', why: 'safety' },
    ]);
    const latching = { ...rule(VALUE, step(3, above(20))), latching: true };
    expect(on(latching, spikes).steps[0]?.found).toEqual({ is: 'nothing', why: 'safety' });
  });

  test('is nothing where there is nothing to suggest, and says why', () => {
    const why = (r: Rule, signal: readonly number[], metric = METRIC) => {
      const found = on(r, signal, metric).steps[0]?.found;
      return found?.is === 'nothing' ? found.why : found?.is;
    };
    const r = rule(VALUE, step(3, above(20)));
    expect(why(r, chattering.slice(0, 60))).toBe('too-little-data');
    expect(why(r, noise(2_000, 0.5))).toBe('quiet');
    const days = noise(2_000, 0.2).map((x, i) => (i % 400 < 200 ? 60 : 5) + x);
    expect(why(r, days)).toBe('not-noise');
    expect(
      why(rule({ of: 'trend', stat: 'rms', window: EVERY, going: 'up', by: 1 }, step(3, above(3))), days),
    ).toBe('kind');
    expect(suggest(r, METRIC, []).steps[0]?.found).toEqual({ is: 'nothing', why: 'too-little-data' });
  });

  test('a flag has no deadband', () => {
    const flag: Metric = { ...METRIC, kind: 'flag' };
    const found = on(
      rule(VALUE, step(4, above(1))),
      spikes.map((x) => (x > 20 ? 1 : 0)),
      flag,
    );
    expect(found.steps[0]?.found).toMatchObject({ is: 'onDelay' });
  });

  test('may be judged by each point’s own limit, and counts over all of them', () => {
    const one = rule(VALUE, step(3, above(20)));
    const other = rule(VALUE, step(3, above(25)));
    const found = suggest(one, METRIC, [
      { ...trace(chattering), rule: one },
      { ...trace(chattering.map((x) => x + 5)), rule: other },
    ]);
    expect(found.steps[0]?.takes).toBe(2 * (on(one, chattering).steps[0]?.takes ?? 0));
    expect(found.change).toHaveLength(1);
  });

  test('whatever the signal: fewer alarms than before, sound, and no step made to wait beyond what it may', () => {
    const limits = [above(20), below(-20), outside(-15, 15)];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 100, maxLength: 300 }),
        fc.constantFrom(...limits),
        fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
        fc.boolean(),
        (signal, limit, level, latching) => {
          const r = { ...rule(VALUE, step(level, limit)), latching };
          const [s] = on(r, signal).steps;
          if (s === undefined || s.found.is === 'nothing') return;
          const tried = { step: r.steps[0] as Step, trace: trace(signal) };
          expect(takesOf([tried], { [s.found.is]: s.found.value })).toBe(s.found.takes);
          expect(s.found.takes).toBeLessThan(s.takes);
          expect(s.found.value).toBeGreaterThan(s.found.was);
          if (s.found.is === 'onDelay') expect(s.found.value).toBeLessThanOrEqual(onDelayAtMost(r, level));
        },
      ),
    );
  });

  test('no pack has a gravest or a latching step that may be made to wait longer than the pack says', () => {
    for (const pack of PACKS)
      for (const r of pack.rules)
        for (const s of r.steps)
          if (s.level === 1 || r.latching) expect(onDelayAtMost(r, s.level), r.id).toBe(s.onDelay);
    expect(onDelayAtMost(rule(VALUE, step(2, above(1), { onDelay: seconds(30) })), 2)).toBe(
      minutes(1) + seconds(30),
    );
  });
});

describe('excursions', () => {
  test('are counted without deadband and delays, the one that lasts still too', () => {
    const s = step(3, above(20), { deadband: 5, onDelay: minutes(5) });
    expect(excursionsOf([{ step: s, trace: trace([1, 21, 22, 19, 1, 30, 30]) }])).toEqual({
      n: 2,
      median: 1.5 * EVERY,
      longest: 2 * EVERY,
    });
  });

  test('what a thinned trace leaves out no watcher would have missed', () => {
    const limits = [above(20), below(-20), outside(-15, 15)];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 200 }),
        fc.constantFrom(...limits),
        fc.nat({ max: 8 }),
        fc.constantFrom(0, 10, 25, 60),
        fc.constantFrom(0, 10, 40),
        (signal, limit, deadband, on, off) => {
          const s = step(3, limit, { deadband, onDelay: seconds(on), offDelay: seconds(off) });
          const whole = { step: s, trace: trace(signal) };
          expect(takesOf([thinned(whole, 8)], {})).toBe(takesOf([whole], {}));
        },
      ),
      { numRuns: 500 },
    );
  });
});
