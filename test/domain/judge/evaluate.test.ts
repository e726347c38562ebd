import { describe, expect, test } from 'vitest';
import { evaluate, evaluateSilence, freshMemory, isHeld } from '../../../src/domain/judge/evaluate.ts';
import type { RuleMemory } from '../../../src/domain/judge/memory.ts';
import { Rows } from '../../../src/domain/judge/rows.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { above, below, outside, rule, step, THREE_STEPS } from './rules.ts';
import { levels, levelsOf, run, values } from './series.ts';

/** The case table of the design, in its own words: one reading a minute. */
const CASE_TABLE = [
  ['1×3 70 1×3', '_ _ _ _ _ _ _', 'a spike is not an alarm'],
  ['1 25×3', '_ _ _ 3', 'a breach that lasts the on-delay is one'],
  ['25×3 19×5', '_ _ 3 3 3 3 3 3', 'inside the deadband nothing ends'],
  ['25×3 17×4', '_ _ 3 3 3 3 _', 'below the deadband it ends after the off-delay'],
  ['25×3 _×9 25', '_ _ 3 3 3 … 3', 'silence neither raises nor ends'],
  ['25 45 25 45 25 45', '_ _ 3 3 3 3', 'wavering between two levels is the lower one'],
  ['25×3 65×3', '_ _ 3 3 3 1', 'each step takes hold by its own delay'],
  // Not in the design's table, in its spirit:
  ['25×3 17×2 25 17×4', '_ _ 3 3 3 3 3 3 3 _', 'a breach between starts the off-delay anew'],
  ['25×2 19 25×3', '_ _ _ _ _ 3', 'while off, the deadband does not hold a step up'],
  ['65×3 45×4 30×4 1×4', '_ _ 1 1 1 1 2 2 2 2 3 3 3 3 _', 'it goes down step by step'],
  ['_×5 25 _×5 25', '_ … 3', 'two readings far apart are a breach that lasted: nothing said otherwise'],
] as const;

describe('the case table', () => {
  test.each(CASE_TABLE)('%s → %s: %s', (series, expected) => {
    expect(levelsOf(THREE_STEPS, series)).toEqual(levels(expected, values(series).length));
  });
});

test('a level is held where its condition is over and its off-delay runs, and nowhere else', () => {
  let memory = freshMemory(THREE_STEPS);
  const held = values('25×3 17×2 25 17×4').map((value, i) => {
    const found = evaluate(THREE_STEPS, memory, value ?? Number.NaN, minutes(i));
    memory = found.memory;
    return isHeld(found);
  });
  expect(held).toEqual([false, false, false, true, true, false, true, true, true, false]);
});

test('a level is held where the number cannot be known', () => {
  const r = rule({ of: 'rate', window: minutes(10) }, step(3, above(1)));
  const rises = [
    [0, 0],
    [10, 20],
    [12, 20.5],
  ].reduce<{ memory: RuleMemory; held: boolean[] }>(
    ({ memory, held }, [at, value]) => {
      const found = evaluate(r, memory, value as number, minutes(at as number));
      return { memory: found.memory, held: [...held, isHeld(found)] };
    },
    { memory: freshMemory(r), held: [] },
  );
  expect(rises.held).toEqual([false, false, true]);
});

