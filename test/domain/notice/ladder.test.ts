import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CourseStep, callKey, climb, dueCalls, nextCallAt } from '../../../src/domain/notice/ladder.ts';
import type { Rung, StopsOn } from '../../../src/domain/notice/policy.ts';
import { aRung } from './a-city.ts';

type Ladder = { rungs: readonly Rung[]; repeat: { everyS: number; atMost: number } | null };
const ladder = (...afterS: number[]): Ladder => ({ rungs: afterS.map((s) => aRung(s)), repeat: null });
const stopping = (...of: [number, StopsOn][]): Ladder => ({
  rungs: of.map(([s, stopsOn]) => aRung(s, { stopsOn })),
  repeat: null,
});

/** `0 begin`, `60 rise 1`: instants in seconds. */
const course = (text: string): CourseStep[] =>
  text.split(', ').map((step) => {
    const [at = '', did = '', level = '3'] = step.split(' ');
    return { at: Number(at) * 1_000, did, level: Number(level) } as CourseStep;
  });

/** `1.0@0`: round and rung, and when, in seconds. */
const called = (l: Ladder, c: readonly CourseStep[]): string =>
  climb(l, c)
    .calls.map((x) => `${x.round}.${x.rung}${x.repetition > 0 ? `×${x.repetition}` : ''}@${x.dueAt / 1_000}`)
    .join(' ');

describe('the ladder', () => {
  const three = ladder(0, 60, 300);
  test.each([
    ['climbs by its times', three, '0 begin', '1.0@0 1.1@60 1.2@300'],
    ['is stopped by an acknowledgement', three, '0 begin, 30 acknowledge', '1.0@0'],
    ['is stopped at the very instant a rung is due', three, '0 begin, 60 acknowledge', '1.0@0'],
    ['calls what was due before it', three, '0 begin, 61 acknowledge', '1.0@0 1.1@60'],
    ['is stopped by an acceptance, which is an acknowledgement too', three, '0 begin, 30 accept', '1.0@0'],
    [
      'goes on where only an acceptance stops it',
      stopping([0, 'acknowledge'], [60, 'accept'], [120, 'acknowledge']),
      '0 begin, 30 acknowledge',
      '1.0@0 1.1@60',
    ],
    [
      'goes on to its end where nothing stops it but the end',
      stopping([0, 'never'], [60, 'never'], [120, 'never']),
      '0 begin, 30 acknowledge, 40 accept, 100 end',
      '1.0@0 1.1@60',
    ],
    [
      'goes on at once when a later clock runs out, the next rungs as far behind as before',
      three,
      '0 begin, 30 acknowledge, 1000 overdue',
      '1.0@0 1.1@1000 1.2@1240',
    ],
    [
      'is stopped again after it went on',
      three,
      '0 begin, 30 acknowledge, 1000 overdue, 1001 acknowledge',
      '1.0@0 1.1@1000',
    ],
    [
      'begins again when it becomes graver',
      three,
      '0 begin, 30 acknowledge, 100 rise 1',
      '1.0@0 2.0@100 2.1@160 2.2@400',
    ],
    ['leaves what the former round had left', three, '0 begin, 30 rise 1, 40 acknowledge', '1.0@0 2.0@30'],
    [
      'waits while it is hidden, and goes on where it was',
      three,
      '0 begin, 30 hide, 100 show',
      '1.0@0 1.1@130 1.2@370',
    ],
    [
      'is not woken by a clock while it is hidden',
      three,
      '0 begin, 30 hide, 50 overdue, 100 show',
      '1.0@0 1.1@130 1.2@370',
    ],
    [
      'does not come back by being shown after an acknowledgement',
      three,
      '0 begin, 30 acknowledge, 40 hide, 50 show',
      '1.0@0',
    ],
    [
      'does not come back by being shown after an acknowledgement while it was hidden',
      three,
      '0 begin, 0 hide, 40 acknowledge, 50 show',
      '',
    ],
    [
      'comes back where a clock ran out since that acknowledgement, when it is shown',
      three,
      '0 begin, 30 hide, 40 acknowledge, 50 overdue, 100 show',
      '1.0@0 1.1@130 1.2@370',
    ],
    [
      'goes on after that acknowledgement when a clock runs out, shown as it is',
      three,
      '0 begin, 30 hide, 40 acknowledge, 50 show, 100 overdue',
      '1.0@0 1.1@100 1.2@340',
    ],
    ['ends with its subject', three, '0 begin, 70 end', '1.0@0 1.1@60'],
    [
      'repeats its last rung',
      { ...ladder(0, 60), repeat: { everyS: 120, atMost: 2 } },
      '0 begin',
      '1.0@0 1.1@60 1.1×1@180 1.1×2@300',
    ],
    [
      'stops repeating',
      { ...ladder(0, 60), repeat: { everyS: 120, atMost: 2 } },
      '0 begin, 200 acknowledge',
      '1.0@0 1.1@60 1.1×1@180',
    ],
  ])('%s', (_, l, c, calls) => {
    expect(called(l, course(c))).toBe(calls);
  });

  test('says what stopped each rung that was not called', () => {
    expect(climb(three, course('0 begin, 30 acknowledge')).stopped).toMatchObject([
      { rung: 1, by: 'acknowledge' },
      { rung: 2, by: 'acknowledge' },
    ]);
    const atItsInstant = climb(three, course('0 begin, 60 acknowledge')).stopped;
    expect(atItsInstant.map((s) => s.rung)).toEqual([1, 2]);
    expect(climb(three, course('0 begin, 30 hide')).stopped.map((s) => s.by)).toEqual(['hide', 'hide']);
    expect(climb(three, course('0 begin, 70 end')).stopped.map((s) => s.by)).toEqual(['end']);
  });

  test('knows what is due and when the next is', () => {
    const state = climb(three, course('0 begin'));
    expect(dueCalls(state, 60_000).map(callKey)).toEqual(['1.0.0', '1.1.0']);
    expect(nextCallAt(state, 60_000)).toBe(300_000);
    expect(nextCallAt(state, 300_000)).toBeNull();
  });
});

