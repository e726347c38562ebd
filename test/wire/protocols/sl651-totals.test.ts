import { expect, test } from 'vitest';
import { type TotalsMemory, withGrowth } from '../../../src/wire/protocols/sl651/totals.ts';

const MINUTE = 60_000;
const said = (minute: number, code: string, raw: number | null) => ({
  station: '0012345678',
  at: minute * MINUTE,
  items: [{ code, raw, valid: raw !== null, flag: null }],
});
const grown = (memory: TotalsMemory, minute: number, total: number | null, code = '26') =>
  withGrowth(memory, said(minute, code, total)).items.find((i) => i.code === `${code}+`)?.raw ?? null;

test('a running total says by how much it has grown, and the first says nothing', () => {
  const memory: TotalsMemory = new Map();
  expect([100, 100.5, 103].map((total, i) => grown(memory, 5 * i, total))).toEqual([null, 0.5, 2.5]);
});

test('a total that has fallen was reset: it is no rain of minus a hundred millimetres', () => {
  const memory: TotalsMemory = new Map();
  expect([103, 1.5, 2].map((total, i) => grown(memory, 5 * i, total))).toEqual([null, 1.5, 0.5]);
});

test('what is sent again has the same answer, also after later reports', () => {
  const memory: TotalsMemory = new Map();
  for (const [i, total] of [10, 11, 14].entries()) grown(memory, i, total);
  expect([grown(memory, 1, 11), grown(memory, 2, 14), grown(memory, 0, 10)]).toEqual([1, 3, null]);
});

test('a missing total is skipped, codes and stations are apart, other codes are left alone', () => {
  const memory: TotalsMemory = new Map();
  expect([10, null, 12].map((total, i) => grown(memory, i, total))).toEqual([null, null, 2]);
  expect(grown(memory, 3, 5, '20')).toBeNull();
  const level = said(4, '39', 1.2);
  expect(withGrowth(memory, level)).toBe(level);
});
