import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { rightClock } from '../../../src/domain/judge/clock.ts';
import { clockMoved, ruleMoved } from '../../../src/domain/judge/clock-moved.ts';
import { evaluate, freshMemory } from '../../../src/domain/judge/evaluate.ts';
import type { PointMemory, RuleMemory } from '../../../src/domain/judge/memory.ts';
import { days, hours } from '../../../src/domain/time.ts';
import { fromExactJson, toExactJson } from '../../../src/wire/files/exact-json.ts';
import { aRule, samples } from './any-rule.ts';

const NOW = Date.UTC(2026, 5, 1);
const BESIDE = { stored: () => null, latest: () => null, levelOf: () => null };
/** Uneven ones, too: parts of windows lie where they may. */
const anAmount = fc.oneof(
  fc.constantFrom(days(365), -days(365), hours(8), -hours(8), days(1)),
  fc.integer({ min: -days(400), max: days(400) }),
);

/** Everything in it that is an instant of today, by where it stands. */
function instants(of: unknown, where = ''): [string, number][] {
  if (typeof of === 'number') return Math.abs(of) > NOW / 2 ? [[where, of]] : [];
  if (of === null || typeof of !== 'object') return [];
  if (of instanceof Map) {
    const entries = [...of].map(([key, v]): [unknown, unknown] => [
      typeof key === 'number' ? { key } : key,
      v,
    ]);
    return entries.flatMap(([key, v], i) => [
      ...instants(key, `${where}.key`),
      ...instants(v, `${where}.${typeof key === 'string' ? key : i}`),
    ]);
  }
  if ('toJSON' in of && typeof of.toJSON === 'function') return instants(of.toJSON(), where);
  return Object.entries(of).flatMap(([key, v]) => instants(v, `${where}.${key}`));
}

test('however far our clock was moved, a rule goes on as if nothing had been, and moved back again its memory is what it was', () => {
  fc.assert(
    fc.property(aRule, samples, fc.nat(40), anAmount, (rule, list, n, by) => {
      let untouched = freshMemory(rule);
      let moved: RuleMemory = freshMemory(rule);
      let movedBy = 0;
      for (const [i, { value, at }] of list.entries()) {
        if (movedBy === 0 && i >= n % list.length && hasBegun(rule.signal.of, moved)) {
          const before = moved;
          moved = ruleMoved(moved, by);
          movedBy = by;
          expect(plain(ruleMoved(moved, -by))).toEqual(plain(before));
        }
        const is = evaluate(rule, moved, value, NOW + at + movedBy, BESIDE);
        const should = evaluate(rule, untouched, value, NOW + at, BESIDE);
        expect([is.level, is.signal]).toEqual([should.level, should.signal]);
        [moved, untouched] = [is.memory, should.memory];
      }
      expect(plain(ruleMoved(moved, -movedBy))).toEqual(plain(untouched));
    }),
    { numRuns: 400 },
  );
});

/** What is counted in parts and begins after the move lies in those of the new time. */
const hasBegun = (of: string, { signal }: RuleMemory): boolean =>
  !['statistic', 'trend', 'deviation'].includes(of) ||
  (signal !== null && (signal.of !== 'deviation' || signal.learned !== null));

/** As it is kept. */
const plain = (memory: unknown): unknown => fromExactJson(toExactJson(memory));

const rule = (memory: RuleMemory['signal']): RuleMemory => ({
  signal: memory,
  watchers: [{ on: true, disagreeingSince: NOW - 1 }],
});

/** A point that knows something of every kind. */
function whole(): Required<PointMemory> {
  const metric = as.metric('ch4');
  const recent = () => ({
    baseAt: NOW - 9,
    base: [rule(null)],
    samples: [NOW - 8, 1, NOW - 7, 2],
    split: 1,
    next: [rule({ of: 'extreme', since: NOW - 5, seenAt: NOW - 4, max: 1, min: 0, newMax: 1, newMin: 0 })],
    doubts: new Map([[NOW - 7, { grade: 'doubtful', why: 'stuck' } as const]]),
  });
  const rules = new Map([
    [as.rule('a'), rule({ of: 'unchangedFor', since: NOW - 6, seenAt: NOW - 2, value: 3 })],
    [as.rule('b'), rule({ of: 'together', held: { '0@P': { now: true, at: NOW - 3, heldAt: NOW - 4 } } })],
    [as.rule('c'), rule({ of: 'spread', latest: { P: { value: 1, at: NOW - 3 } } })],
  ]);
  return {
    heardAt: NOW - 1,
    awaitedSince: NOW - 2,
    series: new Map([
      [
        metric,
        {
          newestAt: NOW - 1,
          value: 1,
          valueAt: NOW - 2,
          doubted: { value: 9, at: NOW - 1 },
          said: [NOW - 3, 1, NOW - 1, 9],
        },
      ],
    ]),
    rules,
    late: new Map(rules),
    backlog: { heardAt: NOW - 5, of: new Map([[metric, recent()]]) },
    told: new Map([[as.rule('a'), [NOW - 30, NOW - 20, 1, NOW - 10, NOW - 5, 3]]]),
    clock: { ...rightClock(4, NOW - 50, NOW - 40), off: 'steady', lag: 10 },
    recent: new Map([[metric, recent()]]),
    windows: new Map([
      [as.metric('w@600000'), { startsAt: NOW - 60, n: 1, sum: 1, sumOfSquares: 1, min: 1, max: 1 }],
    ]),
    worst: new Map([[as.rule('a'), { value: 5, at: NOW - 7 }]]),
  };
}

describe('everything that a point remembers', () => {
  /** Theirs, as they said it. */
  const OF_THE_DEVICE = /^\.series\..*\.said\.|^\.clock\.(sentAt|fromSentAt)$/;

  test('lies as long before now as before; what its device said itself stays', () => {
    const by = hours(8) + 17;
    const memory = whole();
    clockMoved(memory, by);
    const before = instants(whole());
    expect(before.length).toBeGreaterThan(30);
    expect(instants(memory)).toEqual(
      before.map(([where, at]) => [where, OF_THE_DEVICE.test(where) ? at : at + by]),
    );
    expect(memory.clock).toMatchObject({ off: 'steady', lag: 10 + by });
  });

  test('is what it was when our clock is moved back again', () => {
    fc.assert(
      fc.property(anAmount, (by) => {
        const memory = whole();
        clockMoved(memory, by);
        clockMoved(memory, -by);
        expect(memory).toEqual(whole());
      }),
    );
  });

  test('stays unheard where nothing was heard', () => {
    const memory: PointMemory = { ...whole(), heardAt: 0 };
    clockMoved(memory, hours(1));
    expect(memory.heardAt).toBe(0);
  });
});
