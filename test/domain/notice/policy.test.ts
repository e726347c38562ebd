import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { DEFAULT_POLICIES } from '../../../src/domain/notice/default-policies.ts';
import {
  type NoticePolicy,
  type NoticeSubject,
  policyFlaws,
  policyFor,
} from '../../../src/domain/notice/policy.ts';
import { aPolicy, aRung, liesIn } from './a-city.ts';

const red: NoticeSubject = {
  kind: 'alarm',
  level: 1,
  lifeline: as.lifeline('gas'),
  area: as.area('341602'),
};
const match = (m: Partial<NoticePolicy['match']>): Pick<NoticePolicy, 'match'> => ({
  match: { subjects: ['alarm'], levels: [], lifelines: [], areas: [], ...m },
});
const [gas, bridge] = [as.lifeline('gas'), as.lifeline('bridge')];

describe('of the policies that match, the one that says most exactly what it is for', () => {
  const everything = aPolicy('everything');
  test.each<[string, readonly NoticePolicy[], string | null]>([
    ['none at all', [], null],
    ['the only one', [everything], 'everything'],
    ['a level before none', [everything, aPolicy('red', match({ levels: [1] }))], 'red'],
    [
      'a lifeline before a level',
      [aPolicy('red', match({ levels: [1] })), aPolicy('gas', match({ lifelines: [gas] }))],
      'gas',
    ],
    [
      'an area before a lifeline and a level',
      [
        aPolicy('gas', match({ levels: [1], lifelines: [gas] })),
        aPolicy('city', match({ areas: [as.area('341600')] })),
      ],
      'city',
    ],
    [
      'the district before the city',
      [
        aPolicy('city', match({ areas: [as.area('341600')] })),
        aPolicy('district', match({ areas: [as.area('341602')] })),
      ],
      'district',
    ],
    ['of two alike the first by id', [aPolicy('b'), aPolicy('a')], 'a'],
    [
      'the word of the house before what came with the product',
      [aPolicy('a', { by: null }), aPolicy('b', { by: { account: 'li', name: '李' } })],
      'b',
    ],
    [
      'none that is off',
      [aPolicy('red', { ...match({ levels: [1] }), enabled: false }), everything],
      'everything',
    ],
    ['none of another line', [aPolicy('bridge', match({ lifelines: [bridge] }))], null],
    ['none of another level', [aPolicy('blue', match({ levels: [4] }))], null],
    ['none of another district', [aPolicy('x', match({ areas: [as.area('341621')] }))], null],
    ['none of another subject', [aPolicy('orders', match({ subjects: ['order'] }))], null],
  ])('%s', (_, policies, id) => {
    expect(policyFor(policies, red, liesIn).policy?.id ?? null).toBe(id);
    expect(policyFor([...policies].reverse(), red, liesIn).policy?.id ?? null).toBe(id);
  });

  test('every other one says why it does not hold', () => {
    const passed = policyFor(
      [
        everything,
        aPolicy('gas', match({ lifelines: [gas] })),
        aPolicy('off', { enabled: false }),
        aPolicy('bridge', match({ lifelines: [bridge] })),
        aPolicy('blue', match({ levels: [4] })),
        aPolicy('south', match({ areas: [as.area('341621')] })),
        aPolicy('orders', match({ subjects: ['order'] })),
      ],
      red,
      liesIn,
    ).passed;
    expect(Object.fromEntries(passed.map((p) => [p.policy, p.why]))).toEqual({
      everything: 'narrower',
      off: 'off',
      bridge: 'other-lifeline',
      blue: 'other-level',
      south: 'other-area',
      orders: 'other-subject',
    });
  });
});

describe('what comes with the product', () => {
  test.each([1, 2, 3, 4] as const)('holds for alarms of level %d in every line and area', (level) => {
    const { policy } = policyFor(DEFAULT_POLICIES, { ...red, level }, liesIn);
    expect(policy?.id).toBe(`default-${level}`);
  });

  test('climbs by the shares of the accept clock: a red one at 0, 4, 5, 7.5 and 10 minutes', () => {
    expect(DEFAULT_POLICIES[0]?.rungs.map((r) => r.afterS)).toEqual([0, 240, 300, 450, 600]);
  });

  test('is sound', () => {
    const all = { unit: () => true, contact: () => true, channel: () => true };
    expect(DEFAULT_POLICIES.flatMap((p) => policyFlaws(p, all))).toEqual([]);
  });
});

describe('a policy that makes no sense is told what is wrong', () => {
  const nothing = { unit: () => false, contact: () => false, channel: () => false };
  test.each<[string, Partial<NoticePolicy>, readonly string[]]>([
    ['about nothing', match({ subjects: [] }), ['no-subject']],
    ['without rungs', { rungs: [] }, ['no-rung']],
    ['a rung that calls nobody', { rungs: [aRung(0, { to: [] })] }, ['rung-calls-nobody']],
    ['rungs out of order', { rungs: [aRung(60), aRung(0)] }, ['rungs-not-in-order']],
    ['a rung at no time', { rungs: [aRung(Number.NaN)] }, ['rungs-not-in-order']],
    ['before it begins', { rungs: [aRung(-1)] }, ['rungs-not-in-order']],
    ['every second', { repeat: { everyS: 1, atMost: 3 } }, ['repeat-too-often']],
    ['for ever', { repeat: { everyS: 60, atMost: 1e9 } }, ['repeat-too-often']],
    [
      'whom nobody knows',
      {
        rungs: [
          aRung(0, {
            to: [
              { unit: { code: as.unit('x') }, post: 'duty' },
              { contact: as.contact('x') },
              { channel: as.channel('x') },
            ],
          }),
        ],
      },
      ['unit-unknown', 'contact-unknown', 'channel-unknown'],
    ],
    [
      'by a channel that is not there',
      { rungs: [aRung(0, { channels: [as.channel('x')] })] },
      ['channel-unknown'],
    ],
  ])('%s', (_, more, flaws) => {
    expect([...policyFlaws(aPolicy('p', more), nothing)].sort()).toEqual([...flaws].sort());
  });
});
