import type { PointCode } from '../../domain/ids.ts';
import { lookBackOf } from '../../domain/judge/look-back.ts';
import { LATENESS } from '../../domain/judge/placing/event-time.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Point } from '../../domain/register/register.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Setting } from '../../domain/rules/change.ts';
import { effectiveRule } from '../../domain/rules/effective.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import { type Duration, days, hours, type Millis, minutes, seconds } from '../../domain/time.ts';
import { stateOf } from '../judging/point-state.ts';
import type { BacktestResult } from '../ports/backtests.ts';
import type { History } from '../ports/history.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import { type Plan, planFor } from '../rules/rule-book.ts';
import { Merged, type MergedReading } from './merged.ts';
import { type JudgedAlarm, TrialRun } from './trial-run.ts';
import { type ReplayUnit, unitsOf } from './units.ts';

/** Readings judged without letting others have the thread: some milliseconds. */
const AT_A_STRETCH = 250;
const WARM_UP_AT_MOST: Duration = days(31);
/** As often as the service looks at its clock. */
const TICK: Duration = seconds(1);

export type BacktestRun = {
  readonly pack: Pack;
  readonly rule: Rule;
  readonly points: readonly Point[];
  readonly from: Millis;
  readonly to: Millis;
  /** The overrides in force, of the draft, and of the other draft. */
  readonly settings: readonly (readonly Setting[])[];
  /** What is in force at a point now: a rule may look at others, of its own lifeline or another. */
  readonly planAt: (point: Point) => Plan | undefined;
  readonly attend: boolean;
  readonly judged: readonly JudgedAlarm[];
  readonly history: Pick<History, 'raw'>;
  readonly register: RegisterView;
  /** Lets everybody else have the thread for a moment. */
  readonly breathe: () => Promise<void>;
  /** Told how many points have been judged, of how many. */
  readonly progress: (done: number, of: number, readings: number) => void;
  readonly isCancelled: () => boolean;
  readonly onEvent?: (variant: number, e: JournaledEvent) => void;
  /** How often silence was looked at; left out: as the service does. */
  readonly tick?: Duration;
};

/**
 * Reads each point's readings once and runs every set of rules over them, point by point (a combination: all that it has
 * in reach together, in order of event time), so that memory does not grow with the range. The next point is read from
 * the store while this one is judged.
 *
 * @returns `null` when it was cancelled
 */
export async function runBacktest(run: BacktestRun): Promise<BacktestResult | null> {
  const { rule, register } = run;
  const since = run.from - warmUp(run);
  const runs = run.settings.map(
    (_, i) =>
      new TrialRun({
        rule,
        since,
        from: run.from,
        to: run.to,
        tick: run.tick ?? TICK,
        register,
        attend: run.attend,
        onEvent: run.onEvent && ((e) => run.onEvent?.(i, e)),
      }),
  );
  const plans = run.settings.map((s) => plansOf(run, s));
  const installedAt = installations(register);
  const units = unitsOf(run.pack, rule, run.points, register);
  const open = (unit: ReplayUnit | undefined) =>
    unit && new Merged(run.history, unit.series, { from: since, to: run.to });
  let readings = 0;
  let ahead = open(units[0]);

  run.progress(0, units.length, 0);
  for (const [i, unit] of units.entries()) {
    const heard = ahead as Merged;
    ahead = open(units[i + 1]);
    for (const [v, trial] of runs.entries()) {
      const states = unit.points.flatMap((p) => {
        const plan = plans[v]?.(p);
        return plan === undefined ? [] : [stateOf(p, plan)];
      });
      trial.begin(unit.anchor.code, states, installedAt.get(unit.anchor.code) ?? -Infinity);
    }
    for (;;) {
      const stretch = await heard.next(AT_A_STRETCH);
      if (run.isCancelled()) return null;
      if (stretch.length === 0) break;
      for (const h of stretch) {
        const reading = readingOf(h);
        for (const trial of runs) trial.read(reading);
        if (h.item.t >= run.from) readings++;
      }
      await run.breathe();
    }
    for (const trial of runs) trial.end();
    run.progress(i + 1, units.length, readings);
    await run.breathe();
  }
  const [first] = runs;
  const [inForce, draft, other] = runs.map((r) => r.result(run.judged, first ?? r));
  if (inForce === undefined || draft === undefined)
    throw new Error('a backtest compares the rule in force with a draft: both settings must be given');
  return { points: units.length, readings, inForce, draft, other: other ?? null };
}

