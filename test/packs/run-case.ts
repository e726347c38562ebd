import { as } from '../../src/domain/ids.ts';
import { evaluate, evaluateSpread, evaluateTogether, freshMemory } from '../../src/domain/judge/evaluate.ts';
import { passes } from '../../src/domain/judge/limit.ts';
import { ALONE } from '../../src/domain/judge/own-point.ts';
import type { LevelInForce } from '../../src/domain/level.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { levelsOf, values } from '../domain/judge/series.ts';
import type { PackCase } from './cases/case.ts';

/** The level in force after each moment of a case, whatever its rule looks at. */
export function levelsOfCase(rule: Rule, c: PackCase, rules: ReadonlyMap<string, Rule>): LevelInForce[] {
  const { signal } = rule;
  if (signal.of === 'together' || signal.of === 'spread') return overSeveral(rule, c);
  if (signal.of === 'count' && signal.occurrence.by === 'rule') {
    const counted = rules.get(signal.occurrence.rule);
    if (counted === undefined) throw new Error(`${rule.id} counts ${signal.occurrence.rule}, which is none`);
    return counting(rule, counted, c);
  }
  return levelsOf(rule, c.series, c.every, {
    ...ALONE,
    stored: () => c.stored ?? null,
    latest: () => c.environment ?? null,
  });
}

/** `series` is the first member or point, `beside` the others, at the same moments. */
function overSeveral(rule: Rule, c: PackCase): LevelInForce[] {
  const all = [c.series, ...(c.beside ?? [])].map(values);
  const point = (i: number) => as.point(`P-${i}`);
  const reach = new Set(all.map((_, i) => point(i)));
  let memory = freshMemory(rule);
  let level: LevelInForce = null;
  return (all[0] ?? []).map((_, moment) => {
    const at = moment * c.every;
    for (const [i, series] of all.entries()) {
      const value = series[moment] ?? null;
      if (value === null) continue;
      const said =
        rule.signal.of === 'together'
          ? evaluateTogether(
              rule,
              memory,
              { member: i, point: point(i), holds: holds(rule, i, value), at },
              reach,
            )
          : evaluateSpread(rule, memory, { point: point(i), value, at }, reach);
      ({ memory, level } = said);
    }
    return level;
  });
}

function holds(rule: Rule, member: number, value: number): boolean {
  const of = rule.signal.of === 'together' ? rule.signal.members[member]?.holds : undefined;
  if (of?.by !== 'limit') throw new Error(`${rule.id}: member ${member} is judged by no limit`);
  return passes(of.limit, 0, value);
}

function counting(rule: Rule, counted: Rule, c: PackCase): LevelInForce[] {
  let [memory, own] = [freshMemory(rule), freshMemory(counted)];
  return values(c.series).map((value, moment) => {
    const at = moment * c.every;
    const said = evaluate(counted, own, value ?? 0, at);
    own = said.memory;
    const judged = evaluate(rule, memory, value ?? 0, at, { ...ALONE, levelOf: () => said.level });
    memory = judged.memory;
    return judged.level;
  });
}
