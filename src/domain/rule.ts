import type { LifelineKey, MetricKey, RuleId } from './ids.ts';
import type { Level } from './level.ts';
import type { Bilingual, Source } from './metric.ts';
import type { Duration } from './time.ts';

/**
 * What number a rule watches. A signal turns good readings (and, for `silentFor`, the clock) into one
 * number; the steps then judge that number, whatever it came from. New kinds (window statistics, counts,
 * deviation from a baseline, combinations) are new members here and nothing else changes.
 */
export type Signal =
  /** The reading itself, in the metric's unit (a flag is 0 or 1). */
  | { readonly of: 'value' }
  /** Change per minute over a window: (newest − oldest in window) / minutes between; needs half a window of data. */
  | { readonly of: 'rate'; readonly window: Duration }
  /**
   * Minutes for which the value has not moved by more than `within` (metric's unit). `onlyAbove`: a value at or
   * below it may stand still for ever (a dry street stays at 0) and counts as no time at all.
   */
  | { readonly of: 'unchangedFor'; readonly within: number; readonly onlyAbove?: number }
  /** Minutes since anything was heard from the point, on our clock; driven by ticks, not by readings. */
  | { readonly of: 'silentFor' };

/** When a signal is a condition. Numbers in the signal's unit. */
export type Limit =
  | { readonly is: 'above'; readonly limit: number } // signal ≥ limit
  | { readonly is: 'below'; readonly limit: number } // signal ≤ limit
  | { readonly is: 'outside'; readonly low: number; readonly high: number }; // signal < low or > high

/** One step 阈值 of a rule: a watcher of its own. */
export type Step = {
  readonly level: Level;
  readonly limit: Limit;
  /**
   * Applies when letting go, in the signal's unit: the signal must come back past the limit by more than this
   * (`above 20`, deadband 2: on from 20, and still on at 18; off below 18).
   */
  readonly deadband: number;
  /** The condition must hold this long (event time) before the step takes hold. 0: at once. */
  readonly onDelay: Duration;
  /** The condition must be gone this long (event time) before the step lets go. */
  readonly offDelay: Duration;
  readonly source: Source;
  /** 处置建议 for this level. */
  readonly advice: Bilingual;
};

/** Rule 规则: when a metric's behaviour at a point is a condition. */
export type Rule = {
  readonly id: RuleId;
  readonly version: number;
  readonly lifeline: LifelineKey;
  /** `null` for a rule of the whole point (silence). */
  readonly metric: MetricKey | null;
  readonly name: Bilingual;
  readonly signal: Signal;
  /** Unit of the signal, for people: `%LEL`, `cm/min`, `min`. */
  readonly unit: string;
  readonly steps: readonly Step[];
  /** A latched alarm must be reset by a person after a look on site. */
  readonly latching: boolean;
  /** An acknowledged alarm that stays active this long becomes unacknowledged again; `null`: never. */
  readonly reAlarmAfter: Duration | null;
};
