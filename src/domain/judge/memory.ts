import type { MetricKey, RuleId } from '../ids.ts';
import type { Doubt } from '../reading.ts';
import type { Duration, Millis } from '../time.ts';
import type { ClockMemory } from './clock.ts';
import type { Rows } from './rows.ts';

/** One step's memory: one bit, and since when the signal has disagreed with it (event time). */
export type WatcherMemory = { readonly on: boolean; readonly disagreeingSince: Millis | null };

/**
 * What a signal has to remember; of bounded size, and kept in the journal. `null`: nothing.
 *
 * Every reading replaces what changed, and with 100,000 points nothing of it dies young: what changes with each reading
 * is few objects, and their numbers stand in arrays, for in an object each would be one more object of its own.
 */
export type SignalMemory =
  | null
  /** Samples in rows of instant and value. */
  | { readonly of: 'rate'; readonly samples: Rows }
  | StatisticMemory
  | CountMemory
  | DeviationMemory
  | ExtremeMemory
  | TrendMemory
  /**
   * `since`: as if readings had come without a gap; `seenAt`: up to when that was looked at. Absent in memories that were
   * kept before gaps were.
   */
  | {
      readonly of: 'unchangedFor';
      readonly since: Millis;
      readonly value: number;
      readonly seenAt?: Millis;
    }
  | NightMemory
  | TogetherMemory
  | SpreadMemory;

/**
 * What is known of one stretch of readings: enough for every statistic, and two of them make one. `from` is the instant of its
 * first reading; `weight` the ms for which its readings stood (of a sum: how many they are), and `sum` is weighed by that;
 * `m2` the weighed sum of squares of the distances from the mean: no cancellation, however far from 0 they lie.
 */
export type Part = readonly [from: Millis, weight: number, sum: number, m2: number, min: number, max: number];

/**
 * … and the reading that stands now, which weighs nothing in it until the next one comes: how far behind the one before it
 * lay, and for how long it is taken to stand until then.
 */
export type OpenPart = readonly [...Part, lastAt: Millis, last: number, gap: Duration, stands: Duration];

export type StatisticMemory = {
  readonly of: 'statistic';
  /** What the parts weigh their readings by: how long each stood, or (a sum) none more than another. */
  readonly by: 'time' | 'count';
  /** Number of the part that is open: (event time - phase) / length of a part. */
  readonly index: number;
  /** How far our clock was moved since parts were first numbered; absent: never. */
  readonly phase?: Duration | undefined;
  readonly open: OpenPart;
  readonly past: PastParts;
};

/** The closed parts that a window still holds. */
export type PastParts = {
  /** In rows of a part's end and the part … */
  readonly newer: Rows;
  readonly newerTogether: Part | null;
  /** … and those before them, in rows of a part's end and all from that part on to the last in here. */
  readonly older: Rows;
  /**
   * What a window that begins within the oldest part asks for with every reading, made once as a part closes: the oldest
   * part's end, all parts together, and all but the oldest where there are others. Absent: nobody has made it yet.
   */
  readonly edge?: Edge;
};

export type Edge = readonly number[];

export type CountMemory = {
  readonly of: 'count';
  readonly on: boolean;
  /** When each occurrence began. */
  readonly begun: Rows;
};

export type DeviationMemory = {
  readonly of: 'deviation';
  readonly smooth: StatisticMemory | null;
  readonly learned: LearnedMemory | null;
  /** Absent: nothing is taken out, or by a number that the rule says. */
  readonly around?: EnvironmentMemory;
};

/** What a learnt compensation knows of the metric that it takes out. */
export type EnvironmentMemory = {
  /** What is usual of it, as the baseline is of the reading. */
  readonly usual: LearnedMemory | null;
  readonly regression: RegressionMemory | null;
};

/** Pairs that were seen together: how many, their means, and the sums of squares and of products about these. */
export type Moments = readonly [n: number, x: number, y: number, xx: number, xy: number, yy: number];

export type RegressionMemory = {
  readonly since: Millis;
  /** How far our clock was moved since parts were first numbered. */
  readonly phase: Duration;
  /** Number of the part that is open: (event time - phase) / length of a part. */
  readonly index: number;
  /** Closed parts, in rows of number and moments. */
  readonly closed: Rows;
  readonly open: Moments;
  /** As of the last part that closed; `null`: too little was seen. `share`: of what moved, how much it explains. */
  readonly slope: { readonly perUnit: number; readonly share: number; readonly n: number } | null;
};

export type LearnedMemory = {
  readonly learnt: {
    readonly since: Millis;
    /** Number of the part that is open. */
    readonly index: number;
    /** Closed parts, in rows of number and mean. */
    readonly means: Rows;
    readonly baseline: number | null;
    /** A first window is over: its baseline stays. */
    readonly settled: boolean;
  };
  /** The part that is open. `skipped`: time that taught nothing: the rule was on, or nothing came for long. */
  readonly open: readonly [lastAt: Millis, skipped: Duration, weight: number, sum: number, last: number];
};

export type ExtremeMemory = {
  readonly of: 'extreme';
  /** As if readings had come without a gap. */
  readonly since: Millis;
  /** Up to when that was looked at; absent in memories that were kept before gaps were. */
  readonly seenAt?: Millis;
  readonly max: number;
  readonly min: number;
  /** The extremes to be, once the excursion is over. */
  readonly newMax: number;
  readonly newMin: number;
};

