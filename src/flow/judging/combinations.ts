import type { LifelineKey, MetricKey, PointCode, RuleId } from '../../domain/ids.ts';
import { admits } from '../../domain/judge/admits.ts';
import type { Arrival } from '../../domain/judge/arrival.ts';
import {
  evaluateSpread,
  evaluateTogether,
  freshMemory,
  type Judgement,
  levelIn,
} from '../../domain/judge/evaluate.ts';
import { passes } from '../../domain/judge/limit.ts';
import { mayEnd } from '../../domain/judge/may-end.ts';
import type { RuleMemory } from '../../domain/judge/memory.ts';
import { isAtLeast } from '../../domain/judge/signals/count.ts';
import { isNoted } from '../../domain/judge/signals/together.ts';
import { isAtRest, isQuiet } from '../../domain/judge/watcher.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Judges, Member, Reach, Rule } from '../../domain/rule.ts';
import type { Millis } from '../../domain/time.ts';
import type { RegisterView } from '../ports/service.ts';
import { breachOf, endOfCondition, type Findings, noteWorst } from './findings.ts';
import { Neighbours, type Within } from './neighbours.ts';
import type { PointState } from './point-state.ts';

/** A rule that looks at several points: it lives at points of its lifeline that have a member in reach. */
type Listener = {
  readonly rule: RuleId;
  readonly lifeline: LifelineKey;
  readonly over: Reach;
  readonly atEach: boolean;
  /** The metric means something to the rule at its own point alone: nobody has to be looked for. */
  readonly hereOnly: boolean;
  /** Number of its reach; rules of the same reach share what is looked up. */
  readonly reach: number;
};

/** How the readings of a turn are judged. */
export type Judging = {
  /** What its point knows of itself is newer than it: turns are being replayed. */
  readonly ahead: boolean;
  readonly findings: Findings;
  /** Told of every point whose memory changes; false: not that one, it knows this reading already. */
  readonly judged: (anchor: PointState) => boolean;
};

/**
 * Brings a reading to the rules of other points (and of its own) that look at several at once. What they make of it
 * is the domain's; who is within reach of whom is the register's, and is looked up here.
 *
 * A rule with a member `here` is judged at each of its points; one that looks only at what is near, over an asset, at
 * one of them alone (the first by code), so that one event is one alarm.
 */
export class Combinations {
  readonly #listeners = new Map<LifelineKey, Map<MetricKey, Listener[]>>();
  readonly #register: RegisterView;
  readonly #state: (code: PointCode) => PointState | undefined;
  readonly #reaches: Neighbours;
  readonly #numbers = new Map<string, number>();
  /** Counts the register's changes: what a point knows of its neighbours holds for one state of it. */
  #asOf = 0;

  constructor(given: {
    rules: readonly Rule[];
    register: RegisterView;
    state: (code: PointCode) => PointState | undefined;
  }) {
    this.#register = given.register;
    this.#reaches = new Neighbours(given.register);
    this.#state = given.state;
    for (const rule of given.rules) this.#listen(rule);
  }

  /** The register has changed: who is near whom is looked up again. */
  forget(): void {
    this.#reaches.forget();
    this.#asOf++;
  }

