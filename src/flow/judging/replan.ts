import type { MetricKey, RuleId } from '../../domain/ids.ts';
import { freshMemory } from '../../domain/judge/evaluate.ts';
import { owned, type RuleMemory } from '../../domain/judge/memory.ts';
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
  const { rules, metrics } = changes(before, plan);
  // What was judged by the old rules cannot be judged again by them. What others judge goes on: a backlog may be on its way.
  const { recent, backlog } = point.memory;
  for (const key of metrics) {
    recent?.delete(key);
    backlog?.of.delete(key);
  }
  for (const { id, old, rule } of rules)
    for (const which of ['rules', 'late'] as const)
      if (point.memory[which].has(id)) carryOver(owned(point.memory, which), id, old, rule);
}

type Changed = { readonly id: RuleId; readonly old: Rule; readonly rule: Rule };
type Changes = {
  readonly rules: readonly Changed[];
  /** Those that other rules judge. */
  readonly metrics: readonly MetricKey[];
};

/** Thousands of points go from one plan to another at once: what differs is looked up for the first of them. */
const known = new WeakMap<Plan, WeakMap<Plan, Changes>>();

function changes(before: Plan, after: Plan): Changes {
  const from = known.get(before) ?? new WeakMap<Plan, Changes>();
  known.set(before, from);
  const there = from.get(after);
  if (there !== undefined) return there;
  const rules: Changed[] = [];
  for (const [id, rule] of after.rules) {
    const old = before.rules.get(id);
    if (old !== undefined && old !== rule) rules.push({ id, old, rule });
  }
  const metrics: MetricKey[] = [];
  for (const [key, is] of after.metrics) {
    const was = before.metrics.get(key)?.rules ?? [];
    if (was.length !== is.rules.length || is.rules.some((r, i) => r !== was[i])) metrics.push(is.metric.key);
  }
  const found: Changes = { rules, metrics };
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
