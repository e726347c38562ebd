import type {
  AlarmId,
  AreaCode,
  AssetCode,
  DrillId,
  LifelineKey,
  MetricKey,
  PointCode,
  RuleId,
} from '../ids.ts';
import type { Level } from '../level.ts';
import type { Doubt, Quality } from '../reading.ts';
import type { Limit } from '../rule.ts';
import type { Bilingual } from '../text.ts';
import type { Duration, Millis } from '../time.ts';
import type { Actor } from './actor.ts';
import type { Assessment } from './assessment.ts';

export type { Actor };

/** A level that a rule put in force, with what a person needs in order to believe it. */
export type Breach = {
  readonly level: Level;
  /** The signal's value; `null` for silence. */
  readonly value: number | null;
  readonly unit: string;
  readonly limit: Limit;
  /** The reading's instant (device clock); for silence, our clock. */
  readonly observedAt: Millis;
  /** Raised by backfill: marked, not shouted. */
  readonly late: boolean;
  readonly advice: Bilingual;
  /** Of the reading at which it took hold, where that was not simply good: whoever reads the value must know. */
  readonly doubt?: Doubt;
  /** Over how long the value was taken, where samples lie so far apart that this is longer than the rule's window. */
  readonly span?: Duration;
  /** Of the rule that found it: an alarm may be raised by one version and rise by the next. Absent in old journals. */
  readonly ruleVersion?: number;
};

/** What the register said when the occurrence began: the story stays true when the register changes. */
export type Scene = {
  readonly pointCode: PointCode;
  readonly pointName: string;
  readonly assetCode: AssetCode | null;
  readonly assetName: string | null;
  readonly areaCode: AreaCode;
  readonly lifeline: LifelineKey;
  readonly ruleId: RuleId;
  readonly ruleVersion: number;
  readonly ruleName: Bilingual;
  readonly metric: MetricKey | null;
  readonly latching: boolean;
  /** Of a drill 演练, and not of the world; absent: real. */
  readonly drill?: DrillId;
};

export type Acknowledgement = { readonly by: Actor; readonly at: Millis; readonly note: string | null };

/** What the world and the operator have done: each phase carries only what means something there. */
export type Phase =
  | { readonly is: 'active-unacked' }
  | { readonly is: 'active-acked'; readonly ack: Acknowledgement }
  | { readonly is: 'returned-unacked'; readonly returnedAt: Millis }
  | { readonly is: 'latched-unacked'; readonly returnedAt: Millis }
  | { readonly is: 'latched-acked'; readonly returnedAt: Millis; readonly ack: Acknowledgement }
  /**
   * Over, acknowledged, nothing to reset: only between two events of one decision, the second of which is
   * `closed`. No decision leaves an alarm here.
   */
  | { readonly is: 'returned-acked'; readonly returnedAt: Millis; readonly ack: Acknowledgement }
  | {
      readonly is: 'closed';
      readonly returnedAt: Millis;
      readonly closedAt: Millis;
      readonly ack: Acknowledgement;
    };

export type PhaseName = Phase['is'];
export type PhaseOf<N extends PhaseName> = Extract<Phase, { readonly is: N }>;

/** How the alarm is hidden, if it is: the phase lives on underneath. */
export type Overlay =
  | { readonly is: 'none' }
  | {
      readonly is: 'shelved';
      readonly by: Actor;
      readonly at: Millis;
      readonly until: Millis;
      readonly reason: string;
    }
  | { readonly is: 'suppressed'; readonly at: Millis; readonly because: string }
  | { readonly is: 'outOfService'; readonly at: Millis; readonly reason: string };

/** Hidden by ourselves, not by a person: what an alarm can be from its first moment. */
export type HiddenByDesign =
  | { readonly is: 'suppressed'; readonly because: string }
  | { readonly is: 'outOfService'; readonly reason: string };

/** 报警: one occurrence of a rule's condition at a point, from raise to close. */
export type Alarm = Scene & {
  readonly id: AlarmId;
  /** 下级平台: whose it is and by whom it is decided, by the name of the platform below; absent: ours. */
  readonly from?: string;
  /** 1 at the raise, +1 with every event. */
  readonly revision: number;
  /** Revision at which the level last rose (the event whose `revision` equals it): an acknowledgement must have seen it. */
  readonly levelRevision: number;
  /** The gravest level since the raise. */
  readonly level: Level;
  readonly phase: Phase;
  readonly overlay: Overlay;
  /** Our clock. */
  readonly raisedAt: Millis;
  /** The device's clock, of the reading that raised it. */
  readonly observedAt: Millis;
  /** 补传: nothing but backfill has spoken for it so far. */
  readonly late: boolean;
  readonly trigger: {
    readonly value: number | null;
    readonly unit: string;
    readonly limit: Limit;
    readonly doubt?: Doubt;
    readonly span?: Duration;
  };
  /** What put the level in force; absent: the trigger, or a journal that was written before this was kept. */
  readonly reached?: {
    readonly value: number | null;
    readonly unit: string;
    readonly limit: Limit;
    readonly observedAt: Millis;
    readonly ruleVersion?: number;
    readonly doubt?: Doubt;
  };
  /** Of the whole occurrence, as of its last event. */
  readonly worst: {
    readonly value: number | null;
    readonly level: Level;
    readonly at: Millis;
    readonly doubt?: Doubt;
  };
  readonly advice: Bilingual;
  /** 数据中断: the point is silent while the alarm is open. */
  readonly dataInterrupted: boolean;
  /** How often the condition came back within this occurrence. */
  readonly recurrences: number;
  /** How often the world spoke (raise, rise, return, recurrence, re-alarm, data lost or back) while it was hidden. */
  readonly hiddenEvents: number;
  readonly assessment: Assessment | null;
  /** How often somebody wrote something down; absent: never, or before this was counted. */
  readonly notes?: number;
};

/** The number of the alarm's rule, where it is not the reading itself; never journaled. */
export type SignalNow = { readonly value: number | null; readonly unit: string; readonly at: Millis };

/** Latest value as shown beside an alarm; never journaled, comes from the newest reading. */
export type Current = { readonly value: number | null; readonly at: Millis; readonly quality: Quality };
