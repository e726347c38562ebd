import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, freshMemory } from '../../../src/domain/judge/evaluate.ts';
import type { RuleMemory } from '../../../src/domain/judge/memory.ts';
import { isAtRest, resting, shared } from '../../../src/domain/judge/watcher.ts';
import { above, rule, step } from './rules.ts';

const WATCHER = fc.record({
  on: fc.boolean(),
  disagreeingSince: fc.option(fc.integer({ min: 0 }), { nil: null }),
});
const SIGNAL = fc.constantFrom<RuleMemory['signal']>(null, {
  of: 'unchangedFor',
  since: 1,
  value: 2,
  seenAt: 3,
});

test('what rests of a memory is shared, and the memory says what it said', () => {
  fc.assert(
    fc.property(SIGNAL, fc.array(WATCHER, { maxLength: 5 }), (signal, watchers) => {
      const memory: RuleMemory = { signal, watchers };
      expect(shared(memory)).toEqual(memory);
      if (isAtRest(memory)) expect(shared(memory)).toBe(resting(watchers.length));
    }),
  );
});

test('a rule that has let go rests as one that never took hold', () => {
  const limit = rule({ of: 'value' }, step(3, above(20)), step(1, above(50)));
  const over = evaluate(limit, freshMemory(limit), 60, 1_000);
  expect(over.level).not.toBeNull();
  const after = evaluate(limit, over.memory, 0, 2_000);
  expect(after.level).toBeNull();
  expect(after.memory).toBe(freshMemory(limit));
});
