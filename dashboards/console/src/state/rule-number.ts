import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import { dueWithin } from './age.ts';
import { type LimitSide, limitInForce, type MetricJson, type RuleJson } from './catalog.ts';

/** A number of a rule, as an alarm or the stream tells it. */
export type SignalJson = NonNullable<AlarmJson['signal']>;
/** The newest of each alarm that is watched. */
export type Signals = ReadonlyMap<string, SignalJson>;

export type RuleNumber = SignalJson & {
  /** It is of now; else of when the level came in force. */
  readonly live: boolean;
};

/**
 * The number that an alarm's limit limits, where that is not the reading: 6 cm/min is compared with 5 cm/min, and not the 34 cm
 * that stand in the well. `null`: it is the reading.
 */
export function ruleNumberOf(
  a: AlarmJson,
  signals: Signals,
  rule: RuleJson | null,
  metric: MetricJson | null,
): RuleNumber | null {
  const told = signals.get(a.id);
  const newest =
    told !== undefined && (a.signal === undefined || Date.parse(told.at) >= Date.parse(a.signal.at))
      ? told
      : a.signal;
  if (newest !== undefined) return { ...newest, live: true };
  const unit = a.reached?.unit ?? a.trigger.unit;
  const isReading = rule === null ? metric === null || metric.unit === unit : rule.signal.of === 'value';
  if (isReading || a.metric === null) return null;
  const { value, at } = a.reached ?? { value: a.trigger.value, at: a.observedAt };
  return { value, unit, at, live: false };
}

/** True of an alarm that goes on although its number is not past the limit any more: it waits to be over. */
export function hasFallenBack(a: AlarmJson, value: number | null, rule: RuleJson | null): boolean {
  if (value === null || !a.phase.startsWith('active')) return false;
  const { limit, side }: LimitSide = limitInForce(a, rule);
  return side === 'above' ? value < limit : value > limit;
}

/** True of a value that is older than the interval at which the next should have come. */
export const isOverdue = (ageMs: number, metric: MetricJson | null): boolean =>
  metric !== null && ageMs > dueWithin(metric.expectedIntervalMs);
