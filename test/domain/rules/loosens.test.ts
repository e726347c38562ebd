import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limit, Rule } from '../../../src/domain/rule.ts';
import type { Setting } from '../../../src/domain/rules/change.ts';
import { ANYWHERE, effectiveRule } from '../../../src/domain/rules/effective.ts';
import { loosens } from '../../../src/domain/rules/loosens.ts';
import { PACKS } from '../../../src/packs/index.ts';

const some = PACKS.flatMap((p) => p.rules)[0] as Rule;
const by = { version: 2, by: { account: 'li', name: '李' }, approvedBy: null, at: 0, reason: '' };
const rule = (limit: Limit): Rule => ({
  ...some,
  steps: [{ ...(some.steps[0] as Rule['steps'][number]), level: 1, limit, onDelay: 60_000 }],
});
type Value = Pick<Setting, 'field'> & { readonly value: unknown };
const under = (of: Rule, values: readonly Value[]) =>
  effectiveRule(
    of,
    2,
    values.map(
      ({ field, value }) =>
        ({
          scope: { kind: 'lifeline' },
          level: field === 'judges' ? null : 1,
          field,
          value,
          ...by,
        }) as Setting,
    ),
    ANYWHERE,
  );
const isLooser = (of: Rule, ...values: readonly Value[]) => loosens(under(of, []), under(of, values));

describe('a change loosens', () => {
  const above = rule({ is: 'above', limit: 50 });

  it('a limit exactly where a value that alarms now would not any more', () => {
    const value = fc.integer({ min: -20, max: 20 });
    const alarms = (l: Limit, v: number) =>
      l.is === 'above' ? v >= l.limit : l.is === 'below' ? v <= l.limit : v < l.low || v > l.high;
    const limit = fc.oneof(
      value.map((n): Limit => ({ is: 'above', limit: n })),
      value.map((n): Limit => ({ is: 'below', limit: n })),
      fc
        .tuple(value, value)
        .map(([a, b]): Limit => ({ is: 'outside', low: Math.min(a, b), high: Math.max(a, b) })),
    );
    fc.assert(
      fc.property(limit, value, value, (was, a, b) => {
        const is: Limit =
          was.is === 'outside'
            ? { is: 'outside', low: Math.min(a, b), high: Math.max(a, b) }
            : { ...was, limit: a };
        const parts = is.is === 'outside' ? { low: is.low, high: is.high } : { limit: is.limit };
        // What decides stands at the limits themselves, and a breath beside them.
        const around = [was, is].flatMap((l) => (l.is === 'outside' ? [l.low, l.high] : [l.limit]));
        const probes = around.flatMap((v) => [v, v - 0.5, v + 0.5]);
        const loses = probes.some((v) => alarms(was, v) && !alarms(is, v));
        expect(isLooser(rule(was), { field: 'limit', value: parts })).toBe(loses);
      }),
    );
  });

  it.each<[string, Value, boolean]>([
    ['a step that is switched off', { field: 'enabled', value: false }, true],
    ['a longer on-delay', { field: 'onDelay', value: 60_001 }, true],
    ['a shorter on-delay', { field: 'onDelay', value: 0 }, false],
    ['fewer readings judged', { field: 'judges', value: 'strictly-good' }, true],
    ['more readings judged', { field: 'judges', value: 'measured' }, false],
    ['another deadband', { field: 'deadband', value: 9 }, false],
    ['the same number', { field: 'limit', value: { limit: 50 } }, false],
  ])('%s: %o → %s', (_, value, looser) => expect(isLooser(above, value)).toBe(looser));

  it('nothing of a step that is off already', () => {
    const off = under(above, [{ field: 'enabled', value: false }]);
    const farther = under(above, [
      { field: 'enabled', value: false },
      { field: 'limit', value: { limit: 90 } },
    ]);
    expect(loosens(off, farther)).toBe(false);
    expect(loosens(off, under(above, []))).toBe(false);
  });
});
