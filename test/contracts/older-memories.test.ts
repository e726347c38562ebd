import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ofToday } from '../../src/adapters/journal-sqlite/older-memories.ts';
import { as } from '../../src/domain/ids.ts';
import { evaluate } from '../../src/domain/judge/evaluate.ts';
import type { PointMemory, RuleMemory } from '../../src/domain/judge/memory.ts';
import type { Signal } from '../../src/domain/rule.ts';
import { fromExactJson, toExactJson } from '../../src/wire/exact-json.ts';
import { above, rule, step } from '../domain/judge/rules.ts';

/** Written by version 0.1: a memory of 400 readings, and what that version made of those that followed. */
type Kept = {
  readonly signal: Signal;
  readonly kept: unknown;
  readonly next: readonly (readonly [at: number, value: number, signal: number | null])[];
};
const KEPT = JSON.parse(
  readFileSync(new URL('data/memories-of-0.1.json', import.meta.url), 'utf8'),
) as readonly Kept[];

describe('a memory that version 0.1 kept goes on', () => {
  test.each(KEPT)('$signal.of', ({ signal, kept, next }) => {
    const r = rule(signal, step(2, above(1e6)));
    let memory = broughtUp(kept);
    for (const [at, value, expected] of next) {
      const judged = evaluate(r, memory, value, at);
      if (expected === null) expect(judged.signal).toBeNull();
      else expect(judged.signal).toBeCloseTo(expected, 9);
      memory = judged.memory;
    }
    // And one of today's is left as it is.
    expect(broughtUp(JSON.parse(toExactJson(memory)))).toEqual(memory);
  });
});

/** As the journal gives a point's memories back; checkpoints among them. */
function broughtUp(json: unknown): RuleMemory {
  const id = as.rule('test.x');
  const read = () => fromExactJson(JSON.stringify(json)) as RuleMemory;
  const x = as.metric('x');
  const memory: PointMemory = {
    heardAt: 0,
    series: new Map(),
    rules: new Map([[id, read()]]),
    late: new Map([[id, read()]]),
    recent: new Map([[x, { baseAt: 0, base: [read()], at: [], values: [], split: 0, next: [read()] }]]),
    windows: new Map(),
    worst: new Map(),
  };
  const today = ofToday(memory);
  const found = today.rules.get(id);
  if (found === undefined) throw new Error('the memory is gone');
  const checkpoints = today.recent?.get(x);
  for (const other of [today.late.get(id), checkpoints?.base[0], checkpoints?.next?.[0]])
    expect(other).toEqual(found);
  return found;
}
