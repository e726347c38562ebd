import type { Alarm, Breach } from '../domain/alarm/alarm.ts';
import type { WorstSeen } from '../domain/alarm/events.ts';
import { depth } from '../domain/alarm/worst.ts';
import { evaluate, freshMemory } from '../domain/judge/evaluate.ts';
import { addFrame } from '../domain/judge/features.ts';
import type { RuleMemory } from '../domain/judge/memory.ts';
import { remember, type Standing, standing } from '../domain/judge/standing.ts';
import { isGraver, type LevelInForce } from '../domain/level.ts';
import { type Frame, GOOD, type Quality, type Reading } from '../domain/reading.ts';
import type { Limit, Rule, Step } from '../domain/rule.ts';
import type { Millis } from '../domain/time.ts';
import type { PointState } from './point-state.ts';
import type { MetricPlan } from './rule-book.ts';

/** What judging a reading may find out: told to the desk while live, to nobody while rebuilding. */
export interface Verdicts {
  breach(at: PointState, rule: Rule, breach: Breach): void;
  normal(at: PointState, rule: Rule, worst: WorstSeen): void;
}

/** Rebuilding memories at a start: the alarms come from the journal, so nobody needs telling. */
export const NOBODY: Verdicts = { breach: () => undefined, normal: () => undefined };

/**
 * Runs one reading through the memories and rules of its point. The same function judges live readings and
 * rebuilds memories at a start; only who is told differs.
 */
export function judgeReading(at: PointState, plan: MetricPlan, reading: Reading, tell: Verdicts): void {
  const { memory } = at;
  const { metric, observedAt, receivedAt } = reading;
  if (receivedAt > memory.heardAt) memory.heardAt = receivedAt;

  const series = memory.series.get(metric);
  const stands = standing(series, observedAt, receivedAt, plan.lateness);
  const good = reading.value !== null && isJudged(reading.quality);
  if (stands !== 'repeat') memory.series.set(metric, remember(series, reading, stands, good));
  if (stands === 'live' || stands === 'late' || !at.latest.has(metric)) at.latest.set(metric, reading);
  if (!good || stands === 'repeat') return;

  for (const rule of plan.rules) judgeRule(at, rule, reading, stands, series?.newestAt ?? observedAt, tell);
}

/**
 * Only good readings are judged. A device whose clock is off says nothing wrong about the gas: its reading
 * stands at our time, flagged, and is judged (RELIABILITY C14).
 */
function isJudged(q: Quality): boolean {
  return q.grade === 'good' || (q.grade === 'doubtful' && q.why === 'clock-off');
}

function judgeRule(
  at: PointState,
  rule: Rule,
  r: Reading,
  stands: Standing,
  newestAt: Millis,
  tell: Verdicts,
): void {
  const value = r.value as number;
  const memories = stands === 'backfill' ? at.memory.late : at.memory.rules;
  const before = memories.get(rule.id) ?? freshMemory(rule);
  // A reading that comes behind a newer one is judged as of that newer one, so that time never runs backwards.
  const judgedAt = stands === 'behind' ? newestAt : r.observedAt;
  const found = evaluate(rule, before, value, judgedAt);

  if (stands === 'behind' && letsGo(before, found.memory)) return;
  if (found.memory !== before || !memories.has(rule.id)) memories.set(rule.id, found.memory);

  if (found.level !== null && found.step !== null) {
    const late = stands === 'late' || stands === 'backfill';
    if (stands === 'backfill' && !isNews(at.alarms.get(rule.id), before, found.level)) return;
    if (stands !== 'backfill') noteWorst(at, rule, found.step.limit, found.signal, r.observedAt);
    tell.breach(at, rule, breachOf(rule, found.step, found.level, found.signal, r.observedAt, late));
    return;
  }
  if (stands === 'live') endOfCondition(at, rule, tell);
}

/**
 * Backfill behind the newest reading tells of another excursion than the one that may be open now: it raises one
 * late alarm as it begins, makes that one graver, and touches no other.
 */
function isNews(open: Alarm | undefined, before: RuleMemory, level: LevelInForce): boolean {
  if (open === undefined) return !before.watchers.some((w) => w.on);
  return open.late && isGraver(level, open.level);
}

function endOfCondition(at: PointState, rule: Rule, tell: Verdicts): void {
  const alarm = at.alarms.get(rule.id);
  if (alarm !== undefined) {
    const worst = at.memory.worst.get(rule.id);
    tell.normal(at, rule, worst === undefined ? null : { ...worst, level: alarm.level });
  }
  at.memory.worst.delete(rule.id);
}

/** True when some watcher that was on is off now, or has begun to count towards it. */
function letsGo(before: RuleMemory, after: RuleMemory): boolean {
  return before.watchers.some(
    (w, i) =>
      w.on &&
      (after.watchers[i]?.on === false ||
        (w.disagreeingSince === null && after.watchers[i]?.disagreeingSince != null)),
  );
}

export function breachOf(
  rule: Rule,
  step: Step,
  level: NonNullable<LevelInForce>,
  value: number | null,
  observedAt: Millis,
  late: boolean,
): Breach {
  return { level, value, unit: rule.unit, limit: step.limit, observedAt, late, advice: step.advice };
}

function noteWorst(
  at: PointState,
  rule: Rule,
  limit: Limit,
  signal: number | null,
  observedAt: Millis,
): void {
  if (signal === null) return;
  const known = at.memory.worst.get(rule.id);
  if (known === undefined || known.value === null || depth(limit, signal) > depth(limit, known.value)) {
    at.memory.worst.set(rule.id, { value: signal, at: observedAt });
  }
}

/**
 * Adds a waveform frame to the open windows of its features.
 *
 * @returns the feature readings of every window that closed, `observedAt` at the window's end
 */
export function cutFeatures(at: PointState, plan: MetricPlan, frame: Frame): Reading[] {
  const readings: Reading[] = [];
  if (frame.receivedAt > at.memory.heardAt) at.memory.heardAt = frame.receivedAt;
  for (const { key, length, metrics } of plan.windows) {
    const cut = addFrame(at.memory.windows.get(key), frame, length);
    if (cut.window === undefined) at.memory.windows.delete(key);
    else at.memory.windows.set(key, cut.window);
    for (const closed of cut.closed) {
      for (const metric of metrics) {
        if (metric.feature === undefined) continue;
        readings.push({
          point: at.code,
          metric: metric.key,
          value: closed[metric.feature.stat],
          quality: GOOD,
          observedAt: closed.endsAt,
          receivedAt: frame.receivedAt,
          backfill: false,
        });
      }
    }
  }
  return readings;
}
