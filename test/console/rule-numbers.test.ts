import { describe, expect, it } from 'vitest';
import type { EffectiveRule, From, StepNumbers } from '../../dashboards/console/src/api/answers.ts';
import { sayIn } from '../../dashboards/console/src/i18n/translate.ts';
import { limitOfStep, whoseInWords, whoseOf } from '../../dashboards/console/src/screens/rules/numbers.ts';

const pack: From = { is: 'pack', source: { mark: 'V', ref: 'CJJ/T 146' } } as From;
const override = {
  is: 'override',
  scope: { kind: 'point', code: 'P-1' },
  by: { account: 'li', name: '李' },
  approvedBy: { account: 'wang', name: '王' },
  at: '2026-07-01T00:00:00Z',
  reason: '现场风机干扰',
  version: 2,
} as unknown as From;
const step = (more: Partial<StepNumbers> = {}): StepNumbers => ({
  level: 3,
  enabled: { value: true, from: pack },
  limit: { value: { limit: 20 }, from: pack },
  deadband: { value: 2, from: pack },
  onDelayMs: { value: 0, from: pack },
  offDelayMs: { value: 0, from: pack },
  ...more,
});

describe('whose the numbers of a step are', () => {
  it('the pack’s, as long as nobody has changed any', () => {
    expect(whoseOf(step())).toBe(pack);
  });

  it.each(['limit', 'deadband', 'onDelayMs', 'enabled'] as const)(
    'theirs who changed one of them, be it the %s alone',
    (which) => {
      const numbers = step();
      expect(whoseOf({ ...numbers, [which]: { ...numbers[which], from: override } })).toBe(override);
    },
  );

  it('of a change that somebody else approved both are named, with the reason', () => {
    const words = {
      say: sayIn(() => 'zh-CN', {}),
      scope: () => '本点',
      now: Date.parse('2026-07-02T00:00:00Z'),
      language: 'zh-CN' as const,
    };
    const said = whoseInWords(override, words);
    for (const part of ['本点', '李 / 王', '现场风机干扰']) expect(said).toContain(part);
    expect(whoseInWords(pack, words)).toContain('CJJ/T 146');
  });
});

it('the limit of a step is shown as it is in force, of its own kind', () => {
  const rule = { unit: '%LEL', steps: [{ level: 3, limit: { is: 'below', limit: 50 } }] } as EffectiveRule;
  expect(limitOfStep(rule, step())).toBe('≤ 20 %LEL');
});
