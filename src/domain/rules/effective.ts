import { maySeeArea } from '../account/scope.ts';
import type { AreaCode, PointCode } from '../ids.ts';
import type { Judges, Limit, Rule, Step } from '../rule.ts';
import {
  type JudgesSetting,
  type RuleScope,
  type Setting,
  STEP_FIELDS,
  type StepField,
  type StepSetting,
  type StepValues,
} from './change.ts';

/** Where a rule is asked about. */
export type RulePlace = {
  /** Areas from the widest to the one that the point lies in; empty for "anywhere in the lifeline". */
  readonly areas: readonly AreaCode[];
  readonly point: PointCode | null;
};

export const ANYWHERE: RulePlace = { areas: [], point: null };

/** One number of a step in force, and whose it is. */
export type NumberInForce = {
  readonly field: StepField;
  readonly value: StepValues[StepField];
  /** `null`: the pack's own. */
  readonly from: StepSetting | null;
};

export type EffectiveRule = {
  /** What is judged by: the steps that are enabled, with their numbers in force. */
  readonly rule: Rule;
  /** Every step of the pack's rule, the disabled ones too. */
  readonly steps: readonly { readonly step: Step; readonly numbers: readonly NumberInForce[] }[];
  readonly judges: { readonly value: Judges; readonly from: JudgesSetting | null };
  readonly isOverridden: boolean;
};

/**
 * How near a scope is to a place: the greatest wins. `null`: it does not hold there. Areas are told by the
 * register's tree; where that says nothing, by administrative code: 341600 has 341602 below it, 3416 too.
 */
export function nearness(scope: RuleScope, place: RulePlace): number | null {
  switch (scope.kind) {
    case 'lifeline':
      return 0;
    case 'point':
      return scope.point === place.point ? 1_000_000 : null;
    default: {
      const depth = place.areas.lastIndexOf(scope.area);
      if (depth >= 0) return 1_000 + depth;
      const own = place.areas[place.areas.length - 1];
      if (own === undefined || !maySeeArea([scope.area], own)) return null;
      return scope.area.replace(/(00)+$/, '').length;
    }
  }
}

/** Pack ← area ← point: the rule as it is judged by at a place. */
export function effectiveRule(
  packs: Rule,
  version: number,
  settings: readonly Setting[],
  place: RulePlace,
): EffectiveRule {
  const steps = packs.steps.map((step) => {
    const numbers = STEP_FIELDS.map((field) => numberInForce(step, field, settings, place));
    return { step: numbers.reduce(withNumber, step), numbers };
  });
  const from = nearestOf(settings, place, (s): s is JudgesSetting => s.field === 'judges');
  const judges = { value: from?.value ?? packs.judges ?? 'good', from };
  const isOverridden = from !== null || steps.some((s) => s.numbers.some((n) => n.from !== null));
  if (!isOverridden)
    return { rule: version === packs.version ? packs : { ...packs, version }, steps, judges, isOverridden };
  const enabled = steps.filter((s) => s.numbers.every((n) => n.field !== 'enabled' || n.value === true));
  const rule = judging({ ...packs, version, steps: enabled.map((s) => s.step) }, judges.value);
  return { rule, steps, judges, isOverridden };
}

/** The rule with another word on what it judges; the default is written as no word at all. */
export function judging(rule: Rule, judges: Judges = 'good'): Rule {
  if ((rule.judges ?? 'good') === judges) return rule;
  const { judges: _, ...without } = rule;
  return judges === 'good' ? without : { ...without, judges };
}

function numberInForce(
  step: Step,
  field: StepField,
  settings: readonly Setting[],
  place: RulePlace,
): NumberInForce {
  const nearest = nearestOf(
    settings,
    place,
    (s): s is StepSetting => s.level === step.level && s.field === field,
  );
  return { field, value: nearest?.value ?? packNumber(step, field), from: nearest };
}

function nearestOf<S extends Setting>(
  settings: readonly Setting[],
  place: RulePlace,
  isMeant: (s: Setting) => s is S,
): S | null {
  let nearest: S | null = null;
  let near = -1;
  for (const s of settings) {
    if (!isMeant(s)) continue;
    const n = nearness(s.scope, place);
    if (n === null || n <= near) continue;
    near = n;
    nearest = s;
  }
  return nearest;
}

/** What the pack itself says. */
export function packNumber(step: Step, field: StepField): StepValues[StepField] {
  switch (field) {
    case 'enabled':
      return true;
    case 'limit':
      return limitParts(step.limit);
    default:
      return step[field];
  }
}

/** The numbers of a limit by their names, whatever kind of limit it is. */
export function limitParts(limit: Limit): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(limit).filter((e): e is [string, number] => typeof e[1] === 'number'),
  );
}

function withNumber(step: Step, { field, value, from }: NumberInForce): Step {
  if (from === null || field === 'enabled') return step;
  if (field !== 'limit') return { ...step, [field]: value };
  return {
    ...step,
    limit: { ...step.limit, ...(value as StepValues['limit']) },
    // House numbers are derived by people of the house: the version's page has the reason in full.
    source: {
      mark: 'D',
      ref: `v${from.version} · ${whereText(from.scope)} · ${from.by.name} · ${from.reason}`,
    },
  };
}

export function whereText(scope: RuleScope): string {
  return scope.kind === 'lifeline' ? '全专项' : scope.kind === 'area' ? scope.area : scope.point;
}
