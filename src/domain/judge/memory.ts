import type { MetricKey, RuleId } from '../ids.ts';
import type { Millis } from '../time.ts';

/** One step's memory: one bit, and since when the signal has disagreed with it (event time). */
export type WatcherMemory = { readonly on: boolean; readonly disagreeingSince: Millis | null };

/** What a signal has to remember; plain JSON. `null`: nothing. */
export type SignalMemory =
  | null
  | { readonly of: 'rate'; readonly at: readonly Millis[]; readonly values: readonly number[] }
  | { readonly of: 'unchangedFor'; readonly since: Millis; readonly value: number };

/** A rule's memory at a point; plain JSON, kept in the journal, so that a restart forgets nothing. */
export type RuleMemory = {
  readonly signal: SignalMemory;
  /** One entry per `rule.steps`, in that order. */
  readonly watchers: readonly WatcherMemory[];
};

/** What a point remembers of one metric: enough for order, duplicates and jumps. */
export type SeriesMemory = {
  readonly newestAt: Millis;
  /** Last good value. */
  readonly value: number | null;
  readonly valueAt: Millis | null;
  /** The last reading, where it was an impossible jump: a second one that agrees with it makes it believed. */
  readonly doubted?: { readonly value: number; readonly at: Millis } | null;
  /** The newest instants, oldest first, bounded: what is sent again within the lateness window is not judged again. */
  readonly recent: readonly Millis[];
  /** Stretches of which nothing is known yet, exclusive at both ends: only backfill 补传 that fills one is judged. */
  readonly gaps: readonly { readonly from: Millis; readonly to: Millis }[];
};

/** Open window of a waveform feature: everything the five statistics need. */
export type WindowMemory = {
  readonly startsAt: Millis;
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly min: number;
  readonly max: number;
};

/** Everything judging knows of one point. Changed copy-on-write at the top level; plain JSON. */
export type PointMemory = {
  /** Our clock: when anything was last heard. */
  heardAt: Millis;
  readonly series: Map<MetricKey, SeriesMemory>;
  readonly rules: Map<RuleId, RuleMemory>;
  /** The same rules over backfill that is older than the newest reading: may raise a late alarm, never clear one. */
  readonly late: Map<RuleId, RuleMemory>;
  /** Open windows over waveforms, keyed `<waveform>@<length>`. */
  readonly windows: Map<MetricKey, WindowMemory>;
  /** Worst value while a rule's level is in force; feeds the alarm's `worst`. */
  readonly worst: Map<RuleId, { readonly value: number | null; readonly at: Millis }>;
};
