import { isActive } from '../../domain/alarm/order.ts';
import { admits } from '../../domain/judge/admits.ts';
import { evaluate, freshMemory, isHeld, type Judgement, levelIn } from '../../domain/judge/evaluate.ts';
import { gapAround, isInGap } from '../../domain/judge/gaps.ts';
import { mayEnd, raisedBy } from '../../domain/judge/may-end.ts';
import {
  NOTHING_YET,
  owned,
  type PointMemory,
  type RecentMemory,
  type RuleMemory,
} from '../../domain/judge/memory.ts';
import {
  addSample,
  forgetFirst,
  forgetNewer,
  hasRoom,
  insertAt,
  instantAt,
  noteDoubt,
  noteRecent,
  placeAmong,
  samplesIn,
  valueAt,
} from '../../domain/judge/recent.ts';
import { isTold, noteEnded, noteTold, toldOf } from '../../domain/judge/told.ts';
import { isGraver, type Level } from '../../domain/level.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Rule } from '../../domain/rule.ts';
import { days, hours, type Millis, minutes } from '../../domain/time.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import { breachOf, type Findings } from './findings.ts';
import { fits, run } from './judge-behind.ts';
import { PointNow } from './own-point.ts';
import type { PointState } from './point-state.ts';

/** As old as a reading may be and still be placed by its own time. */
const WINDOW = days(8);
/** What is further apart is not noted as one excursion. */
const CLOSE = minutes(10);
/** Noted of what comes late and in order: two numbers each. */
const WAITING_AT_MOST = 64;
/** After so long without backfill what came is forgotten. */
const IS_OVER = hours(1);

/**
 * Judges backfill 补传 that is not newer than what is known, in whatever order it comes: the rules run over what has come late,
 * in order of event time, by memories of their own. An excursion that was not told of raises a late alarm, or makes an
 * open one graver; none is ended.
 */
export function judgeBacklog(point: PointState, plan: MetricPlan, reading: Reading, tell: Findings): void {
  const known = backlogOf(point, plan, reading);
  if (
    known.borrowedAt !== undefined &&
    known.borrowedAt === known.baseAt &&
    reading.observedAt <= known.baseAt
  )
    giveBack(point, plan, known);
  if (waits(point, plan) && known.samples.length > 0) judgeWhatWaits(point, plan, known, reading);
  const n = samplesIn(known);
  const newestAt = n === 0 ? undefined : instantAt(known, n - 1);
  if (newestAt === undefined || reading.observedAt > newestAt) {
    judgeNext(point, plan, known, reading, newestAt ?? null, tell);
    return;
  }
  const place = placeAmong(known, reading.observedAt);
  if (place === null) {
    judgeAlone(point, plan, reading, tell);
    return;
  }
  if (isThere(known, place, reading)) return;
  if (!hasRoom(known)) {
    forgetNewer(known);
    judgeBacklog(point, plan, reading, tell);
    return;
  }
  judgeAmong(point, plan, known, reading, place, tell);
}

/**
 * The same for what is the newest, and late: the memories of what is on time judge it, too, and as long as nothing comes out of its
 * order they do that alone. It is only noted then, for what may come behind it belongs to the same excursions.
 */
export function judgeLate(point: PointState, plan: MetricPlan, reading: Reading, tell: Findings): void {
  const known = backlogOf(point, plan, reading);
  if (!waits(point, plan)) {
    judgeBacklog(point, plan, reading, tell);
    return;
  }
  if (samplesIn(known) >= WAITING_AT_MOST) forgetFirst(known, WAITING_AT_MOST / 2);
  addSample(known, reading.observedAt, reading.value as number);
  noteDoubt(known, reading.observedAt, reading.quality);
}

function backlogOf(point: PointState, plan: MetricPlan, reading: Reading): RecentMemory {
  const { memory } = point;
  const { metric, receivedAt } = reading;
  memory.backlog ??= { heardAt: receivedAt, of: new Map() };
  memory.backlog.heardAt = Math.max(memory.backlog.heardAt, receivedAt);
  const found = memory.backlog.of.get(metric);
  if (found !== undefined && fits(plan, found)) return found;
  const known = begun(point, plan, reading);
  memory.backlog.of.set(metric, known);
  return known;
}

/** Nothing of it has been judged among the backfill. */
const waits = ({ memory }: PointState, { rules }: MetricPlan): boolean =>
  rules[0] !== undefined && !memory.late.has(rules[0].id);

function judgeWhatWaits(point: PointState, plan: MetricPlan, known: RecentMemory, by: Reading): void {
  const { memories } = run(point, plan, known, by, 0);
  for (const [k, rule] of plan.rules.entries())
    owned(point.memory, 'late').set(rule.id, memories[k] as RuleMemory);
}

