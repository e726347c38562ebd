import type { PointCode } from '../../domain/ids.ts';
import { LATENESS } from '../../domain/judge/place.ts';
import type { Pack } from '../../domain/metric.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Point } from '../../domain/register.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Setting } from '../../domain/rules/change.ts';
import { effectiveRule } from '../../domain/rules/effective.ts';
import { placeOf } from '../../domain/rules/places.ts';
import { type Duration, days, hours, type Millis } from '../../domain/time.ts';
import { baselinesOf } from '../beside.ts';
import type { BacktestResult } from '../ports/backtests.ts';
import type { History, HistoryItem } from '../ports/history.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import { type MetricPlan, type Plan, planFor } from '../rule-book.ts';
import { type JudgedAlarm, TrialRun } from './trial-run.ts';

/** Readings judged without letting others have the thread: some milliseconds. */
const AT_A_STRETCH = 250;
/** Readings of one question to the store. */
const PAGE = 5_000;
const WARM_UP_AT_MOST: Duration = days(31);

export type BacktestRun = {
  readonly pack: Pack;
  readonly rule: Rule;
  readonly points: readonly Point[];
  readonly from: Millis;
  readonly to: Millis;
  /** The overrides in force, of the draft, and of the other draft. */
  readonly settings: readonly (readonly Setting[])[];
  readonly attend: boolean;
  readonly judged: readonly JudgedAlarm[];
  readonly history: Pick<History, 'raw'>;
  readonly register: RegisterView;
  /** Lets everybody else have the thread for a moment. */
  readonly breathe: () => Promise<void>;
  readonly progress: (points: number, readings: number) => void;
  readonly isCancelled: () => boolean;
  readonly onEvent?: (variant: number, e: JournaledEvent) => void;
};

/**
 * Reads each point's readings once and runs every set of rules over them, point by point, so that memory does not
 * grow with the range. The next point is read from the store while this one is judged.
 *
 * @returns `null` when it was cancelled
 */
export async function runBacktest(run: BacktestRun): Promise<BacktestResult | null> {
  const { points, rule } = run;
  const runs = run.settings.map(
    (_, i) =>
      new TrialRun({
        rule: rule.id,
        from: run.from,
        to: run.to,
        register: run.register,
        attend: run.attend,
        onEvent: run.onEvent && ((e) => run.onEvent?.(i, e)),
      }),
  );
  const plans = run.settings.map((s) => plansOf(run.pack, rule, s));
  const since = run.from - warmUp(run);
  let readings = 0;
  let ahead: Promise<readonly HistoryItem[]> | null = null;
  const ask = (i: number): Promise<readonly HistoryItem[]> | null => {
    const point = points[i];
    const asked = point === undefined ? null : allOf(run, point.code, since);
    // Looked at when its turn comes; until then a failure is nobody's.
    asked?.catch(() => undefined);
    return asked;
  };

  for (const [i, point] of points.entries()) {
    const items = await (ahead ?? ask(i));
    ahead = ask(i + 1);
    if (run.isCancelled()) return null;
    const place = placeOf(run.register, point);
    const baselines = baselinesOf(point);
    for (const [v, trial] of runs.entries()) {
      const { plan, metric } = (plans[v] as ReturnType<typeof plansOf>)(place);
      trial.begin(point.code, plan, metric, baselines);
    }
    let stretch = 0;
    for (const item of items ?? []) {
      const reading = readingOf(point.code, rule, item);
      for (const trial of runs) trial.read(reading);
      if (item.t >= run.from) readings++;
      if (++stretch % AT_A_STRETCH === 0) {
        await run.breathe();
        if (run.isCancelled()) return null;
      }
    }
    for (const trial of runs) trial.end();
    run.progress(i + 1, readings);
    await run.breathe();
  }
  const [inForce, draft, other] = runs.map((r) => r.result(run.judged));
  if (inForce === undefined || draft === undefined)
    throw new Error('a backtest compares the rule in force with a draft: both settings must be given');
  return { points: points.length, readings, inForce, draft, other: other ?? null };
}

/** Rules of one metric at one point alone: what else a rule may look at is not read from the store yet. */
export function canBacktest(pack: Pack, rule: Rule): boolean {
  const plan = planFor(pack, [rule]);
  return (
    rule.metric !== null &&
    plan.metrics.get(rule.metric)?.rules.includes(rule) === true &&
    !('over' in rule.signal) &&
    !('members' in rule.signal)
  );
}

type Placed = { readonly plan: Plan; readonly metric: MetricPlan };

/** Points with the same numbers share a plan. The other rules of the metric come along: rules may look at each other. */
function plansOf(pack: Pack, rule: Rule, settings: readonly Setting[]) {
  const known = new Map<string, Placed>();
  return (place: ReturnType<typeof placeOf>): Placed => {
    const tried = effectiveRule(rule, rule.version, settings, place).rule;
    const key = JSON.stringify(tried.steps.map((s) => [s.level, s.limit, s.deadband, s.onDelay, s.offDelay]));
    const there = known.get(key);
    if (there !== undefined) return there;
    const plan = planFor(
      pack,
      pack.rules.map((r) => (r.id === rule.id ? tried : r)),
    );
    const made = { plan, metric: plan.metrics.get(rule.metric ?? '') as MetricPlan };
    known.set(key, made);
    return made;
  };
}

/** How long before the range judging begins, so that delays and windows are filled when it does. */
function warmUp({ rule, settings }: BacktestRun): Duration {
  const delays = rule.steps.map((s) => s.onDelay + s.offDelay);
  for (const s of settings.flat())
    if ((s.field === 'onDelay' || s.field === 'offDelay') && typeof s.value === 'number')
      delays.push(s.value * 2);
  const looksBack = Object.entries(rule.signal).map(([key, v]) =>
    (key === 'window' || key === 'learnFor') && typeof v === 'number' ? v : 0,
  );
  return Math.min(WARM_UP_AT_MOST, hours(1) + Math.max(...delays, 0) + 2 * Math.max(...looksBack, 0));
}

async function allOf(run: BacktestRun, point: PointCode, since: Millis): Promise<readonly HistoryItem[]> {
  const metric = run.rule.metric;
  if (metric === null) return [];
  const all: HistoryItem[] = [];
  let from = since;
  for (;;) {
    const page = await run.history.raw({ point, metric, from, to: run.to, limit: PAGE });
    for (const item of page) all.push(item);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || run.isCancelled()) return all;
    from = last.t + 1;
  }
}

/** As it was received: on time, or too late to be judged as if live. */
function readingOf(point: PointCode, rule: Rule, item: HistoryItem): Reading {
  return {
    point,
    metric: rule.metric as NonNullable<Rule['metric']>,
    value: item.value,
    quality: item.quality,
    observedAt: item.t,
    receivedAt: item.backfill ? item.t + LATENESS + hours(1) : item.t,
    backfill: item.backfill,
  };
}
