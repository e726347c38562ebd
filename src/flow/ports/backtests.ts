import type { AlarmId, PointCode, RuleId } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Result } from '../../domain/result.ts';
import type { Person, RuleChange } from '../../domain/rules/change.ts';
import type { Duration, Millis } from '../../domain/time.ts';

export type BacktestAsked = {
  readonly rule: RuleId;
  /** By `observedAt`, from inclusive, to exclusive. */
  readonly from: Millis;
  readonly to: Millis;
  readonly draft: RuleChange;
  /** A second one, side by side with the first. */
  readonly other: RuleChange | null;
  /**
   * `attend`: every alarm is acknowledged (and reset) the moment it can be, so that each excursion is an alarm of its
   * own. `absent`: nobody comes, and a condition that comes back is a recurrence of the same alarm.
   */
  readonly operators: 'attend' | 'absent';
  readonly by: Person;
};

/** One alarm that would have been. */
export type TrialAlarm = {
  readonly point: PointCode;
  readonly raisedAt: Millis;
  /** The gravest. */
  readonly level: Level;
  /** When the condition last ended; `null`: not within the range. */
  readonly until: Millis | null;
  /** How long the condition was there, within the range. */
  readonly active: Duration;
  readonly recurrences: number;
  readonly worst: number | null;
};

/** An alarm that a person has judged. */
export type JudgedThen = {
  readonly alarm: AlarmId;
  readonly point: PointCode;
  readonly verdict: string;
  readonly raisedAt: Millis;
};

/** What a rule would have raised. */
export type Trial = {
  readonly alarms: number;
  readonly byLevel: Readonly<Record<Level, number>>;
  readonly points: number;
  readonly active: Duration;
  /** Raised before the range and still there when it began; not among `alarms`. */
  readonly openAtStart: number;
  /** Most alarms first. */
  readonly worstPoints: readonly {
    readonly point: PointCode;
    readonly alarms: number;
    readonly active: Duration;
  }[];
  /** Oldest first; the first of them where there are very many. */
  readonly list: readonly TrialAlarm[];
  /** Of the alarms that people have judged since, by verdict: how many this rule would have raised too. */
  readonly judged: Readonly<Record<string, { readonly of: number; readonly raised: number }>>;
  /** Of those, each that it would not have raised; the first of them where there are very many. */
  readonly missed: readonly JudgedThen[];
  /** Each that it would have raised later than the rule in force does, and by how much. */
  readonly later: readonly (JudgedThen & { readonly by: Duration })[];
};

export type BacktestResult = {
  readonly points: number;
  readonly readings: number;
  readonly inForce: Trial;
  readonly draft: Trial;
  readonly other: Trial | null;
};

export type Backtest = {
  readonly id: string;
  readonly asked: BacktestAsked;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly askedAt: Millis;
  readonly endedAt: Millis | null;
  readonly progress: {
    readonly points: { readonly done: number; readonly of: number };
    readonly readings: number;
    /** Since it began to run. */
    readonly took: Duration;
    /** At the pace so far; `null` while there is none to go by. */
    readonly remaining: Duration | null;
  };
  readonly result: BacktestResult | null;
  /** Why it failed. */
  readonly says: string | null;
};

/** Drafts tried over stored history, one after the other, in the background. */
export interface Backtests {
  /** @returns as soon as it waits for its turn; `null` where too many wait already */
  start(asked: BacktestAsked): Result<Backtest, Refusal> | null;
  /** Resolves when it has ended, whatever came of it. */
  ended(id: string): Promise<void>;
  get(id: string): Backtest | undefined;
  /** Newest first; those of long ago are forgotten. */
  list(): readonly Backtest[];
  /** What has been found so far is dropped. */
  cancel(id: string): Backtest | undefined;
}
