import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTold, noteEnded, noteTold, type Told } from '../../../src/domain/judge/told.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';

const told = (...stretches: readonly (readonly [number, number])[]): Told => {
  const made: Told = [];
  for (const [from, to] of stretches) noteTold(made, minutes(from), minutes(to), 1);
  return made;
};
const isToldAt = (t: Told, minute: number) => isTold(t, minutes(minute), minutes(minute), 1);

describe('an excursion that was taken to have lasted over an outage', () => {
  test('lasted to where it began and from where it ended, once something says that in between it was over', () => {
    const t = told([0, 200]);
    noteEnded(t, minutes(10), minutes(190));
    expect([0, 10, 11, 100, 189, 190, 200].map((m) => isToldAt(t, m))).toEqual([
      ...[true, true, false, false, false, true, true],
    ]);
  });

  test('and what was told of within the outage alone stays told', () => {
    const t = told([0, 5], [50, 60], [195, 200]);
    noteEnded(t, minutes(10), minutes(190));
    expect([5, 55, 195].map((m) => isToldAt(t, m))).toEqual([true, true, true]);
  });

  test('however often and in whatever order outages are looked at: nothing before or after them is forgotten', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 3 }), (outages) => {
        const t = told([0, 300]);
        for (const [a, length] of outages) noteEnded(t, minutes(100 + a), minutes(100 + a + length));
        for (const m of [0, 50, 99, 300]) expect(isToldAt(t, m)).toBe(true);
      }),
    );
  });
});

test('eight are remembered, and none that is older than eight days', () => {
  const t = told(...Array.from({ length: 30 }, (_, i): [number, number] => [i * 60, i * 60 + 1]));
  expect(t.length / 3).toBe(8);
  noteTold(t, days(10), days(10) + hours(1), 2);
  expect(t).toEqual([days(10), days(10) + hours(1), 2]);
});
