import { describe, expect, test } from 'vitest';
import { as } from '../../../../src/domain/ids.ts';
import { evaluate, freshMemory, levelIn } from '../../../../src/domain/judge/evaluate.ts';
import type { OwnPoint } from '../../../../src/domain/judge/own-point.ts';
import { ALONE } from '../../../../src/domain/judge/own-point.ts';
import { days, hours, minutes } from '../../../../src/domain/time.ts';
import { above, outside, rule, step } from '../rules.ts';
import { run } from '../series.ts';

describe('counting what passed a limit', () => {
  const often = rule(
    {
      of: 'count',
      occurrence: { by: 'limit', limit: above(3), deadband: 0.5 },
      window: hours(1),
    },
    step(2, above(3)),
  );

  test('each beginning counts once, however long it lasts', () => {
    expect(run(often, '0 4 5 4 0 4 0 4 4').map((j) => j.signal)).toEqual([0, 1, 1, 1, 1, 2, 2, 3, 3]);
    expect(run(often, '0 4 5 4 0 4 0 4 4').map((j) => j.level)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      2,
      2,
    ]);
  });

  test('wavering inside the deadband is one occurrence', () => {
    expect(run(often, '4 2.8 4 2.6 4').at(-1)?.signal).toBe(1);
    expect(run(often, '4 2.4 4').at(-1)?.signal).toBe(2);
  });

  test('what began before the window counts no longer', () => {
    expect(
      run(often, '4 0 4 0 4 0×57')
        .map((j) => [j.signal, j.level])
        .slice(-2),
    ).toEqual([
      [2, null],
      [2, null],
    ]);
  });

  test('a month of chatter is 64 numbers', () => {
    const judged = run(often, Array.from({ length: 500 }, (_, i) => (i % 2 ? 4 : 0)).join(' '), 1000);
    const last = judged.at(-1)?.memory.signal;
    expect(last?.of === 'count' && last.begun.length).toBe(64);
    expect(judged.at(-1)?.level).toBe(2);
  });
});

describe('ten or more level-2 events within a month are level 3', () => {
  const limits = {
    ...rule({ of: 'value' }, step(2, outside(-48, 38.4), { deadband: 2 }), step(1, outside(-60, 48))),
    id: as.rule('bridge.deflection.limit'),
  };
  const month = rule(
    { of: 'count', occurrence: { by: 'rule', rule: limits.id, level: 2 }, window: days(30) },
    step(1, above(10)),
  );

  function levelsOver(values: readonly number[], every: number): (number | null)[] {
    let counted = freshMemory(limits);
    let counting = freshMemory(month);
    return values.map((value, i) => {
      counted = evaluate(limits, counted, value, i * every).memory;
      const beside: OwnPoint = {
        ...ALONE,
        levelOf: (id) => (id === limits.id ? levelIn(limits, counted) : null),
      };
      const judged = evaluate(month, counting, value, i * every, beside);
      counting = judged.memory;
      return judged.level;
    });
  }

  test('the tenth raises it, the ninth does not', () => {
    const nine = Array.from({ length: 18 }, (_, i) => (i % 2 ? 0 : -50));
    expect(levelsOver(nine, hours(12)).every((l) => l === null)).toBe(true);
    expect(levelsOver([...nine, -50], hours(12)).at(-1)).toBe(1);
  });

  test('one that rises to the graver level meanwhile is still one', () => {
    const rising = Array.from({ length: 9 }, () => [-50, -70, -50, 0]).flat();
    expect(levelsOver(rising, minutes(10)).every((l) => l === null)).toBe(true);
  });

  test('ten spread over more than a month are not', () => {
    const slow = Array.from({ length: 20 }, (_, i) => (i % 2 ? 0 : -50));
    expect(levelsOver(slow, days(2)).every((l) => l === null)).toBe(true);
  });
});
