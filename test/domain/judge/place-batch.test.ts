import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AHEAD, LATENESS, OLDEST } from '../../../src/domain/judge/placing/event-time.ts';
import { placeBatch, placeTold, type ToldTime } from '../../../src/domain/judge/placing/place-batch.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';

const NOW = Date.UTC(2026, 5, 1, 4);
const clock = (deviceTime: number): ToldTime => ({ deviceTime, unread: null });
const NONE: ToldTime = { deviceTime: null, unread: null };
const JUNK: ToldTime = { deviceTime: null, unread: { local: null } };
/** Day and hour that a clock shows which is so far east of Greenwich. */
const local = (instant: number, east: number): ToldTime => ({
  deviceTime: null,
  unread: { local: instant + east },
});

/** Item and how long before the receipt, in the order of judging. */
const placed = (...told: readonly ToldTime[]) =>
  placeBatch(told, NOW, LATENESS).map(({ item, placed }) => [item, NOW - placed.observedAt]);

describe('a single time that cannot be read', () => {
  test.each([JUNK, local(NOW - days(3), hours(8))])('stands at the receipt, doubted', (told) => {
    expect(placeTold(told, NOW)).toMatchObject({ observedAt: NOW, clockOff: true, late: false });
  });

  test('none at all is no fault', () => {
    expect(placeTold(NONE, NOW)).toMatchObject({ observedAt: NOW, clockOff: false, late: false });
  });
});

describe('a batch', () => {
  test('is judged in the order in which it was observed', () => {
    expect(placed(clock(NOW), clock(NOW - 10), clock(NOW - 5))).toEqual([
      [1, 10],
      [2, 5],
      [0, 0],
    ]);
  });

  test('without any times lies before its receipt, a millisecond apart', () => {
    expect(placed(NONE, NONE, NONE)).toEqual([
      [0, 2],
      [1, 1],
      [2, 0],
    ]);
  });

  test('of last week, with one time that cannot be read, is of last week altogether', () => {
    const week = days(6);
    expect(
      placed(clock(NOW - week), JUNK, JUNK, clock(NOW - week + 100), clock(NOW - week + 200)).map(
        ([item]) => item,
      ),
    ).toEqual([0, 1, 2, 3, 4]);
    expect(placed(JUNK, clock(NOW - week))).toEqual([
      [0, week + 1],
      [1, week],
    ]);
    expect(placed(clock(NOW - week), clock(0))).toEqual([
      [0, week],
      [1, week - 1],
    ]);
  });

  test('of the present, with one time that cannot be read, is of the present', () => {
    expect(placed(clock(NOW - 2_000), JUNK, clock(NOW))).toEqual([
      [0, 2_000],
      [1, 1_999],
      [2, 0],
    ]);
  });

  test('of which no time can be read is older than what is on time, in its order, and doubted', () => {
    const found = placeBatch([JUNK, JUNK, JUNK], NOW, LATENESS);
    expect(found.map((f) => f.item)).toEqual([0, 1, 2]);
    for (const { placed } of found) {
      expect(placed.clockOff).toBe(true);
      expect(NOW - placed.observedAt).toBeGreaterThan(LATENESS);
    }
  });

  test.each([-12, -3.5, 0, 5.75, 8, 14])(
    'whose local times are now where the clocks are %d h from Greenwich is now',
    (east) => {
      const ms = hours(east);
      expect(placed(local(NOW - minutes(1), ms), local(NOW, ms))).toEqual([
        [0, minutes(1)],
        [1, 0],
      ]);
    },
  );

  test("whose local times are now nowhere on earth is as old as it would be by Beijing's clocks", () => {
    const old = NOW - days(3);
    expect(placed(local(old, hours(8)), local(old + 60_000, hours(8)))).toEqual([
      [0, days(3)],
      [1, days(3) - 60_000],
    ]);
    const tooOld = placeBatch([local(NOW - days(9), 0), local(NOW - days(8), 0)], NOW, LATENESS);
    for (const { placed } of tooOld) expect(NOW - placed.observedAt).toBeGreaterThan(LATENESS);
  });

  const told: fc.Arbitrary<ToldTime> = fc.oneof(
    fc.integer({ min: -days(10), max: days(400) }).map((age) => clock(NOW - age)),
    fc.integer({ min: 0, max: 60_000 }).map((age) => clock(NOW - age)),
    fc.constantFrom(NONE, JUNK, clock(0)),
    fc.integer({ min: -days(2), max: days(30) }).map((age) => local(NOW - age, hours(8))),
  );

  test('whatever it says, each item is placed once, in order, and never ahead of what a clock may be', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 2, maxLength: 12 }), (batch) => {
        const found = placeBatch(batch, NOW, LATENESS);
        expect(found.map((f) => f.item).sort((a, b) => a - b)).toEqual(batch.map((_, i) => i));
        let before = -Infinity;
        for (const { placed } of found) {
          expect(placed.observedAt).toBeGreaterThanOrEqual(before);
          before = placed.observedAt;
          expect(placed.observedAt - NOW).toBeLessThanOrEqual(AHEAD + 12);
          expect(NOW - placed.observedAt).toBeLessThanOrEqual(OLDEST + 12);
          expect(Number.isInteger(placed.observedAt)).toBe(true);
        }
        for (const { item, placed } of found)
          if (batch[item]?.unread !== null) expect(placed.clockOff).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('of the past never stands on time by times that cannot be read', () => {
    const past = fc.oneof(
      fc.integer({ min: days(2), max: days(7) }).map((age) => clock(NOW - age)),
      fc.integer({ min: days(2), max: days(30) }).map((age) => local(NOW - age, hours(8))),
      fc.constant(JUNK),
    );
    fc.assert(
      fc.property(fc.array(past, { minLength: 2, maxLength: 12 }), (batch) => {
        for (const { placed } of placeBatch(batch, NOW, seconds(90)))
          expect(NOW - placed.observedAt).toBeGreaterThan(seconds(90));
      }),
    );
  });
});
