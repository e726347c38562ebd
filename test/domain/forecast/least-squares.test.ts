import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRow, newNormal, solved } from '../../../src/domain/forecast/least-squares.ts';

const small = fc.double({ min: -5, max: 5, noNaN: true });

test('finds the weights that made the numbers', () => {
  fc.assert(
    fc.property(fc.tuple(small, small, small), (weights) => {
      const n = newNormal(3);
      for (let i = 0; i < 40; i++) {
        const x = [1, Math.sin(i), (i * i) % 7];
        addRow(
          n,
          x,
          x.reduce((s, v, k) => s + v * (weights[k] as number), 0),
        );
      }
      const found = solved(n) ?? [];
      for (const [k, w] of weights.entries()) expect(found[k]).toBeCloseTo(w, 3);
    }),
  );
});

test('says nothing of fewer rows than weights', () => {
  const n = newNormal(3);
  addRow(n, [1, 2, 3], 1);
  expect(solved(n)).toBeNull();
});

test('a direction that the data never go in has no weight, and breaks nothing', () => {
  const n = newNormal(2);
  for (let i = 0; i < 10; i++) addRow(n, [i, 0], 2 * i);
  const found = solved(n) ?? [];
  expect(found[0]).toBeCloseTo(2, 3);
  expect(found[1]).toBeCloseTo(0, 6);
});
