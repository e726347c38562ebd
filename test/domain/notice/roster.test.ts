import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import {
  answersAt,
  inOrder,
  type Roster,
  type RosterShift,
  rosterFindings,
  shiftFlaws,
} from '../../../src/domain/notice/roster.ts';

const [wang, li, zhao] = [as.contact('wang'), as.contact('li'), as.contact('zhao')];
const shift = (from: number, to: number, duty = [wang], leader = [zhao]): RosterShift => ({
  from,
  to,
  duty,
  leader,
});
const roster = (...shifts: RosterShift[]): Roster => ({ unit: as.unit('gas-co'), shifts: inOrder(shifts) });

describe('who answers at an instant', () => {
  const day = roster(shift(0, 8), shift(8, 16, [li]), shift(15, 24, [wang, li]));
  test.each([
    [-1, []],
    [0, ['wang']],
    [7.999, ['wang']],
    [8, ['li']],
    [15, ['li', 'wang']],
    [16, ['wang', 'li']],
    [24, []],
  ])('at %d: %j', (at, names) => {
    expect(answersAt(day, 'duty', at)).toEqual(names);
  });
});

describe('what of a roster will hurt', () => {
  test.each<[string, Roster, readonly object[]]>([
    ['nothing', roster(shift(0, 12), shift(12, 24)), []],
    [
      'a gap between two shifts, for both posts',
      roster(shift(0, 10), shift(12, 24)),
      [
        { is: 'gap', post: 'duty', from: 10, to: 12 },
        { is: 'gap', post: 'leader', from: 10, to: 12 },
      ],
    ],
    [
      'its end, before the span is over',
      roster(shift(-5, 20)),
      [
        { is: 'gap', post: 'duty', from: 20, to: 24 },
        { is: 'gap', post: 'leader', from: 20, to: 24 },
      ],
    ],
    [
      'a shift that names no leader, as one gap with the next',
      roster(shift(0, 12, [wang], []), shift(12, 14, [li], []), shift(14, 24)),
      [{ is: 'gap', post: 'leader', from: 0, to: 14 }],
    ],
    ['two at once', roster(shift(0, 13), shift(12, 24)), [{ is: 'overlap', from: 12, to: 13 }]],
    [
      'no shift at all',
      roster(),
      [
        { is: 'gap', post: 'duty', from: 0, to: 24 },
        { is: 'gap', post: 'leader', from: 0, to: 24 },
      ],
    ],
  ])('%s', (_, r, found) => {
    expect(rosterFindings(r, { from: 0, to: 24 })).toEqual(found);
  });

  test('an instant is in a gap exactly where nobody answers', () => {
    const shifts = fc.array(
      fc.tuple(fc.integer({ min: -5, max: 30 }), fc.integer({ min: 1, max: 12 }), fc.boolean(), fc.boolean()),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(shifts, fc.integer({ min: 0, max: 23 }), (list, at) => {
        const r = roster(
          ...list.map(([from, long, d, l]) => shift(from, from + long, d ? [wang] : [], l ? [zhao] : [])),
        );
        const found = rosterFindings(r, { from: 0, to: 24 });
        const within = (f: { from: number; to: number }) => f.from <= at && at < f.to;
        for (const post of ['duty', 'leader'] as const) {
          const gaps = found.filter((f) => f.is === 'gap' && f.post === post && within(f));
          expect(gaps.length).toBe(answersAt(r, post, at).length === 0 ? 1 : 0);
        }
        const on = r.shifts.filter((s) => s.from <= at && at < s.to).length;
        expect(found.filter((f) => f.is === 'overlap' && within(f)).length).toBe(on > 1 ? 1 : 0);
      }),
    );
  });
});

test.each([
  [shift(0, 8), []],
  [shift(8, 8), ['ends-before-it-begins']],
  [shift(8, 0), ['ends-before-it-begins']],
  [shift(0, 8 * 86_400_000), ['longer-than-a-week']],
  [shift(8, 0, [], []), ['ends-before-it-begins', 'names-nobody']],
  [shift(0, 8, [as.contact('stranger')]), ['contact-unknown']],
])('a shift %j: %s', (s, flaws) => {
  expect(shiftFlaws(s, (id) => [wang, li, zhao].includes(id))).toEqual(flaws);
});