describe('limits', () => {
  test('a value on the limit is a breach, above and below', () => {
    expect(levelsOf(rule({ of: 'value' }, step(3, above(20))), '19.9 20 20.1 19.9')).toEqual([
      null,
      3,
      3,
      null,
    ]);
    expect(levelsOf(rule({ of: 'value' }, step(3, below(0.5))), '0.51 0.5 0.4 0.51')).toEqual([
      null,
      3,
      3,
      null,
    ]);
  });

  test('outside leaves both bounds inside, and they need not be symmetric', () => {
    const deflection = rule(
      { of: 'value' },
      step(2, outside(-48, 38.4), { deadband: 2 }),
      step(1, outside(-60, 48), { deadband: 2 }),
    );
    expect(levelsOf(deflection, '0 38.4 38.5 36.5 36.4 0')).toEqual([null, null, 2, 2, null, null]);
    expect(levelsOf(deflection, '-48 -48.1 -46.1 -46 -60.1')).toEqual([null, 2, 2, null, 1]);
    expect(levelsOf(deflection, '49 -49 0')).toEqual([1, 2, null]);
  });

  test('the deadband acts on letting go only, and its edge still holds', () => {
    const r = rule({ of: 'value' }, step(3, above(20), { deadband: 2 }));
    expect(levelsOf(r, '19 18 20 19 18 17.9 19 20')).toEqual([null, null, 3, 3, 3, null, null, 3]);
    const low = rule({ of: 'value' }, step(3, below(0.5), { deadband: 0.25 }));
    expect(levelsOf(low, '0.6 0.5 0.75 0.76 0.6')).toEqual([null, 3, 3, null, null]);
  });

  test('a flag takes hold and lets go on the very sample', () => {
    expect(levelsOf(rule({ of: 'value' }, step(2, above(1))), '0 1 1 0 1')).toEqual([null, 2, 2, null, 2]);
  });
});

describe('delays', () => {
  test('an on-delay of 0 takes hold on the very first sample', () => {
    expect(levelsOf(rule({ of: 'value' }, step(1, above(50))), '60')).toEqual([1]);
  });

  test('delays count event time, not samples', () => {
    const r = rule({ of: 'value' }, step(3, above(20), { onDelay: seconds(60), offDelay: seconds(60) }));
    expect(levelsOf(r, '25×7 1×7', seconds(10)).indexOf(3)).toBe(6);
    expect(levelsOf(r, '25×2 1×2', minutes(30))).toEqual([null, 3, 3, null]);
    expect(levelsOf(r, '25×2', seconds(59))).toEqual([null, null]);
  });

  test('a graver step without delay does not wait for the milder one', () => {
    const depth = rule({ of: 'value' }, step(3, above(10), { onDelay: seconds(60) }), step(1, above(27)));
    expect(levelsOf(depth, '0 30 12 12')).toEqual([null, 1, 3, 3]);
  });
});

describe('rate of change', () => {
  const rate = rule({ of: 'rate', window: minutes(5) }, step(2, above(3), { deadband: 1 }));

  test('is the change per minute from the oldest sample in the window', () => {
    expect(run(rate, '0 2 4 10 10 10 10').map((j) => j.signal)).toEqual([
      null,
      null,
      null,
      10 / 3,
      2.5,
      2,
      1.6,
    ]);
  });

  test('is unknown until half a window of data is there, and unknown is no evidence', () => {
    expect(levelsOf(rate, '0 50 90')).toEqual([null, null, null]);
    const held = run(rate, '0 4 8 12 _×20 100 100 100 100');
    expect(held.map((j) => j.level)).toEqual(levels('_ _ _ 2 … _', 28));
    expect(held.at(-2)?.signal).toBeNull();
    expect(held.at(-1)?.signal).toBe(0);
  });

  test('falls as well as it rises', () => {
    const draining = rule({ of: 'rate', window: minutes(5) }, step(3, below(-3)));
    expect(levelsOf(draining, '50 45 40 35 30')).toEqual([null, null, null, 3, 3]);
  });

  test('a fast sensor is not remembered sample by sample, and the rate stays right', () => {
    let memory = freshMemory(rate);
    let signal: number | null = null;
    for (let t = 0; t <= minutes(20); t += 100) {
      ({ memory, signal } = evaluate(rate, memory, (t / minutes(1)) * 1.5, t));
    }
    expect(memory.signal?.of === 'rate' && memory.signal.samples.length / 2).toBeLessThanOrEqual(34);
    expect(signal).toBeCloseTo(1.5, 9);
  });

  test('what another kind of signal remembered is forgotten when the rule changes', () => {
    const left: RuleMemory = { signal: { of: 'unchangedFor', since: 0, value: 1 }, watchers: [] };
    const { memory, level } = evaluate(rate, left, 5, minutes(1));
    expect(memory).toEqual({
      signal: { of: 'rate', samples: Rows.of([minutes(1), 5]) },
      watchers: [{ on: false, disagreeingSince: null }],
    });
    expect(level).toBeNull();
  });
});

