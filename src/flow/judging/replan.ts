import type { RuleId } from '../../domain/ids.ts';
import { freshMemory } from '../../domain/judge/evaluate.ts';
import type { RuleMemory } from '../../domain/judge/memory.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Plan } from '../rules/rule-book.ts';
import type { PointState } from './point-state.ts';

/**
 * Other rules hold at a point from here on. What its rules remember goes over: a step keeps its one bit and since
 * when it has been disputed, so that an open alarm stays open and the next reading says by the new numbers whether
 * it goes on. A step that is there again after it was disabled begins afresh.
 */
export function replan(point: PointState, plan: Plan): void {
  const before = point.plan;
  if (before === plan) return;
  point.plan = plan;
  // What was judged by the old rules cannot be judged again by them.
  point.memory.recent?.clear();
  point.memory.backlog = undefined;
  for (const { id, old, rule } of changes(before, plan))
    for (const memories of [point.memory.rules, point.memory.late]) carryOver(memories, id, old, rule);
}

type Changed = { readonly id: RuleId; readonly old: Rule; readonly rule: Rule };

/** Thousands of points go from one plan to another at once: what differs is looked up for the first of them. */
const known = new WeakMap<Plan, WeakMap<Plan, readonly Changed[]>>();

function changes(before: Plan, after: Plan): readonly Changed[] {
  const from = known.get(before) ?? new WeakMap<Plan, readonly Changed[]>();
  known.set(before, from);
  const there = from.get(after);
  if (there !== undefined) return there;
  const found: Changed[] = [];
  for (const [id, rule] of after.rules) {
    const old = before.rules.get(id);
    if (old !== undefined && old !== rule) found.push({ id, old, rule });
  }
  from.set(after, found);
  return found;
}

function carryOver(memories: Map<RuleId, RuleMemory>, id: RuleId, old: Rule, rule: Rule): void {
  const memory = memories.get(id);
  if (memory === undefined) return;
  if (old.steps.length === rule.steps.length && old.steps.every((s, i) => s.level === rule.steps[i]?.level))
    return;
  const fresh = freshMemory(rule).watchers;
  const watchers = rule.steps.map((step, i) => {
    const was = old.steps.findIndex((s) => s.level === step.level);
    return memory.watchers[was] ?? (fresh[i] as RuleMemory['watchers'][number]);
  });
  memories.set(id, { ...memory, watchers });
}
