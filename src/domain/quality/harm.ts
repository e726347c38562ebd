import type { MetricKey } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Rule } from '../rule.ts';
import type { FaultKind } from './device.ts';

/** What would go unseen while a doubtful sensor is not looked after. */
export type Harm = {
  /** How much the fault takes from the sensor (1–3), by what it guards (0–4), by who else looks (1 or 2), by people (1–2). */
  readonly score: number;
  readonly doubt: 1 | 2 | 3;
  /** The gravest level that a rule may raise by what is doubtful; `null`: nothing is judged by it. */
  readonly guards: Level | null;
  /** How many rules go by it. */
  readonly rules: number;
  /** No other sound sensor of the lifeline at its asset. */
  readonly alone: boolean;
  /** Within reach of its asset, where the register knows. */
  readonly people: number | null;
};

/**
 * What a fault takes away (D). 3: it may show calm where there is none. 2: much of what it says is thrown away. 1: it still
 * measures, and will not for long, or says when by a clock that is off.
 */
const DOUBT: Readonly<Record<FaultKind, Harm['doubt']>> = {
  stuck: 3,
  'noise-collapse': 3,
  disagrees: 3,
  'poor-readings': 2,
  'interval-drift': 2,
  'low-battery': 1,
  'clock-off': 1,
};
/** People within reach, and by how much more harm is done from so many on (the bounds of the risk of assets). */
const PEOPLE = [30, 100, 300, 1_000] as const;
const OWN_STATE: ReadonlySet<string> = new Set(['battery', 'batteryLow', 'signal', 'rssi']);

/** @param about what is known of the place: the rules at its point, other sound sensors there, people within reach */
export function harmOf(
  fault: { readonly kind: FaultKind; readonly metric: MetricKey | null },
  about: { readonly rules: readonly Rule[]; readonly others: number; readonly people: number | null },
): Harm {
  const { others, people } = about;
  // A battery's own fault takes all that the device measures.
  const of = fault.metric !== null && !OWN_STATE.has(fault.metric) ? fault.metric : null;
  const guarding = about.rules.filter(
    (r) =>
      r.metric !== null &&
      !OWN_STATE.has(r.metric) &&
      r.signal.of !== 'silentFor' &&
      (of === null || r.metric === of),
  );
  const levels = guarding.flatMap((r) => r.steps.map((s) => s.level));
  const guards = levels.length === 0 ? null : (Math.min(...levels) as Level);
  const doubt = DOUBT[fault.kind];
  const alone = others === 0;
  const within = people === null ? 0 : PEOPLE.filter((n) => people >= n).length;
  const score = doubt * (guards === null ? 0 : 5 - guards) * (alone ? 2 : 1) * (1 + within / 4);
  return { score, doubt, guards, rules: guarding.length, alone, people };
}