describe('stuck', () => {
  const stuck = rule({ of: 'unchangedFor', within: 0.1 }, step(4, above(10)));

  test('a value that does not move for long enough is stuck, and is well again once it moves', () => {
    expect(levelsOf(stuck, '5 6×11 6.3 6.3')).toEqual([...Array<null>(11).fill(null), 4, null, null]);
  });

  test('a slow drift is movement', () => {
    const drift = Array.from({ length: 60 }, (_, i) => (i * 0.02).toFixed(2)).join(' ');
    expect(levelsOf(stuck, drift).every((l) => l === null)).toBe(true);
  });

  test('what may rest for ever is not stuck there', () => {
    const depth = rule({ of: 'unchangedFor', within: 0.1, onlyAbove: 1 }, step(4, above(10)));
    expect(
      levelsOf(depth, '0×30 8×11 0')
        .map((l, i) => (l === 4 ? i : -1))
        .filter((i) => i >= 0),
    ).toEqual([40]);
  });
});

describe('silence', () => {
  const silence = rule({ of: 'silentFor' }, step(4, above(15)));

  test('is counted on our clock from the last word heard, and the first word ends it', () => {
    expect(levelsOf(silence, '0 _×14 0')).toEqual(levels('_ …', 16));
    expect(levelsOf(silence, '0 _×15 0')).toEqual(levels('_ … 4 _', 17));
    expect(run(silence, '0 _×15').at(-1)?.signal).toBe(15);
  });

  test('a clock set back is no silence', () => {
    expect(evaluateSilence(silence, freshMemory(silence), minutes(60), 0).level).toBeNull();
  });

  test('is not driven by readings, nor a rule of readings by the clock', () => {
    expect(() => evaluate(silence, freshMemory(silence), 1, 0)).toThrow('evaluateSilence');
    expect(() => evaluateSilence(THREE_STEPS, freshMemory(THREE_STEPS), 0, 1)).toThrow('readings');
  });
});

describe('memory', () => {
  test('is the same object while nothing changes, so that a quiet city allocates nothing', () => {
    const rest = freshMemory(THREE_STEPS);
    expect(evaluate(THREE_STEPS, rest, 1, 0).memory).toBe(rest);
    const on = run(THREE_STEPS, '65×3').at(-1)?.memory as RuleMemory;
    expect(evaluate(THREE_STEPS, on, 66, minutes(3)).memory).toBe(on);
    const counting = evaluate(THREE_STEPS, rest, 25, 0).memory;
    expect(counting).not.toBe(rest);
    expect(evaluate(THREE_STEPS, counting, 25, minutes(1)).memory).toBe(counting);
  });

  test('of a rule that has got or lost a step keeps what still stands', () => {
    const [first, second] = THREE_STEPS.steps;
    const shorter = rule({ of: 'value' }, ...(first ? [first] : []));
    const grown = evaluate(
      rule({ of: 'value' }, ...(first && second ? [first, second] : [])),
      run(shorter, '25×3').at(-1)?.memory as RuleMemory,
      25,
      minutes(3),
    );
    expect(grown.level).toBe(3);
    expect(grown.memory.watchers).toHaveLength(2);
    const shrunk = evaluate(shorter, run(THREE_STEPS, '65×3').at(-1)?.memory as RuleMemory, 65, minutes(3));
    expect(shrunk.level).toBe(3);
    expect(shrunk.memory.watchers).toHaveLength(1);
  });

  test('a value that is no number neither raises nor ends', () => {
    const on = run(THREE_STEPS, '65×3').at(-1)?.memory as RuleMemory;
    for (const junk of [Number.NaN, Infinity, -Infinity]) {
      expect(evaluate(THREE_STEPS, on, junk, minutes(9))).toMatchObject({
        memory: on,
        level: 1,
        signal: null,
      });
    }
  });

  test('the step in force is the gravest that is on, and the signal is what was judged', () => {
    const last = run(THREE_STEPS, '65×3').at(-1);
    expect(last?.step).toBe(THREE_STEPS.steps[2]);
    expect(last?.signal).toBe(65);
  });
});
