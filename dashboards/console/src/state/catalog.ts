import type { AlarmJson } from '../../../../src/wire/alarm.ts';

/** What `GET /lifelines` says, as far as this console uses it. */
export type PackJson = {
  readonly key: string;
  readonly name: Bilingual;
  readonly metrics: readonly MetricJson[];
  readonly rules: readonly RuleJson[];
};
type Bilingual = { readonly zh: string; readonly en: string };
export type MetricJson = {
  readonly key: string;
  readonly name: Bilingual;
  readonly unit: string;
  readonly kind: 'number' | 'flag' | 'waveform';
  readonly expectedIntervalMs: number;
};
export type LimitJson =
  | { readonly is: 'above' | 'below'; readonly limit: number }
  | { readonly is: 'outside'; readonly low: number; readonly high: number };
export type StepJson = {
  readonly level: AlarmJson['level'];
  readonly limit: LimitJson;
  readonly onDelayMs: number;
};
export type RuleJson = {
  readonly id: string;
  readonly version: number;
  readonly metric: string | null;
  readonly signal: { readonly of: string };
  readonly unit: string;
  readonly steps: readonly StepJson[];
};

export type Catalog = {
  lifelineName(key: string): Bilingual | null;
  metric(lifeline: string, key: string | null): MetricJson | null;
  /** The first metric of a lifeline that is a plain number: for examples. */
  first(lifeline: string): string | null;
  metrics(lifeline: string): readonly MetricJson[];
  /** The rule an alarm names, only if it is the very version that raised it. */
  rule(a: Pick<AlarmJson, 'lifeline' | 'ruleId' | 'ruleVersion'>): RuleJson | null;
};

export function catalogOf(packs: readonly PackJson[]): Catalog {
  const byKey = new Map(packs.map((p) => [p.key, p]));
  return {
    lifelineName: (key) => byKey.get(key)?.name ?? null,
    metric: (lifeline, key) => byKey.get(lifeline)?.metrics.find((m) => m.key === key) ?? null,
    metrics: (lifeline) => byKey.get(lifeline)?.metrics ?? [],
    first: (lifeline) => byKey.get(lifeline)?.metrics.find((m) => m.kind === 'number')?.key ?? null,
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
  return metric !== null && metric.unit === a.trigger.unit
    ? [{ value: a.trigger.limit, level: a.level }]
    : [];
}

/**
 * What is crossed at the level in force: an alarm that was raised yellow and has risen to red is measured
 * against the red limit. Where the rule is not known, what it was raised by.
 */
export function limitInForce(a: AlarmJson, rule: RuleJson | null): AlarmLimit {
  const raised: AlarmLimit = { limit: a.trigger.limit, side: a.trigger.side, onDelayMs: null };
  const steps = rule?.steps.filter((s) => s.level === a.level) ?? [];
  const limits = steps.flatMap((s) => sidesOf(s.limit).map((l) => ({ ...l, onDelayMs: s.onDelayMs })));
  return (
    limits.find((l) => l.limit === raised.limit && l.side === raised.side) ??
    limits.find((l) => l.side === raised.side) ??
    raised
  );
}

export type AlarmLimit = {
  readonly limit: number;
  readonly side: 'above' | 'below';
  /** How long the condition has to hold; `null`: not known. */
  readonly onDelayMs: number | null;
};

const sidesOf = (l: LimitJson): { limit: number; side: 'above' | 'below' }[] =>
  l.is === 'outside'
    ? [
        { limit: l.low, side: 'below' },
        { limit: l.high, side: 'above' },
      ]
    : [{ limit: l.limit, side: l.is }];
