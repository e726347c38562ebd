import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PACKS } from '../../src/packs/index.ts';
import { levels, values } from '../domain/judge/series.ts';
import type { PackCase } from './cases/case.ts';
import { levelsOfCase } from './run-case.ts';

/** Every list of cases in the folder: a further pack brings its own file, and nothing else changes. */
const FOLDER = join(import.meta.dirname, 'cases');
const CASES: readonly PackCase[] = (
  await Promise.all(readdirSync(FOLDER).map((file) => import(pathToFileURL(join(FOLDER, file)).href)))
)
  .flatMap((file) => Object.values(file))
  .filter((found): found is PackCase[] => Array.isArray(found))
  .flat();
const RULES = new Map(PACKS.flatMap((p) => p.rules).map((r) => [r.id as string, r]));

describe('what the packs promise', () => {
  test.each(CASES)('$rule: $promise', (promised) => {
    const { rule: id, series, levels: expected } = promised;
    const rule = RULES.get(id);
    if (rule === undefined) throw new Error(`no pack has a rule "${id}"`);
    expect(levelsOfCase(rule, promised, RULES)).toEqual(levels(expected, values(series).length));
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