/** Called with what is on time: backfill that has long been over is forgotten. */
export function forgetBacklog(memory: PointMemory, now: Millis): void {
  if (memory.backlog === undefined || now - memory.backlog.heardAt <= IS_OVER) return;
  memory.backlog = undefined;
  memory.late = NOTHING_YET;
}

function begun(point: PointState, plan: MetricPlan, reading: Reading): RecentMemory {
  const late = owned(point.memory, 'late');
  for (const rule of plan.rules) late.delete(rule.id);
  return (
    goesOnFrom(point, plan, reading) ?? {
      baseAt: null,
      base: plan.rules.map((rule) => firstMemory(point, rule)),
      samples: [],
      split: 0,
      next: null,
    }
  );
}

/**
 * What comes from within the last outage goes on from where its rules stood when that began: a delay that ran then runs on.
 * `null` where that is not known any more, or where something else lies between.
 */
function goesOnFrom(
  point: PointState,
  plan: MetricPlan,
  { metric, observedAt }: Reading,
): RecentMemory | null {
  const recent = point.memory.recent?.get(metric);
  if (recent === undefined || !fits(plan, recent)) return null;
  const newestAt = instantAt(recent, samplesIn(recent) - 1);
  if (observedAt > newestAt) return borrowed(newestAt, memoriesNow(point, plan));
  const { baseAt, base } = recent;
  if (baseAt === null || observedAt <= baseAt || observedAt >= instantAt(recent, 0)) return null;
  return borrowed(baseAt, base);
}

const borrowed = (at: Millis, base: readonly RuleMemory[]): RecentMemory => ({
  baseAt: at,
  borrowedAt: at,
  base,
  samples: [],
  split: 0,
  next: null,
});

const memoriesNow = (point: PointState, { rules }: MetricPlan): RuleMemory[] =>
  rules.map((rule) => point.memory.rules.get(rule.id) ?? freshMemory(rule));

/** Something from before that outage came, too: all of it is judged by a memory of its own. */
function giveBack(point: PointState, plan: MetricPlan, known: RecentMemory): void {
  delete known.borrowedAt;
  known.baseAt = null;
  known.base = plan.rules.map((rule) => firstMemory(point, rule));
}

/** Backfill is judged by a memory of its own, but what the point has learnt of itself holds there too. */
function firstMemory(point: PointState, rule: Rule): RuleMemory {
  const fresh = freshMemory(rule);
  const live = point.memory.rules.get(rule.id)?.signal;
  return live?.of === 'deviation' || live?.of === 'extreme' ? { ...fresh, signal: live } : fresh;
}

/** In order, as most backfill comes: each rule goes on from where it was. */
function judgeNext(
  point: PointState,
  plan: MetricPlan,
  known: RecentMemory,
  r: Reading,
  newestAt: Millis | null,
  tell: Findings,
): void {
  const late = owned(point.memory, 'late');
  const memoryOf = (rule: Rule, k: number) =>
    late.get(rule.id) ?? known.next?.[k] ?? known.base[k] ?? freshMemory(rule);
  const before = plan.rules.map(memoryOf);
  if (newestAt === null) addSample(known, r.observedAt, r.value as number);
  else noteRecent(known, r.value as number, r.observedAt, WINDOW, newestAt, () => before.slice());
  noteDoubt(known, r.observedAt, r.quality);
  const beside = new PointNow(point, r.metric, (id) => late.get(id));
  for (const [k, rule] of plan.rules.entries()) {
    const memory = before[k] as RuleMemory;
    const evaluated = admits(rule.judges, r.quality)
      ? evaluate(rule, memory, r.value as number, r.observedAt, beside)
      : null;
    // What may be a code for a fault ends nothing, here as where it is on time.
    const found = evaluated === null || mayEnd(r.quality) ? evaluated : raisedBy(memory, evaluated);
    late.set(rule.id, found?.memory ?? memory);
    if (found === null) continue;
    if (isOver(found)) ended(point, rule, r);
    if (found.level === null) continue;
    const isOne = newestAt !== null && isInGap(point.memory.series.get(r.metric), newestAt, r.observedAt);
    const isClose = newestAt !== null && r.observedAt - newestAt <= CLOSE;
    const goesOn = newestAt !== null && (isOne || isClose) && levelIn(rule, memory) !== null;
    const stretch = goesOn ? { from: newestAt, to: r.observedAt, isOne } : alone(r.observedAt);
    say(point, rule, { ...found, level: found.level }, r, stretch, tell);
  }
}