export type TrendMemory = {
  readonly of: 'trend';
  readonly index: number;
  /** As in `StatisticMemory`. */
  readonly phase?: Duration | undefined;
  readonly open: OpenPart;
  /** The statistic of the window before; `null` where it had no data. */
  readonly last: number | null;
  readonly run: number;
  /** How many windows have closed: none, and the trend cannot be known. */
  readonly closed: number;
};

export type NightMemory = {
  readonly of: 'night';
  /** The night that is heard now: its first reading, its least, and how many. */
  readonly open: { readonly from: Millis; readonly min: number; readonly n: number } | null;
  /** The least of each night before, oldest first. */
  readonly past: Rows;
  /** What the last night that was over came to. */
  readonly says: number | null;
};

export type TogetherMemory = {
  readonly of: 'together';
  /** By `<number of the member>@<point>`. */
  readonly held: Readonly<
    Record<string, { readonly now: boolean; readonly at: Millis; readonly heldAt: Millis | null }>
  >;
};

export type SpreadMemory = {
  readonly of: 'spread';
  readonly latest: Readonly<Record<string, { readonly value: number; readonly at: Millis }>>;
};

/** A rule's memory at a point, kept in the journal, so that a restart forgets nothing. */
export type RuleMemory = {
  readonly signal: SignalMemory;
  /** One entry per `rule.steps`, in that order. */
  readonly watchers: readonly WatcherMemory[];
};

/** What a point remembers of one metric: enough for order, duplicates and jumps. Changed in place. */
export type SeriesMemory = {
  newestAt: Millis;
  /** Last good value. */
  value: number | null;
  valueAt: Millis | null;
  /** The last reading, where it was an impossible jump: a second one that agrees with it makes it believed. */
  doubted?: { readonly value: number; readonly at: Millis } | null;
  /**
   * In rows of an instant, as the device had it, and what was said of it (`isKnown`: only the same content at the same instant is
   * a repetition); the last ones in order of receipt, bounded.
   */
  readonly said: number[];
  /** Where nothing came on time, begin and end one after the other, the last ones (`gaps.ts`); absent: nowhere. */
  gaps?: number[];
  /** Instants of which several things were said, and where the last of each stands (`crowds.ts`); absent: of none. */
  crowds?: number[];
};

/** Open window of a waveform feature: everything the five statistics need. */
export type WindowMemory = {
  readonly startsAt: Millis;
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly min: number;
  readonly max: number;
  /** Some of it came by a clock that is off. */
  readonly clockOff?: true;
};

/**
 * The readings that one which comes behind them may still have to be judged before, in order of event time, and the
 * rules' memories (in the order of the metric's rules) before the first of them and, once there is one, before number `split`.
 */
export type RecentMemory = {
  /** The last reading that `base` knows of. */
  baseAt: Millis | null;
  base: readonly RuleMemory[];
  /** In rows of an instant and its value (`recent.ts`). */
  readonly samples: number[];
  split: number;
  next: readonly RuleMemory[] | null;
  /** Of backfill: `base` was what is on time's when an outage began; let go of where something older comes. */
  borrowedAt?: Millis;
  /** By instant, of those that are not simply good: not every rule judges them. */
  doubts?: Map<Millis, Doubt>;
};

/** Backfill of a point, by metric, as `RecentMemory` keeps what is on time. */
export type BacklogMemory = {
  /** Our clock: when the last of it came. */
  heardAt: Millis;
  readonly of: Map<MetricKey, RecentMemory>;
};

/**
 * What most points have none of. An empty Map takes 184 bytes, and of 100,000 points each had six: so all share this one,
 * and what is typed as read-only is written to by `owned` alone.
 */
export const NOTHING_YET: ReadonlyMap<never, never> = new Map<never, never>();

type MapsOf<T> = {
  [K in keyof T]-?: NonNullable<T[K]> extends ReadonlyMap<infer _K, infer _V> ? K : never;
}[keyof T];

/** A map of `of` to write to; made on first use. */
export function owned<T extends object, K extends MapsOf<T>>(
  of: T,
  key: K,
): NonNullable<T[K]> extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : never {
  const has: unknown = of[key];
  if (has === undefined || has === NOTHING_YET) of[key] = new Map() as T[K];
  return of[key] as never;
}

/** Everything judging knows of one point. Changed copy-on-write at the top level. */
export type PointMemory = {
  /** Our clock: when anything was last heard; 0: never. */
  heardAt: Millis;
  /** Our clock: since when something might have been heard, while nothing was: registered, or given a device. */
  awaitedSince?: Millis;
  readonly series: Map<MetricKey, SeriesMemory>;
  readonly rules: Map<RuleId, RuleMemory>;
  /** The same rules over backfill that is older than the newest reading: may raise a late alarm, never clear one. */
  late: ReadonlyMap<RuleId, RuleMemory>;
  /** While backfill comes: what has come, so that it may come in any order. */
  backlog?: BacklogMemory | undefined;
  /** Excursions that were told of, by rule: see `told.ts`. */
  told?: ReadonlyMap<RuleId, number[]>;
  /** Absent: the device's word is good. */
  clock?: ClockMemory | undefined;
  /** By metric; absent in memories that were kept before there was one. */
  recent?: Map<MetricKey, RecentMemory>;
  /** Open windows over waveforms, keyed `<waveform>@<length>`. */
  windows: ReadonlyMap<MetricKey, WindowMemory>;
  /** Worst value while a rule's level is in force; feeds the alarm's `worst`. */
  worst: ReadonlyMap<RuleId, { readonly value: number | null; readonly at: Millis; readonly doubt?: Doubt }>;
};
