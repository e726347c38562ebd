import type { MetricKey, RuleId } from '../ids.ts';
import type { LevelInForce } from '../level.ts';

/** What a rule may need to know beside its own reading: of the same point, at the same moment. */
export interface OwnPoint {
  /** The stored baseline of the rule's metric, in its unit (installed angle, as-built force). */
  stored(): number | null;
  /** Latest good value of another metric of the point. */
  latest(metric: MetricKey): number | null;
  /** What another rule of the same metric says, this reading included. */
  levelOf(rule: RuleId): LevelInForce;
}

/** A reading with nothing beside it. */
export const ALONE: OwnPoint = { stored: () => null, latest: () => null, levelOf: () => null };
