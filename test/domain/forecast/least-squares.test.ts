import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRow, newNormal, solved, solvedNonNegative } from '../../../src/domain/forecast/least-squares.ts';

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

test('without weights below nought: none is, and none that is nought would help', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(small, small, small, small), { minLength: 8, maxLength: 30 }), (rows) => {
      const n = newNormal(3);
      for (const [a, b, c, y] of rows) addRow(n, [a, b, c], y);
      const w = solvedNonNegative(n);
      for (let i = 0; i < 3; i++) {
        expect(w[i]).toBeGreaterThanOrEqual(0);
        // Karush, Kuhn and Tucker: the slope is nought where the weight is not, and never uphill.
        const slope = (n.xy[i] as number) - w.reduce((s, v, j) => s + (n.xx[i * 3 + j] as number) * v, 0);
        expect(slope).toBeLessThan(1e-3 * (1 + Math.abs(n.xy[i] as number)));
        if ((w[i] as number) > 1e-6)
          expect(Math.abs(slope)).toBeLessThan(1e-2 * (1 + Math.abs(n.xy[i] as number)));
      }
    }),
  );
});
