import type { Change, EffectiveRule, Judges, StepNumbers } from '../../api/answers.ts';

/** From the strictest to the widest. */
export const JUDGES = ['strictly-good', 'good', 'measured'] as const satisfies readonly Judges[];

/** One step as it stands in the form: text, as it was typed. */
export type Typed = {
  readonly level: StepNumbers['level'];
  enabled: boolean;
  limit: Record<string, string>;
  deadband: string;
  delay: string;
};
export type StepChange = {
  level: StepNumbers['level'];
  enabled?: boolean;
  limit?: Record<string, number>;
  deadband?: number;
  onDelayMs?: number;
};

export const typedOf = (rule: EffectiveRule): Typed[] =>
  rule.numbers.map((n) => ({
    level: n.level,
    enabled: n.enabled.value,
    limit: Object.fromEntries(Object.entries(n.limit.value).map(([k, v]) => [k, String(v)])),
    deadband: String(n.deadband.value),
    delay: String(n.onDelayMs.value / 1_000),
  }));

/** Only what differs from what is in force, so that every other number keeps its source. `wrong`: the level of what is no number. */
export function changesOf(
  rule: EffectiveRule,
  typed: readonly Typed[],
): { readonly wrong: number } | { readonly steps: StepChange[] } {
  const steps: StepChange[] = [];
  for (const t of typed) {
    const now = rule.numbers.find((n) => n.level === t.level);
    if (now === undefined) continue;
    const step: StepChange = { level: t.level };
    const limit: Record<string, number> = {};
    for (const [key, text] of Object.entries(t.limit)) {
      const value = numberIn(text);
      if (value === null) return { wrong: t.level };
      if (value !== now.limit.value[key]) limit[key] = value;
    }
    const seconds = numberIn(t.delay);
    const deadband = numberIn(t.deadband);
    if (seconds === null || deadband === null) return { wrong: t.level };
    if (Object.keys(limit).length > 0) step.limit = limit;
    if (deadband !== now.deadband.value) step.deadband = deadband;
    if (seconds * 1_000 !== now.onDelayMs.value) step.onDelayMs = Math.round(seconds * 1_000);
    if (t.enabled !== now.enabled.value) step.enabled = t.enabled;
    if (Object.keys(step).length > 1) steps.push(step);
  }
  return { steps };
}

/** With a limit that was drawn on a curve: `?level=1&limit=57`; whatever else is asked, the form as it is. */
export function withAsked(typed: Typed[], { level, limit }: Readonly<Record<string, unknown>>): Typed[] {
  if (typeof limit !== 'string' || numberIn(limit) === null) return typed;
  return typed.map((t) =>
    String(t.level) === level && 'limit' in t.limit ? { ...t, limit: { ...t.limit, limit } } : t,
  );
}

/** The form with the numbers of a change in it. */
export const typedWith = (typed: readonly Typed[], steps: Extract<Change, { do: 'set' }>['steps']): Typed[] =>
  typed.map((t) => {
    const step = steps.find((s) => s.level === t.level);
    if (step === undefined) return t;
    return {
      ...t,
      ...(step.deadband == null ? {} : { deadband: String(step.deadband) }),
      ...(step.onDelayMs == null ? {} : { delay: String(step.onDelayMs / 1_000) }),
    };
  });

function numberIn(text: string): number | null {
  const value = Number(String(text).trim());
  return String(text).trim() === '' || !Number.isFinite(value) ? null : value;
}
