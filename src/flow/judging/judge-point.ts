import type { RuleId } from '../../domain/ids.ts';
import { admits, isMeasured } from '../../domain/judge/admits.ts';
import { type Arrival, arrivalOf, firstOf, isKnown, remember } from '../../domain/judge/arrival.ts';
import { evaluate, freshMemory, isHeld, levelIn } from '../../domain/judge/evaluate.ts';
import { addFrame } from '../../domain/judge/features.ts';
import { breakGap, noteGap } from '../../domain/judge/gaps.ts';
import { mayEnd, raisedBy } from '../../domain/judge/may-end.ts';
import { owned, type RuleMemory, type WatcherMemory } from '../../domain/judge/memory.ts';
import type { OwnPoint } from '../../domain/judge/own-point.ts';
import { AHEAD, LATENESS } from '../../domain/judge/placing/event-time.ts';
import { isAheadOfUs, rebase } from '../../domain/judge/rebase.ts';
import { noteDoubt, noteRecent } from '../../domain/judge/recent.ts';
import { isTold, noteTold, toldOf } from '../../domain/judge/told.ts';
import { CLOCK_OFF, type Frame, GOOD, type Reading } from '../../domain/reading.ts';
import type { Rule } from '../../domain/rule.ts';
import { type Millis, minutes } from '../../domain/time.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import { breachOf, endOfCondition, type Findings, noteWorst } from './findings.ts';
import { forgetBacklog, judgeBacklog, judgeLate } from './judge-backlog.ts';
import { judgeBehind } from './judge-behind.ts';
import { PointNow } from './own-point.ts';
import type { PointState } from './point-state.ts';

/** After a longer time without readings an excursion is not taken to have lasted where nothing says so. */
const CLOSE = minutes(10);

/**
 * Runs one reading through the memories and rules of its point. The same function judges live readings and
 * rebuilds memories at a start; only who is told differs.
 *
 * @returns where the reading stands; `null` where no rule would judge it, or it was judged before
 */
export function judgeReading(
  point: PointState,
  plan: MetricPlan,
  reading: Reading,
  tell: Findings,
): Arrival | null {
  const { memory } = point;
  const { metric, observedAt, receivedAt } = reading;
  const series = memory.series.get(metric);
  if (series !== undefined && isAheadOfUs(series.newestAt, receivedAt)) rebase(memory, receivedAt);
  // What was placed otherwise than its device says was looked at as it was placed.
  if (series !== undefined && reading.deviceTime === undefined && observedAt <= series.newestAt) {
    if (isKnown(series, memory.recent?.get(metric), observedAt, reading.value)) return null;
  }
  if (receivedAt > memory.heardAt) memory.heardAt = receivedAt;
  if (observedAt > point.knownUpTo) point.knownUpTo = observedAt;

  const previousAt = series?.newestAt ?? null;
  // Readings that no rule judges, with which a device may begin, leave no memory behind.
  const wasJudged =
    series !== undefined && (series.valueAt !== null || plan.rules.some((r) => memory.rules.has(r.id)));
  const stands = arrivalOf(series, observedAt, receivedAt, plan.lateness);
  const judged = reading.value !== null && admits('good', reading.quality);
  // What may be a code for a fault is not what the next value is compared with.
  const good = judged && mayEnd(reading.quality);
  if (series === undefined) memory.series.set(metric, firstOf(reading, good, stands === 'late'));
  else {
    if (stands === 'live' || stands === 'late') noteGap(series, observedAt, stands === 'late');
    else if (stands === 'behind') breakGap(series, observedAt);
    remember(series, reading, stands, good);
  }
  noteLatest(point, reading, stands);
  if (!(judged || isMeasured(reading))) return null;
  if (plan.rules.length === 0 || !(judged || plan.judgesDoubtful)) return stands;

  if (stands === 'behind' && wasJudged) {
    if (judgeBehind(point, plan, reading, tell)) return stands;
    // Where on time is long, its own time is worth more than that it is told of as if live.
    if (receivedAt - observedAt > LATENESS) {
      judgeBacklog(point, plan, reading, tell);
      return stands;
    }
  }
  if (stands === 'backfill') {
    judgeBacklog(point, plan, reading, tell);
    return stands;
  }
  if (memory.backlog !== undefined) forgetBacklog(memory, receivedAt);
  if (stands === 'late') judgeLate(point, plan, reading, tell);
  const memories = memory.rules;
  const isAhead = stands === 'live' || stands === 'late' || (stands === 'behind' && !wasJudged);
  if (isAhead) noteForLater(point, plan, reading, wasJudged ? previousAt : null);
  const beside = new PointNow(point, metric, (id) => memories.get(id));
  for (const rule of plan.rules) {
    if (!admits(rule.judges, reading.quality)) continue;
    judgeRule(
      point,
      rule,
      reading,
      stands,
      wasJudged ? (previousAt ?? observedAt) : observedAt,
      memories,
      beside,
      tell,
    );
  }
  return stands;
}

function noteLatest(point: PointState, reading: Reading, stands: Arrival): void {
  const known = point.latest.get(reading.metric);
  if (known === undefined) {
    const { deviceTime: _, ...latest } = reading;
    point.latest.set(reading.metric, latest);
  } else if (stands === 'live' || stands === 'late') {
    known.value = reading.value;
    known.quality = reading.quality;
    known.observedAt = reading.observedAt;
    known.receivedAt = reading.receivedAt;
    known.backfill = reading.backfill;
  }
}

