import { expect, test } from 'vitest';
import { floodsOf, minutesOf } from '../../../src/domain/forecast/curve.ts';

const M = 60_000;
const at = (min: number, value: number) => ({ at: min * M, value });

test('a minute knows what had been said by its end, and nothing that came later', () => {
  const known = minutesOf([at(0, 1), at(2.5, 4)], 0, 4 * M);
  expect([...known]).toEqual([1, 1, 1, 4, 4]);
});

test('what was said a quarter of an hour ago is not known any more', () => {
  const known = minutesOf([at(0, 1), at(20, 2)], 0, 20 * M);
  expect(known[15]).toBe(1);
  expect(known[16]).toBeNaN();
  expect(known[20]).toBe(2);
});

test('half an hour without water ends a flood; a puddle is none', () => {
  const samples = [
    at(0, 0),
    at(10, 5),
    at(20, 12),
    at(30, 4),
    at(40, 0),
    at(50, 0),
    at(75, 0),
    at(80, 2),
    at(90, 0),
  ];
  const floods = floodsOf(samples, 1, 3);
  expect(floods).toHaveLength(1);
  expect(floods[0]?.from).toBe(10 * M);
  expect(floods[0]?.minutes).toHaveLength(21);
});

test('two floods with a dry hour between are two', () => {
  const samples = [at(0, 6), at(10, 8), at(20, 0), at(80, 7), at(90, 3)];
  expect(floodsOf(samples, 1, 3).map((f) => f.from / M)).toEqual([0, 80]);
});
