import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Lifeline } from '../api/answers.ts';

/** By which the service watches itself: no part of the city. */
export const OWN_LIFELINE = 'platform';

type Bilingual = Lifeline['name'];
type PackRule = Lifeline['rules'][number];
/** Of what the interface says of a lifeline, its metrics and rules: what is used of it here. */
export type MetricJson = Pick<
  Lifeline['metrics'][number],
  'key' | 'name' | 'unit' | 'kind' | 'expectedIntervalMs'
> &
  Partial<Pick<Lifeline['metrics'][number], 'conversions'>>;
export type StepJson = Pick<PackRule['steps'][number], 'level' | 'limit' | 'onDelayMs'>;
export type RuleJson = Pick<PackRule, 'id' | 'version' | 'metric' | 'unit'> &
  Partial<Pick<PackRule, 'name'>> & {
    readonly signal: Pick<PackRule['signal'], 'of'>;
    readonly steps: readonly StepJson[];
  };
export type PackJson = Pick<Lifeline, 'key' | 'name'> & {
  readonly forecast?: Lifeline['forecast'];
  readonly leakOrBiogas?: Lifeline['leakOrBiogas'];
  readonly commands?: Lifeline['commands'];
  readonly metrics: readonly MetricJson[];
  readonly rules: readonly RuleJson[];
};

export type Catalog = {
  lifelineName(key: string): Bilingual | null;
  metric(lifeline: string, key: string | null): MetricJson | null;
  /** The first metric of a lifeline that is a plain number: for examples. */
  first(lifeline: string): string | null;
  metrics(lifeline: string): readonly MetricJson[];
  /** What devices of it are known to take. */
  commands(lifeline: string): Lifeline['commands'];
  /** The metric of which it is told whether it comes from a pipe or is biogas. */
  methaneOf(lifeline: string): string | null;
  /** Something of its points is forecast. */
  isForecast(lifeline: string): boolean;
  rules(lifeline: string): readonly RuleJson[];
  ruleName(id: string): Bilingual | null;
  /** The rule an alarm names, only if it is the very version that raised it. */
  rule(a: Pick<AlarmJson, 'lifeline' | 'ruleId' | 'ruleVersion'>): RuleJson | null;
};

export function catalogOf(packs: readonly PackJson[]): Catalog {
  const byKey = new Map(packs.map((p) => [p.key, p]));
  return {
    lifelineName: (key) => byKey.get(key)?.name ?? null,
    metric: (lifeline, key) => byKey.get(lifeline)?.metrics.find((m) => m.key === key) ?? null,
    methaneOf: (lifeline) => byKey.get(lifeline)?.leakOrBiogas?.metric ?? null,
    isForecast: (lifeline) => (byKey.get(lifeline)?.forecast ?? null) !== null,
    commands: (lifeline) => byKey.get(lifeline)?.commands ?? [],
    metrics: (lifeline) => byKey.get(lifeline)?.metrics ?? [],
    first: (lifeline) => byKey.get(lifeline)?.metrics.find((m) => m.kind === 'number')?.key ?? null,
    rules: (lifeline) => byKey.get(lifeline)?.rules ?? [],
    ruleName: (id) => packs.flatMap((p) => p.rules).find((r) => r.id === id)?.name ?? null,
    rule: (a) =>
      byKey.get(a.lifeline)?.rules.find((r) => r.id === a.ruleId && r.version === a.ruleVersion) ?? null,
  };
}

export type LimitLine = { readonly value: number; readonly level: AlarmJson['level'] };

/**
 * Limits that may be drawn over the metric's own curve. A rule on a rate or on silence has its numbers in
 * another unit than the curve: a line for them would be a lie, so there is none.
 */
export function limitLines(a: AlarmJson, rule: RuleJson | null, metric: MetricJson | null): LimitLine[] {
  if (a.metric === null || metric?.kind === 'flag') return [];
  if (rule !== null) {
    if (rule.signal.of !== 'value') return [];
    return rule.steps.flatMap((s) => sidesOf(s.limit).map(({ limit }) => ({ value: limit, level: s.level })));
  }
  // The version that raised it is not known any more: only what put the level in force may bear its colour.
  const by = a.reached;
  return by !== undefined && metric !== null && metric.unit === by.unit
    ? [{ value: by.limit, level: a.level }]
    : [];
}

/**
 * What is crossed at the level in force: an alarm that was raised yellow and has risen to red is measured
 * against the red limit, as it was when it rose. Of an alarm that rose before that was kept, by its rule; where that
 * is not known, what it was raised by.
 */
export function limitInForce(a: AlarmJson, rule: RuleJson | null): AlarmLimit {
  const by = a.reached;
  if (by !== undefined) {
    const steps = rule !== null && by.ruleVersion === rule.version ? rule.steps : [];
    const step = steps.find((s) => s.level === a.level && sidesOf(s.limit).some((l) => l.limit === by.limit));
    return { limit: by.limit, side: by.side, onDelayMs: step?.onDelayMs ?? null };
  }
  const raised: AlarmLimit = { limit: a.trigger.limit, side: a.trigger.side, onDelayMs: null };
  const steps = rule?.steps.filter((s) => s.level === a.level) ?? [];
  const limits = steps.flatMap((s) => sidesOf(s.limit).map((l) => ({ ...l, onDelayMs: s.onDelayMs })));
  return (
    limits.find((l) => l.limit === raised.limit && l.side === raised.side) ??
    limits.find((l) => l.side === raised.side) ??
    raised
  );
}

export type LimitSide = { readonly limit: number; readonly side: 'above' | 'below' };
export type AlarmLimit = LimitSide & {
  /** How long the condition has to hold; `null`: not known. */
  readonly onDelayMs: number | null;
};

const sidesOf = (l: StepJson['limit']): { limit: number; side: 'above' | 'below' }[] =>
  l.is === 'outside'
    ? [
        { limit: l.low, side: 'below' },
        { limit: l.high, side: 'above' },
      ]
    : [{ limit: l.limit, side: l.is }];
