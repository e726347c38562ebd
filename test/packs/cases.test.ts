import { describe, expect, test } from 'vitest';
import { PACKS } from '../../src/packs/index.ts';
import { levels, levelsOf, values } from '../domain/judge/series.ts';
import { BRIDGE_CASES } from './cases/bridge.ts';
import type { PackCase } from './cases/case.ts';
import { EDGE_CASES } from './cases/edges.ts';
import { GAS_CASES } from './cases/gas.ts';
import { MANHOLE_CASES } from './cases/manhole.ts';
import { WATERLOGGING_CASES } from './cases/waterlogging.ts';

const CASES: readonly PackCase[] = [
  ...GAS_CASES,
  ...WATERLOGGING_CASES,
  ...MANHOLE_CASES,
  ...BRIDGE_CASES,
  ...EDGE_CASES,
];
const RULES = new Map(PACKS.flatMap((p) => p.rules).map((r) => [r.id as string, r]));

describe('what the packs promise', () => {
  test.each(CASES)('$rule: $promise', ({ rule: id, series, every, levels: expected }) => {
    const rule = RULES.get(id);
    if (rule === undefined) throw new Error(`no pack has a rule "${id}"`);
    expect(levelsOf(rule, series, every)).toEqual(levels(expected, values(series).length));
  });

  test('every step of every rule has a case in which it is the level in force', () => {
    const proved = new Set(
      CASES.flatMap((c) => levels(c.levels, values(c.series).length).map((l) => `${c.rule} level ${l}`)),
    );
    const unproved = [...RULES.values()]
      .flatMap((r) => r.steps.map((s) => `${r.id} level ${s.level}`))
      .filter((s) => !proved.has(s));
    expect(unproved).toEqual([]);
  });

  test('every rule has a case in which it lets go', () => {
    const lettingGo = CASES.filter((c) => {
      const said = levels(c.levels, values(c.series).length);
      return said.some((l, i) => l === null && (said[i - 1] ?? null) !== null);
    });
    const ids = new Set(lettingGo.map((c) => c.rule));
    expect([...RULES.keys()].filter((id) => !ids.has(id))).toEqual([]);
  });
});
