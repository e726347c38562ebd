import { expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import { harmOf } from '../../src/domain/quality/harm.ts';
import { above, rule, step } from './judge/rules.ts';

const red = { ...rule({ of: 'value' }, step(1, above(5)), step(3, above(2))), metric: as.metric('ch4') };
const blue = { ...rule({ of: 'value' }, step(4, above(1))), metric: as.metric('temp') };
const stuck = (metric: string) => ({ kind: 'stuck', metric: as.metric(metric) }) as const;
const at = { rules: [red, blue], others: 0, people: null };

test('a stuck gauge that alone guards a red level does more harm than one that guards a blue', () => {
  expect(harmOf(stuck('ch4'), at)).toMatchObject({ score: 24, guards: 1, rules: 1, alone: true });
  expect(harmOf(stuck('temp'), at)).toMatchObject({ score: 6, guards: 4 });
  expect(harmOf(stuck('level'), at)).toMatchObject({ score: 0, guards: null, rules: 0 });
});

test('another sound sensor beside it halves it, people within reach add to it', () => {
  expect(harmOf(stuck('ch4'), { ...at, others: 2 }).score).toBe(12);
  expect(harmOf(stuck('ch4'), { ...at, people: 350 }).score).toBe(24 * 1.75);
  expect(harmOf(stuck('ch4'), { ...at, people: 10 }).score).toBe(24);
});

test('a battery takes all that its device measures, and a clock less than what stands still', () => {
  expect(harmOf({ kind: 'low-battery', metric: as.metric('battery') }, at)).toMatchObject({
    score: 8,
    rules: 2,
  });
  expect(harmOf({ kind: 'clock-off', metric: null }, at).score).toBe(8);
});
