import type { LifelineKey, MetricKey, RuleId } from './ids.ts';
import type { Level } from './level.ts';
import type { Bilingual, Source } from './text.ts';
import type { Duration } from './time.ts';

/**
 * What number a rule watches. A signal turns the readings that its rule judges (and, for `silentFor`, the clock; for `together` and
 * `spread`, other points) into one number; the steps then judge that number, whatever it came from. While it cannot
 * be known (too little of a window, no baseline) it is no evidence: it neither raises nor ends.
 */
export type Signal =
  /** The reading itself, in the metric's unit (a flag is 0 or 1). `magnitude`: |reading|, for symmetric limits that include their bound. */
  | { readonly of: 'value'; readonly magnitude?: true }
  /** 1 while the reading is one of these codes (valve, pump, phase), else 0. */
  | { readonly of: 'state'; readonly oneOf: readonly number[] }
  /**
   * Change per minute (or `per`) over a window: (newest − oldest in window) / time between; needs half a window of data. Where the
   * window holds none before the newest, from the last one before it; over a gap, or over more than 12 windows, that only raises.
   */
  | { readonly of: 'rate'; readonly window: Duration; readonly per?: Duration }
  /**
   * A statistic over the window that ends at this reading, by time: each reading stands until the next one comes. Remembered in
   * 24 parts: exact up to a 24th of the window. Known from half a window of data on; where readings usually come further apart
   * than that (up to 12 windows), both ends of each stretch between them count alike. `sum` counts readings, and is known at
   * once (50 mm in an hour are 50 mm in six).
   */
  | { readonly of: 'statistic'; readonly stat: Statistic; readonly window: Duration }
  /** How often `occurrence` has begun within the window, this moment included; at most 64 are remembered. */
  | { readonly of: 'count'; readonly occurrence: Occurrence; readonly window: Duration }
  /**
   * Distance from the baseline, signed: reading − baseline, or 100 × that / |baseline|. `smoothedBy`: the mean of that
   * window stands for the reading. `compensate`: the environment is taken out first, at the same point.
   */
  | {
      readonly of: 'deviation';
      readonly from: Baseline;
      readonly as: 'difference' | 'percent';
      readonly smoothedBy?: Duration;
      readonly compensate?: Compensation;
    }
  /**
   * How far the reading lies beyond the point's own extreme so far, ≥ 0; 0 within it. What is beyond becomes the
   * extreme when the excursion is over. Unknown until `learnFor` of event time has been seen, of which one reading stands for
   * a fifth, or a day, at most.
   */
  | { readonly of: 'extreme'; readonly side: 'max' | 'min' | 'either'; readonly learnFor: Duration }
  /**
   * Divergence: how many times in succession the statistic of a window (aligned to multiples of its length) was more
   * than `by` beyond that of the window before. A window without data breaks the run, and leaves it unknown until the next one
   * has closed.
   */
  | {
      readonly of: 'trend';
      readonly stat: Statistic;
      readonly window: Duration;
      readonly going: 'up' | 'down';
      readonly by: number;
    }
  /**
   * Minutes for which the value has not moved by more than `within` (metric's unit). `onlyAbove`: a value at or
   * below it may stand still for ever (a dry street stays at 0) and counts as no time at all. A reading speaks for a quarter of
   * the least limit before it at most: a gap is no evidence.
   */
  | { readonly of: 'unchangedFor'; readonly within: number; readonly onlyAbove?: number }
  /**
   * The least reading of the last night (hours `from`–`to` of Beijing) against those of the `nights` before: how many usual spreads
   * (1.4826 median absolute deviations, 2 % of the median at least) it lies above their median. Told by the first reading
   * after the night; known from half of the nights on; nights while the rule is on teach nothing.
   */
  | { readonly of: 'night'; readonly from: number; readonly to: number; readonly nights: number }
  /**
   * Minutes (or multiples of `per`, the expected interval) since anything was heard from the point, on our clock; driven by
   * ticks, not by readings. A rule with a metric counts from the last reading of that metric instead. `restsWhile`:
   * dry is not offline: while the metric last read passes the limit, the first `upTo` of the silence counts as none.
   */
  | {
      readonly of: 'silentFor';
      readonly per?: Duration;
      readonly restsWhile?: { readonly metric: MetricKey; readonly limit: Limit; readonly upTo: Duration };
    }
  /**
   * How many members hold at once: at their latest reading, or at some moment within the last `within`. All of n is
   * a limit of n, any is 1, k of n is k. `counting: 'points'`: how many points have a member that holds.
   */
  | {
      readonly of: 'together';
      readonly members: readonly Member[];
      readonly over: Reach;
      readonly within: Duration;
      readonly counting: 'members' | 'points';
    }
  /**
   * Greatest less smallest of the newest values of the rule's metric over the points in reach, each not older than
   * `within`: neighbours that settle apart, or one sensor that disagrees with its asset. Unknown with fewer than two.
   */
  | { readonly of: 'spread'; readonly over: Reach; readonly within: Duration };

