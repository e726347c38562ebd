import { describe, expect, it } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Level } from '../../src/domain/level.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { minutes } from '../../src/domain/time.ts';
import { levelsOf, storyOf } from './straight-reading.ts';

// The oracle of the flood test is itself held against the case table that the design gives for judging.

const RULE: Rule = {
  id: as.rule('oracle'),
  version: 1,
  lifeline: as.lifeline('waterlogging'),
  metric: as.metric('depth'),
  name: { zh: '', en: '' },
  signal: { of: 'value' },
  unit: 'cm',
  steps: (
    [
      [3, 20],
      [2, 40],
      [1, 60],
    ] as const
  ).map(([level, limit]) => ({
    level,
    limit: { is: 'above', limit },
    deadband: 2,
    onDelay: minutes(2),
    offDelay: minutes(3),
    source: { mark: 'D', ref: 'architecture §5' },
    advice: { zh: '', en: '' },
  })),
  latching: false,
  reAlarmAfter: null,
};

const TABLE: readonly (readonly [series: string, levels: string])[] = [
  ['1 1 1 70 1 1 1', '_ _ _ _ _ _ _'],
  ['1 25 25 25', '_ _ _ 3'],
  ['25 25 25 19 19 19 19 19', '_ _ 3 3 3 3 3 3'],
  ['25 25 25 17 17 17 17', '_ _ 3 3 3 3 _'],
  ['25 25 25 _ _ _ _ _ _ _ _ _ 25', '_ _ 3 _ _ _ _ _ _ _ _ _ 3'],
  ['25 45 25 45 25 45', '_ _ 3 3 3 3'],
  ['25 25 25 65 65 65', '_ _ 3 3 3 1'],
];

describe('a straight reading of a rule', () => {
  it.each(TABLE)('of %s is %s', (series, expected) => {
    const slots = series.split(' ');
    const curve = slots.flatMap((s, i) => (s === '_' ? [] : [{ at: minutes(i), value: Number(s) }]));
    const wanted = expected
      .split(' ')
      .flatMap((l, i) => (slots[i] === '_' ? [] : [l === '_' ? null : (Number(l) as Level)]));
    expect(levelsOf(RULE, curve)).toEqual(wanted);
  });

  it('tells when an alarm rises, how grave it gets, and that it ends', () => {
    const values = [1, 25, 25, 25, 65, 65, 65, 1, 1, 1, 1];
    const curve = values.map((value, i) => ({ at: minutes(i), value }));
    expect(storyOf(RULE, curve)).toEqual({
      raisedAt: minutes(3),
      raisedLevel: 3,
      gravest: 1,
      returned: true,
    });
    expect(storyOf(RULE, curve.slice(0, 3))).toBeNull();
  });
});
