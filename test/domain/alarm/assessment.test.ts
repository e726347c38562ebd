import { expect, test } from 'vitest';
import {
  type Assessment,
  assessed,
  isFalseVerdict,
  isJudged,
  VERDICTS,
} from '../../../src/domain/alarm/assessment.ts';
import { LI } from '../../flow/flow-harness.ts';

const at = (n: number, verdict: Assessment['verdict']): Assessment => ({
  verdict,
  by: LI,
  at: n,
  note: null,
});

test('a changed verdict keeps the old ones, oldest first, without what they rested on', () => {
  const first = assessed(null, { ...at(1, 'unclear'), form: { weather: '雨' } });
  expect(first).not.toHaveProperty('earlier');
  const third = assessed(assessed(first, at(2, 'biogas')), at(3, 'real'));
  expect(third.verdict).toBe('real');
  expect(third.earlier).toEqual([
    { verdict: 'unclear', by: LI, at: 1, note: null },
    { verdict: 'biogas', by: LI, at: 2, note: null },
  ]);
});

test('an instrument and its surroundings are false alarms, and unclear judges nothing', () => {
  expect(VERDICTS.filter(isFalseVerdict)).toEqual(['instrument', 'environment', 'false']);
  expect(VERDICTS.filter((v) => !isJudged(v))).toEqual(['unclear']);
});
