import { describe, expect, test } from 'vitest';
import { ruleMoved } from '../../../../src/domain/judge/clock-moved.ts';
import { evaluate, freshMemory, type Judgement, kindOf } from '../../../../src/domain/judge/evaluate.ts';
import { days, hours, minutes } from '../../../../src/domain/time.ts';
import { above, rule, step } from '../rules.ts';

const night = rule({ of: 'night', from: 2, to: 4, nights: 14 }, step(4, above(6), { deadband: 2 }));
const EVERY = minutes(15);
const DAY = days(1) / EVERY;
/** Midnight in Beijing. */
const START = Date.parse('2026-03-01T00:00:00+08:00');
/** Least flow of each night, of ±1 about 40 m³/h, the same in every run; by day it is three times as much. */
const usual = (d: number): number => 40 + (((d * 7) % 5) - 2) / 2;

/** One reading each quarter of an hour; the night's least comes at 03:00. */
function judged(nights: number, leastOf: (d: number) => number | null): Judgement[] {
  let memory = freshMemory(night);
  const said: Judgement[] = [];
  for (let i = 0; i < nights * DAY; i++) {
    const least = leastOf(Math.floor(i / DAY));
    const hour = ((i % DAY) * EVERY) / hours(1);
    if (least === null && hour < 8) continue;
    const value = hour === 3 ? (least as number) : hour < 5 ? (least as number) + 3 : 120;
    const one = evaluate(night, memory, value, START + i * EVERY);
    memory = one.memory;
    said.push(one);
  }
  return said;
}
const told = (said: readonly Judgement[]) => said.flatMap((j, i) => (j.level === null ? [] : [i]));

describe('the least of the night against those of the nights before', () => {
  test('is unknown for a week, and usual nights are none', () => {
    const said = judged(30, usual);
    expect(said.slice(0, 7 * DAY).every((j) => j.signal === null)).toBe(true);
    expect(said.slice(8 * DAY).every((j) => Math.abs(j.signal ?? 99) < 3)).toBe(true);
    expect(told(said)).toEqual([]);
    const { signal } = night;
    expect(kindOf(signal).unjudged?.(signal, said[5 * DAY]?.memory.signal ?? null, null)).toEqual({
      why: 'learning',
    });
    expect(kindOf(signal).unjudged?.(signal, said.at(-1)?.memory.signal ?? null, null)).toBeNull();
  });

  test('a leak of a quarter is told with the first reading after its first night, and does not become usual', () => {
    const said = judged(50, (d) => usual(d) + (d >= 20 ? 10 : 0));
    const on = told(said);
    expect(on[0]).toBe(20 * DAY + hours(4) / EVERY);
    expect(on).toHaveLength(said.length - (on[0] as number));
  });

  test('mended, it is over after the next night', () => {
    const on = told(judged(40, (d) => usual(d) + (d >= 20 && d < 25 ? 10 : 0)));
    expect(on.at(-1)).toBe(25 * DAY + hours(4) / EVERY - 1);
  });

  test('a night that was not heard neither raises nor ends', () => {
    expect(told(judged(30, (d) => (d === 20 ? null : usual(d))))).toEqual([]);
    const gone = judged(30, (d) => (d === 22 ? null : usual(d) + (d >= 20 ? 10 : 0)));
    expect(gone.at(-1)?.level).toBe(4);
  });

  test('remembers fourteen nights, and a clock that was moved and back changes nothing', () => {
    const last = judged(60, usual).at(-1) as Judgement;
    expect(last.memory.signal?.of === 'night' && last.memory.signal.past.length).toBe(14);
    const by = days(100) + 1;
    expect(JSON.stringify(ruleMoved(ruleMoved(last.memory, by), -by))).toBe(JSON.stringify(last.memory));
  });
});
