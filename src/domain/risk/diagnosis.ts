import type { AreaCode, AssetCode, OrderId, RuleId } from '../ids.ts';
import type { Refusal, RefusalCode } from '../refusals.ts';
import { no, ok, type Result } from '../result.ts';
import type { Millis } from '../time.ts';

/** 六步: the steps of one finding, in their order. */
export const DIAGNOSIS_STEPS = ['examine', 'evaluate', 'diagnose', 'treat', 'recheck', 'watch'] as const;
export type DiagnosisStep = (typeof DIAGNOSIS_STEPS)[number];

type By = { readonly account: string; readonly name: string };
type Done<T> = T & { readonly at: Millis; readonly by: By };

/** One finding from its 体检 value to the rule that watches it: 体检—评价—诊断—治理—复查—监测预警. */
export type Diagnosis = {
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly area: AreaCode;
  readonly asset: AssetCode | null;
  /** Its standard, or the paper that sets what is measured. */
  readonly standard: string;
  readonly examine: Done<{ readonly value: number; readonly unit: string }>;
  readonly evaluate: Done<{
    readonly target: number;
    readonly better: 'higher' | 'lower';
    readonly meets: boolean;
  }> | null;
  readonly diagnose: Done<{ readonly cause: string }> | null;
  /** It ends in an order or in a rule, never in a wish. */
  readonly treat: Done<{
    readonly order: OrderId | null;
    readonly rule: RuleId | null;
    readonly measure: string;
  }> | null;
  readonly recheck: Done<{ readonly value: number; readonly meets: boolean }> | null;
  readonly watch: Done<{ readonly rule: RuleId }> | null;
};

export type DiagnosisAct =
  | { readonly do: 'evaluate'; readonly target: number; readonly better: 'higher' | 'lower' }
  | { readonly do: 'diagnose'; readonly cause: string }
  | {
      readonly do: 'treat';
      readonly order: OrderId | null;
      readonly rule: RuleId | null;
      readonly measure: string;
    }
  | { readonly do: 'recheck'; readonly value: number }
  | { readonly do: 'watch'; readonly rule: RuleId };

/** Whether nothing more is to be done: it meets its target as it was found, or is watched by a rule. */
export const isDiagnosisOver = (d: Diagnosis): boolean => d.evaluate?.meets === true || d.watch !== null;

/** The step that comes next; `null`: none. */
export function nextStep(d: Diagnosis): Exclude<DiagnosisStep, 'examine'> | null {
  if (isDiagnosisOver(d)) return null;
  if (d.evaluate === null) return 'evaluate';
  if (d.diagnose === null) return 'diagnose';
  if (d.treat === null) return 'treat';
  // What did not help is treated anew.
  if (d.recheck !== null && !d.recheck.meets) return 'treat';
  return d.recheck === null ? 'recheck' : 'watch';
}

/** What becomes of a finding by a step, or why the step cannot be taken yet. */
export function stepDiagnosis(
  d: Diagnosis,
  act: DiagnosisAct,
  by: By,
  now: Millis,
): Result<Diagnosis, Refusal> {
  if (nextStep(d) !== act.do) return refused(isDiagnosisOver(d) ? 'diagnosis-over' : 'diagnosis-order');
  const done = { at: now, by };
  const then = { ...d, revision: d.revision + 1 };
  switch (act.do) {
    case 'evaluate':
      return ok({
        ...then,
        evaluate: { target: act.target, better: act.better, meets: meets(d.examine.value, act), ...done },
      });
    case 'diagnose':
      return ok({ ...then, diagnose: { cause: act.cause, ...done } });
    case 'treat':
      if (act.order === null && act.rule === null) return refused('diagnosis-measure');
      return ok({
        ...then,
        treat: { order: act.order, rule: act.rule, measure: act.measure, ...done },
        recheck: null,
      });
    case 'recheck':
      return ok({
        ...then,
        recheck: { value: act.value, meets: d.evaluate !== null && meets(act.value, d.evaluate), ...done },
      });
    case 'watch':
      return ok({ ...then, watch: { rule: act.rule, ...done } });
  }
}

const meets = (
  value: number,
  { target, better }: { readonly target: number; readonly better: 'higher' | 'lower' },
) => (better === 'higher' ? value >= target : value <= target);

const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