export type SignalOf<K extends Signal['of']> = Extract<Signal, { readonly of: K }>;

/** `deviation` is the standard deviation (of the population), `rms` keeps the mean in. */
export type Statistic = 'mean' | 'rms' | 'min' | 'max' | 'peakToPeak' | 'deviation' | 'sum';

/** What begins, to be counted: another rule of the same metric takes hold at this level or a graver one, or a limit is passed. */
export type Occurrence =
  | { readonly by: 'rule'; readonly rule: RuleId; readonly level: Level }
  | { readonly by: 'limit'; readonly limit: Limit; readonly deadband: number };

/** What a reading is compared with. */
export type Baseline =
  /** The same number everywhere the rule is in force: for rules of one point. */
  | { readonly is: 'fixed'; readonly value: number }
  /** The point's attribute `baseline.<metric>` (installed angle, as-built force), in the metric's unit; without one, `orElse`. */
  | { readonly is: 'stored'; readonly orElse?: Learned }
  | Learned;

/**
 * A quantile (0.5 is the median) of means over 1/48 of `over`. `first`: of the first such time, then it stays;
 * `rolling`: of the newest, and what is seen while the rule is on teaches nothing. Known from a quarter of it on;
 * a reading stands for a twelfth of it at most.
 */
export type Learned = {
  readonly is: 'learned';
  readonly quantile: number;
  readonly over: Duration;
  readonly window: 'first' | 'rolling';
};

/**
 * What the other metric's latest value adds to the reading is taken out of it: perUnit × (value − reference). Without these it
 * is learnt while the rule is quiet: perUnit by least squares over the last `over`, within 14 parts of it, each with a mean of its
 * own; reference is what is usual, as the baseline is. Unknown until a quarter of `over` has been seen, and without that metric.
 */
export type Compensation =
  | { readonly metric: MetricKey; readonly perUnit: number; readonly reference: number }
  | { readonly metric: MetricKey; readonly over: Duration };

/** One condition of a combination. */
export type Member = {
  /** `here`: the rule's own point; `near`: any point in reach, its own included. */
  readonly at: 'here' | 'near';
  /** Default: the rule's own. */
  readonly lifeline?: LifelineKey;
  readonly metric: MetricKey;
  readonly holds:
    | { readonly by: 'limit'; readonly limit: Limit }
    /** A rule of that metric is in force at this level or a graver one. */
    | { readonly by: 'rule'; readonly rule: RuleId; readonly level: Level };
};

/** Which other points a rule looks at. */
export type Reach =
  | { readonly to: 'point' }
  | { readonly to: 'asset' }
  | { readonly to: 'distance'; readonly metres: number };

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

/**
 * Which readings a rule judges, by their quality. What it judges it also remembers: in its windows, counts, extremes and
 * learned baselines. What is no number (sentinels among it) nobody judges.
 */
export type Judges =
  /** Simply good ones alone: neither those of a clock that is off nor those of a gauge that seems stuck. */
  | 'strictly-good'
  /** Good ones, and those two doubts, for neither says that the number is wrong (promises C14). */
  | 'good'
  /** Every number that was measured, out of range and impossible jump too: where these are what must be told. */
  | 'measured';

/** Rule 规则: when a metric's behaviour at a point is a condition. */
export type Rule = {
  readonly id: RuleId;
  readonly version: number;
  readonly lifeline: LifelineKey;
  /** `null` for a rule of the whole point (its silence). */
  readonly metric: MetricKey | null;
  readonly name: Bilingual;
  readonly signal: Signal;
  /** Unit of the signal, for people: `%LEL`, `cm/min`, `min`. */
  readonly unit: string;
  readonly steps: readonly Step[];
  /** Absent: `good`. Members of a combination, and counts, that go by another rule go by what that one judges. */
  readonly judges?: Judges;
  /** An authorised opening explains it: while a work window 作业窗口 lasts at the point, its alarms are recorded and not shown. */
  readonly explainedByWorks?: true;
  /**
   * Rules whose alarm, active and shown at the same asset and at least as grave, has this one as its consequence: it is
   * recorded and not shown meanwhile. Rules of the same pack that are nobody's consequence themselves.
   */
  readonly consequenceOf?: readonly RuleId[];
  /** A latched alarm must be reset by a person after a look on site. */
  readonly latching: boolean;
  /** An acknowledged alarm that stays active this long becomes unacknowledged again; `null`: never. */
  readonly reAlarmAfter: Duration | null;
};