  /** @param arrival as it was judged at its own point; `null`, or backfill: it says nothing to others */
  judge(point: PointState, reading: Reading, arrival: Arrival | null, how: Judging): void {
    if (arrival === null || arrival === 'backfill') return;
    const isLate = arrival === 'late';
    const listeners = this.#listeners.get(point.plan.pack.lifeline)?.get(reading.metric);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      if (listener.hereOnly) {
        if (point.plan.pack.lifeline === listener.lifeline)
          this.#judge(point, listener, point, reading, isLate, how);
        continue;
      }
      for (const { code, lifeline } of this.#inReach(point, listener).points) {
        // Points at which the rule lives that have this one in reach: reach is symmetric.
        const anchor =
          lifeline !== listener.lifeline ? undefined : code === point.code ? point : this.#state(code);
        if (anchor === undefined) continue;
        this.#judge(anchor, listener, point, reading, isLate, how);
        if (!listener.atEach) break;
      }
    }
  }

  /** @param isLate it came after its time: may raise, never end */
  #judge(
    anchor: PointState,
    listener: Listener,
    point: PointState,
    reading: Reading,
    isLate: boolean,
    how: Judging,
  ): void {
    const rule = anchor.plan.rules.get(listener.rule);
    if (rule === undefined) return;
    const known = anchor.memory.rules.get(rule.id);
    const { signal } = rule;
    let found: Judgement | null = null;
    if (signal.of === 'spread') {
      // The greatest less the smallest: a code for a fault is not compared with its neighbours.
      if (!admits(rule.judges, reading.quality) || !mayEnd(reading.quality)) return;
      if (!how.judged(anchor)) return;
      const news = { point: point.code, at: reading.observedAt, value: reading.value as number };
      found = evaluateSpread(
        rule,
        known ?? freshMemory(rule),
        news,
        codesOf(this.#inReach(anchor, listener)),
      );
    } else if (signal.of === 'together') {
      for (const [i, member] of signal.members.entries()) {
        if (
          member.metric !== reading.metric ||
          (member.lifeline ?? rule.lifeline) !== point.plan.pack.lifeline
        )
          continue;
        if (member.at === 'here' && anchor !== point) continue;
        const judges = judgesOf(rule, member, point);
        if (!admits(judges, reading.quality)) continue;
        const holds = holdsAt(member, point, reading.value as number);
        if (!holds && !mayEnd(reading.quality)) continue;
        const before = found?.memory ?? known ?? freshMemory(rule);
        // Most of what is said: that it does not hold, where nothing of the rule does.
        const isKnown = anchor.alarms.has(rule.id) || anchor.memory.worst.has(rule.id);
        if (!holds && !how.ahead && isAtRest(before) && !isKnown) continue;
        if (found === null && !how.judged(anchor)) return;
        const reach = codesOf(this.#inReach(anchor, listener));
        found = judgeMember(rule, before, { i, member, holds, judges }, point, reading, how.ahead, reach);
      }
    }
    if (found === null) return;
    const forget = signal.of === 'together' && !how.ahead && saysNothing(found);
    anchor.memory.rules.set(rule.id, forget ? freshMemory(rule) : found.memory);
    if (found.level !== null && found.step !== null) {
      noteWorst(anchor, rule, found.step.limit, found.signal, reading);
      how.findings.breach(
        anchor,
        rule,
        breachOf(rule, found.step, found.level, found.signal, reading, isLate),
      );
    } else if (!isLate) endOfCondition(anchor, rule, how.findings);
  }

  /** Kept at the point itself: with many of them a map is what no cache holds. */
  #inReach(point: PointState, { reach, over }: Listener): Within {
    const known = point.near[reach];
    if (known?.asOf === this.#asOf) return known;
    const registered = this.#register.point(point.code);
    if (registered === undefined) return { points: [], codes: new Set([point.code]), asOf: this.#asOf };
    const found: Within = { points: this.#reaches.of(registered, over), codes: null, asOf: this.#asOf };
    point.near[reach] = found;
    return found;
  }

  #listen(rule: Rule): void {
    const { signal } = rule;
    if (signal.of === 'together')
      for (const m of signal.members) this.#add(m.lifeline ?? rule.lifeline, m.metric, rule, signal.over);
    else if (signal.of === 'spread' && rule.metric !== null)
      this.#add(rule.lifeline, rule.metric, rule, signal.over);
  }

  #add(lifeline: LifelineKey, metric: MetricKey, rule: Rule, over: Reach): void {
    const metrics = this.#listeners.get(lifeline) ?? new Map<MetricKey, Listener[]>();
    this.#listeners.set(lifeline, metrics);
    const listeners = metrics.get(metric) ?? [];
    metrics.set(metric, listeners);
    if (listeners.some((l) => l.rule === rule.id)) return;
    const reach = over.to === 'distance' ? `${over.metres} m` : over.to;
    const number = this.#numbers.get(reach) ?? this.#numbers.size;
    this.#numbers.set(reach, number);
    listeners.push({
      rule: rule.id,
      lifeline: rule.lifeline,
      over,
      atEach: isJudgedAtEach(rule, over),
      hereOnly: over.to === 'point' || isJudgedHereOnly(rule, lifeline, metric),
      reach: number,
    });
  }
}

function codesOf(near: Within): ReadonlySet<PointCode> {
  near.codes ??= new Set(near.points.map((p) => p.code));
  return near.codes;
}

/** At each of its points, or at one of an asset's alone. */
export function isJudgedAtEach({ signal }: Rule, over: Reach): boolean {
  return over.to !== 'asset' || (signal.of === 'together' && signal.members.some((m) => m.at === 'here'));
}

function isJudgedHereOnly(
  { signal, lifeline: own }: Rule,
  lifeline: LifelineKey,
  metric: MetricKey,
): boolean {
  if (signal.of !== 'together') return false;
  const heard = signal.members.filter((m) => m.metric === metric && (m.lifeline ?? own) === lifeline);
  return heard.every((m) => m.at === 'here');
}

/** One member of a combination has something to say. */
function judgeMember(
  rule: Rule,
  before: RuleMemory,
  said: {
    readonly i: number;
    readonly member: Member;
    readonly holds: boolean;
    readonly judges: Judges | undefined;
  },
  point: PointState,
  reading: Reading,
  ahead: boolean,
  reach: ReadonlySet<PointCode>,
): Judgement {
  const series = point.memory.series.get(reading.metric);
  // A rule says what is in force now, also where the reading came behind newer ones.
  const byRule = said.member.holds.by === 'rule';
  const when = byRule ? (series?.newestAt ?? reading.observedAt) : reading.observedAt;
  const news = { point: point.code, member: said.i };
  let memory = before;
  const newest = newestJudged(point, reading.metric, said.judges);
  // It came behind one that did not hold: of that nothing was noted.
  if (!ahead && newest !== null && newest > when && !isNoted(before.signal, news))
    memory = evaluateTogether(rule, before, { ...news, at: newest, holds: false }, reach).memory;
  return evaluateTogether(rule, memory, { ...news, at: when, holds: said.holds }, reach);
}

/** A member that goes by another rule goes by what that one judges: it says what is in force now, and not why. */
function judgesOf(rule: Rule, { holds }: Member, point: PointState): Judges | undefined {
  return holds.by === 'rule' ? point.plan.rules.get(holds.rule)?.judges : rule.judges;
}

/** When the newest reading was observed that a member may have heard of; `null`: none, as far as is known. */
function newestJudged(point: PointState, metric: MetricKey, judges: Judges | undefined): Millis | null {
  const newest = point.memory.series.get(metric)?.valueAt ?? null;
  const latest = point.latest.get(metric);
  if (latest === undefined || latest.quality.grade === 'good' || latest.value === null) return newest;
  if (admits(judges, latest.quality)) return latest.observedAt;
  return latest.observedAt === newest ? null : newest;
}

/** Nothing holds or held lately, and no step is on or about to be: as good as never heard of. */
const saysNothing = (found: Judgement): boolean => found.signal === 0 && isQuiet(found.memory.watchers);

function holdsAt(member: Member, point: PointState, value: number): boolean {
  if (member.holds.by === 'limit') return passes(member.holds.limit, 0, value);
  const rule = point.plan.rules.get(member.holds.rule);
  const memory = point.memory.rules.get(member.holds.rule);
  return rule !== undefined && memory !== undefined && isAtLeast(levelIn(rule, memory), member.holds.level);
}
