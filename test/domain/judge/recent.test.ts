import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecentMemory, RuleMemory } from '../../../src/domain/judge/memory.ts';
import {
  insertAt,
  instantAt,
  noteDoubt,
  noteRecent,
  placeAmong,
  samplesIn,
  valueAt,
} from '../../../src/domain/judge/recent.ts';
import { GOOD, type Quality } from '../../../src/domain/reading.ts';
import { seconds } from '../../../src/domain/time.ts';

const WINDOW = seconds(30);
const instantsOf = (known: RecentMemory): number[] =>
  Array.from({ length: samplesIn(known) }, (_, i) => instantAt(known, i));
/** A checkpoint that says how many readings it has seen. */
const after = (n: number): readonly RuleMemory[] => [
  { signal: null, watchers: Array(n).fill({ on: false, disagreeingSince: null }) },
];

test('whatever comes in order, everything within the window can be judged again from a checkpoint', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 200 }), (gaps) => {
      let known: RecentMemory | undefined;
      let at = 0;
      let previous: number | null = null;
      gaps.forEach((gap, n) => {
        at += gap;
        known = noteRecent(known, n, at, WINDOW, previous, () => after(n));
        previous = at;
        const k = known as RecentMemory;
        expect(k.base[0]?.watchers.length).toBe(valueAt(k, 0));
        if (k.next !== null) expect(k.next[0]?.watchers.length).toBe(valueAt(k, k.split));
        const instants = instantsOf(k);
        expect(instants).toEqual([...instants].sort((a, b) => a - b));
        const oldestNeeded = at - WINDOW;
        expect(k.baseAt === null || k.baseAt < oldestNeeded || instants.length === 1).toBe(true);
        expect(instants.length === 1 || at - instantAt(k, 0) <= 3 * WINDOW).toBe(true);
      });
    }),
  );
});

test('a sensor at 20 Hz is remembered for as many readings as we can afford', () => {
  let known: RecentMemory | undefined;
  for (let i = 0; i < 20_000; i++)
    known = noteRecent(known, i, i * 50, WINDOW, i === 0 ? null : (i - 1) * 50, () => after(0));
  expect(known && samplesIn(known)).toBeLessThanOrEqual(513);
});

test('a reading finds its place, and none where the memories of its moment are gone', () => {
  let known = noteRecent(undefined, 1, 10_000, WINDOW, 5_000, () => after(0));
  known = noteRecent(known, 2, 20_000, WINDOW, 10_000, () => after(1));
  expect(placeAmong(known, 15_000)).toBe(1);
  expect(placeAmong(known, 7_000)).toBe(0);
  expect(placeAmong(known, 5_000)).toBeNull();
  insertAt(known, 1, 9, 15_000);
  expect(known.samples).toEqual([10_000, 1, 15_000, 9, 20_000, 2]);
});

test('a doubt is remembered as long as its reading, and no longer', () => {
  const stuck: Quality = { grade: 'doubtful', why: 'stuck' };
  const gaps = fc.record({ gap: fc.integer({ min: 1, max: 40_000 }), doubtful: fc.boolean() });
  fc.assert(
    fc.property(fc.array(gaps, { minLength: 1, maxLength: 200 }), (list) => {
      let known: RecentMemory | undefined;
      let at = 0;
      const doubtful: number[] = [];
      for (const { gap, doubtful: isDoubtful } of list) {
        at += gap;
        known = noteRecent(known, 1, at, WINDOW, null, () => after(0));
        noteDoubt(known, at, isDoubtful ? stuck : GOOD);
        if (isDoubtful) doubtful.push(at);
        const remembered = instantsOf(known);
        expect([...(known.doubts?.keys() ?? [])]).toEqual(doubtful.filter((t) => remembered.includes(t)));
      }
    }),
  );
});
