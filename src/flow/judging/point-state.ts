import type { Alarm, SignalNow } from '../../domain/alarm/alarm.ts';
import type { MetricKey, PointCode, RuleId, TurnNumber } from '../../domain/ids.ts';
import { NOTHING_YET, type PointMemory } from '../../domain/judge/memory.ts';
import type { Reading } from '../../domain/reading.ts';
import { type FaultValues, NO_FAULT_VALUES } from '../../domain/register/fault-values.ts';
import type { Point } from '../../domain/register/register.ts';
import type { Millis } from '../../domain/time.ts';
import type { Plan } from '../rules/rule-book.ts';
import type { Within } from './neighbours.ts';

/** Everything the flow knows of one point between turns. */
export type PointState = {
  readonly code: PointCode;
  /** The rules in force here; another one from the end of the turn in which one of them changes. */
  plan: Plan;
  readonly memory: PointMemory;
  readonly latest: Map<MetricKey, LatestReading>;
  /** What the register knows of the point at rest: installed angle, as-built force; in the metric's unit. */
  baselines: ReadonlyMap<MetricKey, number>;
  /** By which values the devices that are installed here say that they have failed, beside those of the pack. */
  faultValues: FaultValues;
  /** Open alarms by rule: one occurrence of a rule at a point at a time. */
  alarms: ReadonlyMap<RuleId, Alarm>;
  /** Numbers of rules that hold or have an open alarm, where they are not the readings themselves. */
  signals: ReadonlyMap<RuleId, SignalNow>;
  /** First turn that changed the memory since it was last kept; null: kept. */
  dirtySince: TurnNumber | null;
  /** Our clock, of that turn. */
  dirtyAt: Millis;
  /** No instant that it knows of lies later; Infinity: not looked at yet. What is later is new, without another look. */
  knownUpTo: Millis;
  /** Who is in reach of it, by number of the reach; looked up by the groups, and again when the register has changed. */
  readonly near: Within[];
};

/** The point's own copy of its newest reading, overwritten by the next: with many points nothing that is replaced is cheap. */
export type LatestReading = { -readonly [K in keyof Reading]: Reading[K] };

/** A point that has heard nothing yet. */
export function stateOf(point: Point, plan: Plan, faultValues = NO_FAULT_VALUES): PointState {
  return {
    code: point.code,
    plan,
    memory: emptyMemory(),
    latest: new Map(),
    baselines: baselinesOf(point),
    faultValues,
    alarms: NOTHING_YET,
    signals: NOTHING_YET,
    dirtySince: null,
    dirtyAt: 0,
    knownUpTo: Infinity,
    near: [],
  };
}

export function emptyMemory(): PointMemory {
  return {
    heardAt: 0,
    series: new Map(),
    rules: new Map(),
    late: NOTHING_YET,
    recent: new Map(),
    backlog: undefined,
    told: NOTHING_YET,
    clock: undefined,
    windows: NOTHING_YET,
    worst: NOTHING_YET,
  };
}

const BASELINE = /^baseline\.(.+)$/;

/** Stored baselines of a point: its attributes `baseline.<metric>`; what is no number is none. */
export function baselinesOf(point: Point): ReadonlyMap<MetricKey, number> {
  const known = new Map<MetricKey, number>();
  for (const [key, text] of Object.entries(point.attributes)) {
    const metric = BASELINE.exec(key)?.[1];
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (metric !== undefined && Number.isFinite(value)) known.set(metric as MetricKey, value);
  }
  return known.size === 0 ? NOTHING_YET : known;
}