/** In its place among what came: what differs from what was found before is news. */
function judgeAmong(
  point: PointState,
  plan: MetricPlan,
  known: RecentMemory,
  r: Reading,
  place: number,
  tell: Findings,
): void {
  const first = known.next !== null && place > known.split ? known.split : 0;
  const said = run(point, plan, known, r, first);
  insertAt(known, place, r.value as number, r.observedAt);
  noteDoubt(known, r.observedAt, r.quality);
  const found = run(point, plan, known, r, first);
  if (known.next !== null && found.atSplit !== null) known.next = found.atSplit;
  const inserted = place - first;
  for (const [k, rule] of plan.rules.entries()) {
    owned(point.memory, 'late').set(rule.id, found.memories[k] as RuleMemory);
    if (isOver(found.entries[inserted]?.[k] as Judgement)) ended(point, rule, r);
    let from = 0;
    while (from < found.entries.length) {
      if (found.entries[from]?.[k]?.level == null) {
        from++;
        continue;
      }
      let to = from;
      let gravest = from;
      let isNews = false;
      for (; to < found.entries.length; to++) {
        const now = found.entries[to]?.[k]?.level ?? null;
        if (now === null) break;
        const before =
          to === inserted ? null : (said.entries[to > inserted ? to - 1 : to]?.[k]?.level ?? null);
        if (before !== null && !isGraver(now, before)) continue;
        if (isHeld(found.entries[to]?.[k] as Judgement)) continue;
        if (!isNews || isGraver(now, found.entries[gravest]?.[k]?.level as Level)) gravest = to;
        isNews = true;
      }
      const j = found.entries[gravest]?.[k] as Judgement;
      if (isNews && j.level !== null) {
        const observedAt = instantAt(known, first + gravest);
        const by = { observedAt, quality: known.doubts?.get(observedAt) };
        const [begin, end] = [instantAt(known, first + from), instantAt(known, first + to - 1)];
        const isOne = isInGap(point.memory.series.get(r.metric), begin, end);
        const stretch = isOne ? { from: begin, to: end, isOne } : alone(observedAt);
        say(point, rule, { ...j, level: j.level }, by, stretch, tell);
      }
      from = to;
    }
  }
}

/** What is known of its time was made room for: it stands for itself. */
function judgeAlone(point: PointState, plan: MetricPlan, r: Reading, tell: Findings): void {
  const beside = new PointNow(point, r.metric, () => undefined);
  for (const rule of plan.rules) {
    if (!admits(rule.judges, r.quality)) continue;
    const found = evaluate(rule, firstMemory(point, rule), r.value as number, r.observedAt, beside);
    if (isOver(found)) ended(point, rule, r);
    if (found.level !== null)
      say(point, rule, { ...found, level: found.level }, r, alone(r.observedAt), tell);
  }
}

function isThere(known: RecentMemory, place: number, r: Reading): boolean {
  return place > 0 && instantAt(known, place - 1) === r.observedAt && valueAt(known, place - 1) === r.value;
}

/** Known, and normal: nothing is on, nor about to be. */
const isOver = ({ level, signal, memory }: Judgement): boolean =>
  level === null && signal !== null && memory.watchers.every((w) => w.disagreeingSince === null);

/** What was told of as if it had lasted over an outage did not: the next excursion of that outage is another one. */
function ended(point: PointState, rule: Rule, { metric, observedAt }: Reading): void {
  const told = point.memory.told?.get(rule.id);
  const gap = told === undefined ? null : gapAround(point.memory.series.get(metric), observedAt);
  if (told !== undefined && gap !== null) noteEnded(told, gap.from, gap.to);
}

/** Of an excursion, as far as is known. */
type Stretch = {
  readonly from: Millis;
  readonly to: Millis;
  /** Nothing came on time from within it; else it may be two, for what came on time and was forgotten is not among the backfill. */
  readonly isOne: boolean;
};

const alone = (at: Millis): Stretch => ({ from: at, to: at, isOne: true });

/** Tells of an excursion unless that has been done. An alarm that is active as gravely says it already. */
function say(
  point: PointState,
  rule: Rule,
  found: Judgement & { readonly level: Level },
  by: Parameters<typeof breachOf>[4],
  { from, to, isOne }: Stretch,
  tell: Findings,
): void {
  const told = toldOf(point.memory, rule.id);
  const known = isTold(told, isOne ? from : to, to, found.level);
  noteTold(told, from, to, found.level);
  // What is over its limit rings, not what waits for the end of it.
  if (known || found.step === null || isHeld(found)) return;
  const open = point.alarms.get(rule.id);
  if (open !== undefined && isActive(open) && !isGraver(found.level, open.level)) return;
  tell.breach(point, rule, breachOf(rule, found.step, found.level, found.signal, by, true, found.span));
}
