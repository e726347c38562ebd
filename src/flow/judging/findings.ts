import type { Breach } from '../../domain/alarm/alarm.ts';
import type { WorstSeen } from '../../domain/alarm/events.ts';
import { depth } from '../../domain/alarm/worst.ts';
import { doubtIn } from '../../domain/judge/admits.ts';
import { owned } from '../../domain/judge/memory.ts';
import type { LevelInForce } from '../../domain/level.ts';
import type { Quality } from '../../domain/reading.ts';
import type { Limit, Rule, Step } from '../../domain/rule.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { PointState } from './point-state.ts';

/** What judging a reading may find out: told to the desk while live, to nobody while rebuilding. */
export interface Findings {
  breach(point: PointState, rule: Rule, breach: Breach): void;
  normal(point: PointState, rule: Rule, worst: WorstSeen): void;
}

/** Rebuilding memories at a start: the alarms come from the journal, so nobody needs telling. */
export const NO_LISTENER: Findings = { breach: () => undefined, normal: () => undefined };

/** The reading at which something was found; of a silence, our clock alone. */
export type Witness = { readonly observedAt: Millis; readonly quality?: Quality | undefined };

export function breachOf(
  rule: Rule,
  step: Step,
  level: NonNullable<LevelInForce>,
  value: number | null,
  by: Witness,
  late: boolean,
  /** Over how long the value was taken, where that is not the rule's window. */
  span?: Duration,
): Breach {
  const { observedAt, quality } = by;
  return {
    level,
    value,
    unit: rule.unit,
    limit: step.limit,
    observedAt,
    late,
    advice: step.advice,
    ruleVersion: rule.version,
    ...doubtIn(quality),
    ...(span === undefined ? {} : { span }),
  };
}

export function endOfCondition(point: PointState, rule: Rule, tell: Findings): void {
  // Nearly always: nothing was wrong at this point.
  if (point.alarms.size === 0 && point.memory.worst.size === 0) return;
  const alarm = point.alarms.get(rule.id);
  if (alarm !== undefined) {
    const worst = point.memory.worst.get(rule.id);
    tell.normal(point, rule, worst === undefined ? null : { ...worst, level: alarm.level });
  }
  if (point.memory.worst.size > 0) owned(point.memory, 'worst').delete(rule.id);
}

export function noteWorst(
  point: PointState,
  rule: Rule,
  limit: Limit,
  signal: number | null,
  { observedAt, quality }: Witness,
): void {
  if (signal === null) return;
  const known = point.memory.worst.get(rule.id);
  if (known === undefined || known.value === null || depth(limit, signal) > depth(limit, known.value)) {
    owned(point.memory, 'worst').set(rule.id, { value: signal, at: observedAt, ...doubtIn(quality) });
  }
}