const aLadder = fc
  .tuple(
    fc.array(
      fc.record({
        afterS: fc.integer({ min: 0, max: 600 }),
        stopsOn: fc.constantFrom<StopsOn>('acknowledge', 'accept', 'never'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    fc.option(
      fc.record({ everyS: fc.integer({ min: 60, max: 300 }), atMost: fc.integer({ min: 1, max: 4 }) }),
    ),
  )
  .map(
    ([rungs, repeat]): Ladder => ({
      rungs: rungs
        .sort((a, b) => a.afterS - b.afterS)
        .map(({ afterS, stopsOn }) => aRung(afterS, { stopsOn })),
      repeat,
    }),
  );
const aCourse = fc
  .array(
    fc.record({
      did: fc.constantFrom('rise', 'acknowledge', 'accept', 'overdue', 'hide', 'show'),
      after: fc.integer({ min: 0, max: 400_000 }),
    }),
    { maxLength: 8 },
  )
  .map((steps) => {
    const begin: CourseStep = { did: 'begin', at: 0, level: 3 };
    const all: CourseStep[] = [begin];
    for (const { did, after } of steps)
      all.push({ did, at: (all.at(-1)?.at ?? 0) + after, level: 2 } as CourseStep);
    return all;
  });

test('what was called stays called, whatever happens later: a restart calls nothing twice and forgets nothing', () => {
  fc.assert(
    fc.property(aLadder, aCourse, (l, c) => {
      for (let n = 1; n < c.length; n++) {
        const now = (c[n]?.at ?? 0) - 1;
        const before = dueCalls(climb(l, c.slice(0, n)), now);
        const after = dueCalls(climb(l, c), now);
        expect(after.map((x) => `${callKey(x)}@${x.dueAt}`)).toEqual(
          before.map((x) => `${callKey(x)}@${x.dueAt}`),
        );
      }
    }),
  );
});

test('no call is made twice, in order of time, and each is either called, or stopped, or of a round that is over', () => {
  fc.assert(
    fc.property(aLadder, aCourse, (l, c) => {
      const { calls, stopped } = climb(l, c);
      const keys = [...calls, ...stopped].map(callKey);
      expect(new Set(keys).size).toBe(keys.length);
      expect(calls.map((x) => x.dueAt)).toEqual(calls.map((x) => x.dueAt).sort((a, b) => a - b));
      const rounds = c.filter((s) => s.did === 'begin' || s.did === 'rise').length;
      const last = [...calls, ...stopped].filter((x) => x.round === rounds);
      expect(last.length).toBe(l.rungs.length + (l.repeat?.atMost ?? 0));
    }),
  );
});

test('after an acknowledgement that nothing follows, nothing that it stops is called', () => {
  fc.assert(
    fc.property(aLadder, aCourse, fc.integer({ min: 0, max: 400_000 }), (l, c, later) => {
      const at = (c.at(-1)?.at ?? 0) + later;
      const { calls } = climb(l, [...c, { did: 'acknowledge', at }]);
      for (const x of calls.filter((y) => y.dueAt >= at))
        expect(l.rungs[x.rung]?.stopsOn).not.toBe('acknowledge');
    }),
  );
});
