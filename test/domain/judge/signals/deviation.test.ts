import { describe, expect, test } from 'vitest';
import { as } from '../../../../src/domain/ids.ts';
import { ALONE } from '../../../../src/domain/judge/own-point.ts';
import { quantile } from '../../../../src/domain/judge/signals/learned.ts';
import { hours, minutes } from '../../../../src/domain/time.ts';
import { above, outside, rule, step } from '../rules.ts';
import { levelsOf, run } from '../series.ts';

const stored = (baseline: number | null) => ({ ...ALONE, stored: () => baseline });

describe('deviation from a stored baseline', () => {
  const tilt = rule(
    { of: 'deviation', from: { is: 'stored' }, as: 'difference' },
    step(2, outside(-10, 10), { deadband: 2 }),
  );
  const force = rule(
    { of: 'deviation', from: { is: 'stored' }, as: 'percent' },
    step(2, outside(-10, 10)),
    step(1, outside(-15, 15)),
  );

  test('a cover that was installed at 3.5° alarms beyond 13.5° and below −6.5°', () => {
    expect(levelsOf(tilt, '3.5 13.5 13.6 11.6 11.4 -6.6', minutes(1), stored(3.5))).toEqual([
      null,
      null,
      2,
      2,
      null,
      2,
    ]);
  });

  test('cable force is judged in percent of the as-built force, both ways', () => {
    expect(levelsOf(force, '2000 2199 2201 2301 1799 1699', minutes(1), stored(2000))).toEqual([
      null,
      null,
      2,
      1,
      2,
      1,
    ]);
  });

  test('percent of a negative baseline keeps the sign of the change, of zero it is unknown', () => {
    expect(run(force, '-90', minutes(1), stored(-100))[0]?.signal).toBeCloseTo(10, 9);
    expect(run(force, '5', minutes(1), stored(0))[0]?.signal).toBeNull();
  });

  test('without a baseline it says nothing', () => {
    expect(run(tilt, '90 180').map((j) => [j.signal, j.level])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  test('a baseline taken away neither raises nor ends', () => {
    const on = run(tilt, '30', minutes(1), stored(0)).at(-1);
    expect(on?.level).toBe(2);
  });
});

describe('a learned baseline', () => {
  const methane = rule(
    {
      of: 'deviation',
      from: { is: 'learned', quantile: 0.5, over: hours(1), window: 'rolling' },
      as: 'difference',
    },
    step(3, above(0.5), { deadband: 0.1 }),
  );

  test('is unknown for a quarter of its window', () => {
    const judged = run(methane, '2×30');
    expect(judged.slice(0, 15).every((j) => j.signal === null)).toBe(true);
    expect(judged.at(-1)?.signal).toBeCloseTo(0, 9);
  });

  test('a release over a drifting background is found, the drift is not', () => {
    const drift = Array.from({ length: 240 }, (_, i) => 2 + i * 0.005);
    const released = drift.map((x, i) => (i >= 150 && i < 160 ? x + 1 : x));
    const on = levelsOf(methane, released.join(' ')).flatMap((l, i) => (l === null ? [] : [i]));
    expect(on).toEqual(Array.from({ length: 10 }, (_, i) => 150 + i));
  });

  test('a leak that lasts longer than the window does not become the background', () => {
    const leak = `${'2×60 '}${'3×300'}`;
    const levels = levelsOf(methane, leak);
    expect(levels.slice(60).every((l) => l === 3)).toBe(true);
    expect(levelsOf(methane, `${leak} 2×5`).slice(-5)).toEqual([null, null, null, null, null]);
  });

  test('what was learnt before an outage still stands after it', () => {
    expect(run(methane, '2×60 _×2000 3').at(-1)).toMatchObject({ signal: 1, level: 3 });
  });

  test('of the first window stays what it was', () => {
    const frequency = rule(
      {
        of: 'deviation',
        from: { is: 'stored', orElse: { is: 'learned', quantile: 0.5, over: hours(1), window: 'first' } },
        as: 'percent',
      },
      step(2, outside(-3, 3)),
    );
    expect(run(frequency, '1×70 0.9×600').at(-1)?.signal).toBeCloseTo(-10, 9);
    expect(run(frequency, '1×70 0.9×600', minutes(1), stored(0.9)).at(-1)?.signal).toBeCloseTo(0, 9);
    const memory = run(frequency, '1×70').at(-1)?.memory.signal;
    expect(memory?.of === 'deviation' && memory.learned?.learnt.means.length).toBe(0);
  });

  test('remembers 48 means, whatever the sampling', () => {
    const memory = run(methane, '2×20000', 1_000).at(-1)?.memory.signal;
    expect(memory?.of === 'deviation' && (memory.learned?.learnt.means.length ?? 0) / 2).toBeLessThanOrEqual(
      49,
    );
  });

  test('a quantile lies between its ranks', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('with the environment taken out', () => {
  const frequency = rule(
    {
      of: 'deviation',
      from: { is: 'fixed', value: 1 },
      as: 'percent',
      compensate: { metric: as.metric('temp'), perUnit: -0.002, reference: 20 },
    },
    step(2, outside(-3, 3)),
  );

  test('a cold night is no damage', () => {
    const cold = { ...ALONE, latest: () => -5 };
    expect(run(frequency, '1.05', minutes(1), cold)[0]?.signal).toBeCloseTo(0, 9);
    expect(levelsOf(frequency, '1.01', minutes(1), cold)).toEqual([2]);
  });

  test('without the temperature it is unknown', () => {
    expect(run(frequency, '1.2')[0]).toMatchObject({ signal: null, level: null });
  });

  test('smoothed, it is the mean that is compared', () => {
    const smooth = rule(
      { of: 'deviation', from: { is: 'fixed', value: 100 }, as: 'difference', smoothedBy: minutes(10) },
      step(1, outside(-20, 20)),
    );
    expect(levelsOf(smooth, '100×10 300 100×10').every((l) => l === null)).toBe(true);
    expect(levelsOf(smooth, '100×10 130×10').at(-1)).toBe(1);
  });
});