/** Points with the same numbers share a plan. The other rules in force come along: rules may look at each other. */
function plansOf({ rule, register, planAt }: BacktestRun, settings: readonly Setting[]) {
  const known = new Map<Plan, Map<string, Plan>>();
  return (point: Point): Plan | undefined => {
    const plan = planAt(point);
    if (plan === undefined || point.lifeline !== rule.lifeline) return plan;
    const tried = effectiveRule(rule, rule.version, settings, scopeOf(register, point)).rule;
    const steps = tried.steps.map((s) => [s.level, s.limit, s.deadband, s.onDelay, s.offDelay]);
    const key = JSON.stringify([tried.judges ?? null, steps]);
    const ofPlan = known.get(plan) ?? new Map<string, Plan>();
    known.set(plan, ofPlan);
    const there = ofPlan.get(key);
    if (there !== undefined) return there;
    // Silence hears every metric: what other rules make of them is nothing to it.
    const rules =
      rule.signal.of === 'silentFor'
        ? [tried]
        : plan.pack.rules.map((r) => (r.id === rule.id ? tried : (plan.rules.get(r.id) ?? r)));
    const made = planFor(plan.pack, rules);
    ofPlan.set(key, made);
    return made;
  };
}

/** Since when a point could be heard at all, where the register says so of its devices. */
function installations(register: RegisterView): ReadonlyMap<PointCode, Millis> {
  const since = new Map<PointCode, Millis>();
  for (const { point, installedAt } of register.devices()) {
    if (point === null) continue;
    since.set(point, Math.min(since.get(point) ?? Infinity, installedAt ?? -Infinity));
  }
  return since;
}

/** How long before the range judging begins, so that delays, windows and silences are there when it does. */
function warmUp({ pack, rule, settings }: BacktestRun): Duration {
  const delays = rule.steps.map((s) => s.onDelay + s.offDelay);
  const silences = [0];
  for (const s of settings.flat()) {
    if ((s.field === 'onDelay' || s.field === 'offDelay') && typeof s.value === 'number')
      delays.push(s.value * 2);
    if (s.field === 'limit' && typeof s.value === 'object' && rule.signal.of === 'silentFor')
      silences.push(silence(rule, s.value.limit ?? 0));
  }
  for (const s of rule.steps) if (s.limit.is === 'above') silences.push(silence(rule, s.limit.limit));
  const looksBack = Object.entries(rule.signal).map(([key, v]) =>
    LOOKS_BACK.has(key) && typeof v === 'number' ? v : 0,
  );
  const others = pack.rules.filter((r) => looksAt(rule, r)).map(lookBackOf);
  return Math.min(
    WARM_UP_AT_MOST,
    hours(1) +
      Math.max(...delays) +
      Math.max(2 * Math.max(...looksBack), lookBackOf(rule), ...silences, ...others),
  );
}

const LOOKS_BACK: ReadonlySet<string> = new Set(['window', 'learnFor', 'within']);

function silence({ signal }: Rule, limit: number): Duration {
  if (signal.of !== 'silentFor') return 0;
  return limit * (signal.per ?? minutes(1)) + (signal.restsWhile?.upTo ?? 0);
}

function looksAt({ signal }: Rule, other: Rule): boolean {
  if (signal.of === 'count') return signal.occurrence.by === 'rule' && signal.occurrence.rule === other.id;
  return (
    signal.of === 'together' && signal.members.some((m) => m.holds.by === 'rule' && m.holds.rule === other.id)
  );
}

/** As it was received: on time, or too late to be judged as if live. */
export function readingOf({ of: { point, metric }, item }: MergedReading): Reading {
  return {
    point,
    metric,
    value: item.value,
    quality: item.quality,
    observedAt: item.t,
    receivedAt: item.backfill ? item.t + LATENESS + hours(1) : item.t,
    backfill: item.backfill,
  };
}
