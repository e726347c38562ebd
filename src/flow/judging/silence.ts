import { evaluateSilence, freshMemory, type Judgement } from '../../domain/judge/evaluate.ts';
import { passes } from '../../domain/judge/limit.ts';
import type { Rule } from '../../domain/rule.ts';
import { type Duration, type Millis, minutes } from '../../domain/time.ts';
import { silentAfter } from '../rules/rule-book.ts';
import { breachOf, type Findings } from './findings.ts';
import type { Listening } from './listening.ts';
import type { PointState } from './point-state.ts';

/**
 * Runs a rule of silence at a point, as our clock ticks and when something was heard. The same function judges live and
 * tries a draft over history.
 *
 * @returns `null` where the rule has nothing to miss; `changed`: the point's memory did
 */
export function judgeSilence(
  point: PointState,
  rule: Rule,
  now: Millis,
  listening: Listening,
  tell: Findings,
): (Judgement & { readonly changed: boolean }) | null {
  const before = point.memory.rules.get(rule.id) ?? freshMemory(rule);
  const since = silentSince(point, rule, listening);
  if (since === null || isTooSoon(point, rule, now, listening)) return null;
  const found = evaluateSilence(rule, before, since, now, restOf(point, rule));
  const changed = found.memory !== before;
  if (changed) point.memory.rules.set(rule.id, found.memory);
  if (found.level !== null && found.step !== null)
    tell.breach(
      point,
      rule,
      breachOf(rule, found.step, found.level, found.signal, { observedAt: now }, false),
    );
  else tell.normal(point, rule, null);
  return { ...found, changed };
}

/**
 * When a rule of silence may next say something else, if nothing is heard until then. Live it is looked at with every
 * tick; over months of history only then.
 *
 * @returns Infinity: never
 */
export function silenceMattersAt(point: PointState, rule: Rule, listening: Listening): Millis {
  const since = silentSince(point, rule, listening);
  if (since === null || rule.signal.of !== 'silentFor') return Infinity;
  const { watchers } = point.memory.rules.get(rule.id) ?? freshMemory(rule);
  const unit = rule.signal.per ?? minutes(1);
  let next = Infinity;
  for (const [i, step] of rule.steps.entries()) {
    const on = watchers[i]?.on === true;
    const disputed = watchers[i]?.disagreeingSince ?? null;
    if (disputed !== null) next = Math.min(next, disputed + (on ? step.offDelay : step.onDelay));
    else if (!on && step.limit.is === 'above')
      next = Math.min(next, since + restOf(point, rule) + step.limit.limit * unit);
  }
  return next;
}

/**
 * Since when a rule of silence has heard nothing, on our clock, as if the service had never been stopped: only the time in
 * which it listened counts. An alarm that is open counts on from the last word itself: only hearing something may end it.
 *
 * @returns `null` where the rule has nothing to miss: a metric that this point has never sent
 */
function silentSince(point: PointState, rule: Rule, listening: Listening): Millis | null {
  const heardAt = heardOf(point, rule);
  if (heardAt === null) return null;
  const since = listening.silentSince(heardAt);
  const open = rule.metric === null ? isSilenceOpen(point) : point.alarms.has(rule.id);
  return open && heardAt > 0 ? Math.min(heardAt, since) : since;
}

/** When a point was last heard, or, as long as it never spoke, since when it might have been. 0: nobody knows. */
export const awaitedSince = ({ memory }: PointState): Millis =>
  memory.heardAt > 0 ? memory.heardAt : (memory.awaitedSince ?? 0);

function heardOf(point: PointState, { metric }: Rule): Millis | null {
  if (metric === null) return awaitedSince(point);
  const series = point.memory.series.get(metric);
  if (series === undefined) return null;
  // The device's clock where the store could not be asked; never later than anything was heard at all.
  return Math.min(point.latest.get(metric)?.receivedAt ?? series.newestAt, point.memory.heardAt);
}

/** After a start devices need a moment until they are connected again: nobody who was heard before it is silent at once. */
const GRACE_AT_MOST = minutes(1);
const GRACE_OF_LIMIT = 1 / 4;

function isTooSoon(point: PointState, rule: Rule, now: Millis, { startedAt }: Listening): boolean {
  if (now - startedAt >= GRACE_AT_MOST || point.alarms.has(rule.id)) return false;
  if ((heardOf(point, rule) ?? 0) >= startedAt) return false;
  return now - startedAt < minutes(silentAfter([{ ...rule, metric: null }])) * GRACE_OF_LIMIT;
}

function isSilenceOpen(point: PointState): boolean {
  return point.plan.silence.some((r) => r.metric === null && point.alarms.has(r.id));
}

/** What of a silence counts as none: a rain gauge that last said "dry" has nothing to say. */
export function restOf(point: PointState, rule: Rule): Duration {
  const rests = rule.signal.of === 'silentFor' ? rule.signal.restsWhile : undefined;
  if (rests === undefined) return 0;
  const value = point.memory.series.get(rests.metric)?.value ?? null;
  return value !== null && passes(rests.limit, 0, value) ? rests.upTo : 0;
}
