import { describe, expect, test } from 'vitest';
import { as } from '../../../../src/domain/ids.ts';
import { ruleMoved } from '../../../../src/domain/judge/clock-moved.ts';
import { evaluate, freshMemory, type Judgement, kindOf } from '../../../../src/domain/judge/evaluate.ts';
import { ALONE } from '../../../../src/domain/judge/own-point.ts';
import { days, minutes } from '../../../../src/domain/time.ts';
import { outside, rule, step } from '../rules.ts';

const residual = rule(
  {
    of: 'deviation',
    from: { is: 'learned', quantile: 0.5, over: days(7), window: 'rolling' },
    as: 'difference',
    compensate: { metric: as.metric('temp'), over: days(14) },
  },
  step(4, outside(-50, 50), { deadband: 10 }),
);

const EVERY = minutes(10);
const DAY = days(1) / EVERY;
/** A night and a day of 8 ℃ either way, warmer by 0.3 ℃ with each day. */
const temp = (i: number): number => 12 + 8 * Math.sin((2 * Math.PI * i) / DAY) + (0.3 * i) / DAY;
/** The same in every run, of ±5. */
const noise = (i: number): number => ((((i * 7919) % 101) - 50) / 50) * 5;

type At = { readonly value: number; readonly temp: number | null };

function judged(n: number, at: (i: number) => At, memory = freshMemory(residual), from = 0): Judgement[] {
  let known = memory;
  return Array.from({ length: n }, (_, k) => {
    const { value, temp: beside } = at(from + k);
    const said = evaluate(residual, known, value, (from + k) * EVERY, { ...ALONE, latest: () => beside });
    known = said.memory;
    return said;
  });
}

const bridge = (i: number): At => ({ value: 12 * temp(i) + noise(i), temp: temp(i) });
const slopeOf = (j: Judgement | undefined) =>
  j?.memory.signal?.of === 'deviation' ? j.memory.signal.around?.regression?.slope : undefined;

describe('with what the temperature adds learnt, and taken out', () => {
  test('nothing is said before a quarter of a fortnight, and what 12 µε/℃ do then is none', () => {
    const said = judged(21 * DAY, bridge);
    expect(said.slice(0, 3.5 * DAY).every((j) => j.signal === null)).toBe(true);
    expect(slopeOf(said.at(-1))?.perUnit).toBeCloseTo(12, 1);
    expect(slopeOf(said.at(-1))?.share).toBeGreaterThan(0.95);
    const known = said.slice(6 * DAY).map((j) => Math.abs(j.signal ?? Number.POSITIVE_INFINITY));
    expect(Math.max(...known)).toBeLessThan(20);
    expect(said.every((j) => j.level === null)).toBe(true);
  });

  test('a shift of 70, less than the day does by itself, is told with its first reading, and stays told', () => {
    const said = judged(21 * DAY, (i) => {
      const b = bridge(i);
      return i < 16 * DAY ? b : { ...b, value: b.value + 70 };
    });
    const on = said.flatMap((j, i) => (j.level === null ? [] : [i]));
    expect(on[0]).toBe(16 * DAY);
    expect(on).toHaveLength(5 * DAY);
  });

  test('what settles slowly is not taken for the season', () => {
    const said = judged(14 * DAY, (i) => ({ ...bridge(i), value: bridge(i).value + (2 * i) / DAY }));
    expect(slopeOf(said.at(-1))?.perUnit).toBeCloseTo(12, 0);
  });

  test('where the temperature explains nothing, nothing is taken out', () => {
    const said = judged(7 * DAY, (i) => ({ value: noise(i), temp: temp(i) }));
    expect(slopeOf(said.at(-1))?.perUnit).toBe(0);
  });

  test('without the temperature it is unknown, and says why', () => {
    const last = judged(7 * DAY, (i) => ({ ...bridge(i), temp: null })).at(-1);
    expect(last?.signal).toBeNull();
    const { signal } = residual;
    expect(kindOf(signal).unjudged?.(signal, last?.memory.signal ?? null, null)).toEqual({
      why: 'no-environment',
    });
    const young = judged(DAY, bridge).at(-1);
    expect(kindOf(signal).unjudged?.(signal, young?.memory.signal ?? null, null)).toEqual({
      why: 'learning',
    });
  });

  test('a clock that was moved, and back, changes nothing', () => {
    const last = judged(7 * DAY, bridge).at(-1) as Judgement;
    const by = days(1000) + 1;
    expect(JSON.stringify(ruleMoved(ruleMoved(last.memory, by), -by))).toBe(JSON.stringify(last.memory));
    const moved = ruleMoved(last.memory, by);
    const next = bridge(7 * DAY);
    const beside = { ...ALONE, latest: () => next.temp };
    const said = evaluate(residual, moved, next.value, 7 * DAY * EVERY + by, beside);
    expect(said.signal).toBeCloseTo(
      evaluate(residual, last.memory, next.value, 7 * DAY * EVERY, beside).signal as number,
      9,
    );
  });
});