/** What a reading that comes behind this one will have to be judged with. */
function noteForLater(point: PointState, plan: MetricPlan, r: Reading, previousAt: Millis | null): void {
  const { memory } = point;
  memory.recent ??= new Map();
  const known = memory.recent.get(r.metric);
  const noted = noteRecent(known, r.value as number, r.observedAt, plan.lateness, previousAt, () =>
    plan.rules.map((rule) => memory.rules.get(rule.id) ?? freshMemory(rule)),
  );
  if (noted !== known) memory.recent.set(r.metric, noted);
  noteDoubt(noted, r.observedAt, r.quality);
}

function judgeRule(
  point: PointState,
  rule: Rule,
  r: Reading,
  stands: Arrival,
  newestAt: Millis,
  memories: Map<RuleId, RuleMemory>,
  beside: OwnPoint,
  tell: Findings,
): void {
  const { memory } = point;
  const value = r.value as number;
  const known = memories.get(rule.id);
  const before = known ?? freshMemory(rule);
  // So far behind that its moment is forgotten: judged as of the newest, so that time never runs backwards.
  const judgedAt = stands === 'behind' ? newestAt : r.observedAt;
  const evaluated = evaluate(rule, before, value, judgedAt, beside);
  const found = mayEnd(r.quality) ? evaluated : raisedBy(before, evaluated);
  if (found === null) return;

  if (stands === 'behind' && letsGo(before, found.memory)) return;
  if (found.memory !== known) memories.set(rule.id, found.memory);
  if (stands !== 'behind') noteSignal(point, rule, found, r.observedAt);

  if (found.level !== null && found.step !== null) {
    const told = toldOf(memory, rule.id);
    // Within what was told of already, it is that excursion.
    const isKnown = stands !== 'live' && isTold(told, r.observedAt, r.observedAt, found.level);
    if (isKnown && stands === 'behind') return;
    // What only waits for its end after an outage says nothing of that: what came of it late may be another excursion.
    const goesOn =
      stands !== 'behind' &&
      levelIn(rule, before) !== null &&
      !(r.observedAt - newestAt > CLOSE && isHeld(found));
    noteTold(told, goesOn ? newestAt : r.observedAt, r.observedAt, found.level);
    noteWorst(point, rule, found.step.limit, found.signal, r);
    // By itself it says the contrary, or nothing: it makes no alarm of backfill a live one.
    if (isKnown || isHeld(found)) return;
    tell.breach(
      point,
      rule,
      breachOf(rule, found.step, found.level, found.signal, r, stands === 'late', found.span),
    );
    return;
  }
  // Over a limit whose on-delay runs it ends nothing: what backfill found may be going on.
  if (stands === 'live' && mayEnd(r.quality) && !found.memory.watchers.some(isTakingHold))
    endOfCondition(point, rule, tell);
}

/** For whoever looks at the alarm: its rule's limit is one of this number, and not of the reading. */
function noteSignal(
  point: PointState,
  rule: Rule,
  found: { readonly level: unknown; readonly signal: number | null },
  at: Millis,
): void {
  if (rule.signal.of === 'value') return;
  if (found.level !== null || (point.alarms.size > 0 && point.alarms.has(rule.id)))
    owned(point, 'signals').set(rule.id, { value: found.signal, unit: rule.unit, at });
}

const isTakingHold = (w: WatcherMemory): boolean => !w.on && w.disagreeingSince !== null;

/** True when some watcher that was on is off now, or has begun to count towards it. */
function letsGo(before: RuleMemory, after: RuleMemory): boolean {
  return before.watchers.some(
    (w, i) =>
      w.on &&
      (after.watchers[i]?.on === false ||
        (w.disagreeingSince === null && after.watchers[i]?.disagreeingSince != null)),
  );
}

/**
 * Adds a waveform frame to the open windows of its features. Where its time could not be believed, every window that
 * it has part in says so.
 *
 * @returns the feature readings of every window that closed, `observedAt` at the window's end
 */
export function cutFeatures(point: PointState, plan: MetricPlan, frame: Frame): Reading[] {
  const clockOff = frame.clockOff === true;
  const readings: Reading[] = [];
  if (frame.receivedAt > point.memory.heardAt) point.memory.heardAt = frame.receivedAt;
  for (const { key, length, metrics } of plan.windows) {
    const kept = point.memory.windows.get(key);
    // A window that begins where no sample may lie was opened by a spacing that nobody bounded once.
    const known = kept !== undefined && kept.startsAt > frame.receivedAt + AHEAD ? undefined : kept;
    const cut = addFrame(known, frame, length);
    const { window } = cut;
    if (window === undefined) owned(point.memory, 'windows').delete(key);
    else {
      const doubted = clockOff || (known?.clockOff === true && known.startsAt === window.startsAt);
      owned(point.memory, 'windows').set(key, doubted ? { ...window, clockOff: true } : window);
    }
    for (const [i, closed] of cut.closed.entries()) {
      const doubted = clockOff || (i === 0 && known?.clockOff === true);
      for (const metric of metrics) {
        if (metric.feature === undefined) continue;
        readings.push({
          point: point.code,
          metric: metric.key,
          value: closed[metric.feature.stat],
          quality: doubted ? CLOCK_OFF : GOOD,
          observedAt: closed.endsAt,
          receivedAt: frame.receivedAt,
          backfill: false,
        });
      }
    }
  }
  return readings;
}
