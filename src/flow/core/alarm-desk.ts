import type { Alarm, Breach, HiddenByDesign, Scene } from '../../domain/alarm/alarm.ts';
import { clockMoved } from '../../domain/alarm/clock-moved.ts';
import { type AlarmCommand, type DeskLimits, mayHide, mayOneHide } from '../../domain/alarm/commands.ts';
import { decide } from '../../domain/alarm/decide.ts';
import type { WorstSeen } from '../../domain/alarm/events.ts';
import { evolve } from '../../domain/alarm/evolve.ts';
import { isActive } from '../../domain/alarm/order.ts';
import { isHiddenByOne } from '../../domain/alarm/overlays.ts';
import type { AlarmId, DrillId, RuleId } from '../../domain/ids.ts';
import { owned } from '../../domain/judge/memory.ts';
import { isGraver, type Level } from '../../domain/level.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { isWorking, UNPLACED_AREA, type WorkWindow } from '../../domain/register/register.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Findings } from '../judging/findings.ts';
import type { PointState } from '../judging/point-state.ts';
import type { Ids } from '../ports/ids.ts';
import type { RegisterView } from '../ports/service.ts';
import type { Draft } from './draft.ts';

/**
 * The alarm desk: keeps the open alarms, puts every level change and every command to `decide`, and writes
 * what came of it into the turn's draft.
 */
export class AlarmDesk {
  readonly open = new Map<AlarmId, Alarm>();
  /** Closed alarms that were written to lately, so that two notes in a row continue one story. */
  readonly #closed = new Map<AlarmId, Alarm>();
  readonly #states = new Map<AlarmId, PointState>();
  readonly #ids: Ids;
  readonly #limits: DeskLimits;
  readonly #register: RegisterView;
  /** Rules that have consequences. */
  readonly #parents: ReadonlySet<RuleId>;
  /** Open alarms by asset, or by point where there is none. */
  readonly #bySite = new Map<string, Set<AlarmId>>();

  readonly #drill: DrillId | undefined;

  constructor(given: {
    ids: Ids;
    limits: DeskLimits;
    register: RegisterView;
    packs?: readonly Pack[];
    /** Every alarm of this desk is of this drill; left out: real. */
    drill?: DrillId;
  }) {
    this.#drill = given.drill;
    this.#parents = new Set(
      (given.packs ?? []).flatMap((p) => p.rules.flatMap((r) => r.consequenceOf ?? [])),
    );
    this.#ids = given.ids;
    this.#limits = given.limits;
    this.#register = given.register;
  }

  /** Puts back an alarm that the journal knows as open. */
  restore(alarm: Alarm, point: PointState): void {
    this.#seat(alarm, point);
  }

  /** Our clock was set while nothing ran: what waits by it moves along. */
  clockMoved(by: Duration): void {
    for (const alarm of [...this.open.values()])
      this.#seat(clockMoved(alarm, by), this.#states.get(alarm.id) ?? null);
  }

  /** Takes what judging finds within one turn. */
  findings(draft: Draft): Findings {
    return {
      breach: (point, rule, breach) => this.#breach(point, rule, breach, draft),
      normal: (point, rule, worst) => this.#normal(point, rule, worst, draft),
    };
  }

  /** The alarm as it is in this turn. @param durable as it was known outside when somebody asked for it */
  find(id: AlarmId, durable: Alarm | null): Alarm | null {
    return this.open.get(id) ?? this.#closed.get(id) ?? durable;
  }

  /** @param alarm as `find` has it */
  order(alarm: Alarm | null, command: AlarmCommand, draft: Draft): Result<Alarm, Refusal> {
    const point = alarm === null ? undefined : this.#states.get(alarm.id);
    return this.#decide(alarm, point ?? null, command, draft);
  }

  /** The clock: shelves that end, acknowledgements that are too old. */
  tick(reAlarmAfter: (alarm: Alarm) => number | null, draft: Draft): void {
    for (const alarm of [...this.open.values()]) {
      if (this.#register.worksAt(alarm.pointCode).length > 0) this.#settle(alarm.id, draft);
      if (!this.#clockMatters(alarm, reAlarmAfter(alarm), draft.at)) continue;
      this.#decide(
        alarm,
        this.#states.get(alarm.id) ?? null,
        { do: 'tick', reAlarmAfter: reAlarmAfter(alarm) },
        draft,
      );
    }
  }

  /** Silence began or ended at a point: its other open alarms say 数据中断. */
  interruption(point: PointState, silent: boolean, silenceRules: ReadonlySet<string>, draft: Draft): void {
    for (const alarm of [...point.alarms.values()]) {
      if (silenceRules.has(alarm.ruleId) || alarm.dataInterrupted === silent) continue;
      this.#decide(alarm, point, { do: silent ? 'interrupt' : 'resume' }, draft);
    }
  }

  /** The point went under maintenance or came back. */
  service(point: PointState, outOfService: { readonly reason: string } | null, draft: Draft): void {
    for (const alarm of [...point.alarms.values()]) {
      this.#decide(
        alarm,
        point,
        outOfService === null
          ? { do: 'returnToService' }
          : { do: 'takeOutOfService', reason: outOfService.reason },
        draft,
      );
      if (outOfService === null) this.#settle(alarm.id, draft);
    }
  }

  /** A work window was made or ended: what it explains at the point is hidden or shown. */
  works(point: PointState, draft: Draft): void {
    for (const alarm of [...point.alarms.values()]) this.#settle(alarm.id, draft);
  }

  #clockMatters(alarm: Alarm, reAlarmAfter: number | null, now: Millis): boolean {
    if (alarm.overlay.is === 'shelved' || isHiddenByOne(alarm, alarm.level, this.#limits)) return true;
    return (
      alarm.phase.is === 'active-acked' && reAlarmAfter !== null && now - alarm.phase.ack.at >= reAlarmAfter
    );
  }

  #breach(point: PointState, rule: Rule, breach: Breach, draft: Draft): void {
    const open = point.alarms.get(rule.id);
    // The common case of a lasting condition: nothing new to decide.
    if (
      open !== undefined &&
      isActive(open) &&
      !isGraver(breach.level, open.level) &&
      open.late === breach.late
    )
      return;
    const id = open?.id ?? this.#ids.alarm(draft.at);
    const scene = this.#scene(point, rule);
    const hidden = open === undefined ? this.#hiding(scene, rule, breach.level, draft.at) : null;
    // Shown first, so that the rise itself is not hidden: it may be of a level that works do not hide.
    if (open?.overlay.is === 'suppressed' && isGraver(breach.level, open.level))
      this.#settle(id, draft, breach.level);
    this.#decide(
      this.open.get(id) ?? null,
      point,
      { do: 'observe', id, scene, breach, ...(hidden === null ? {} : { hidden }) },
      draft,
    );
    // It may have become graver than what it was a consequence of.
    if (open !== undefined && rule.consequenceOf !== undefined) this.#settle(id, draft);
  }

  /** Why an alarm of this rule is not shown, by the register or by a rule's own word; `null`: it is shown. */
  #hiding(scene: Scene, rule: Rule, level: Level, now: Millis): HiddenByDesign | null {
    const outOfService = this.#register.point(scene.pointCode)?.outOfService ?? null;
    if (outOfService !== null && mayOneHide(level, this.#limits))
      return { is: 'outOfService', reason: outOfService.reason };
    if (rule.explainedByWorks) {
      const work = this.#register
        .worksAt(scene.pointCode)
        .find((w) => isWorking(w, now) && mayHide(level, this.#limits, w.second === undefined ? 1 : 2));
      if (work !== undefined)
        return { is: 'suppressed', because: `授权作业：${work.reason}（${whoOf(work)}）` };
    }
    const parent = this.#parentOf(scene, rule, level);
    return parent === null
      ? null
      : { is: 'suppressed', because: `由上级报警引起：${parent.ruleName.zh}（${parent.id}）` };
  }

  #parentOf(scene: Scene, { consequenceOf }: Rule, level: Level): Alarm | null {
    if (consequenceOf === undefined) return null;
    for (const id of this.#bySite.get(siteOf(scene)) ?? []) {
      const other = this.open.get(id);
      if (other === undefined || !consequenceOf.includes(other.ruleId)) continue;
      // What is itself hidden hides nothing, and nobody is kept from what is graver.
      if (isActive(other) && other.overlay.is === 'none' && !isGraver(level, other.level)) return other;
    }
    return null;
  }

  /** Hides or shows an open alarm as its circumstances now are. @param level what it is about to become */
  #settle(id: AlarmId, draft: Draft, level?: Level): void {
    const alarm = this.open.get(id);
    const point = this.#states.get(id);
    const rule = alarm === undefined ? undefined : point?.plan.rules.get(alarm.ruleId);
    if (alarm === undefined || point === undefined || alarm.overlay.is === 'outOfService') return;
    const hiding = rule === undefined ? null : this.#hiding(alarm, rule, level ?? alarm.level, draft.at);
    if (hiding?.is === 'suppressed')
      this.#decide(alarm, point, { do: 'suppress', because: hiding.because }, draft);
    else if (alarm.overlay.is === 'suppressed') this.#decide(alarm, point, { do: 'unsuppress' }, draft);
  }

  /** What an alarm with consequences does may hide or show those. */
  #settleConsequences(parent: Alarm, draft: Draft): void {
    for (const id of [...(this.#bySite.get(siteOf(parent)) ?? [])]) {
      const alarm = this.open.get(id);
      const rule = alarm && this.#states.get(id)?.plan.rules.get(alarm.ruleId);
      if (rule?.consequenceOf?.includes(parent.ruleId)) this.#settle(id, draft);
    }
  }

  #normal(point: PointState, rule: Rule, worst: WorstSeen, draft: Draft): void {
    const open = point.alarms.get(rule.id);
    if (open !== undefined && isActive(open))
      this.#decide(open, point, { do: 'observeNormal', worst }, draft);
  }

  #decide(
    alarm: Alarm | null,
    point: PointState | null,
    command: AlarmCommand,
    draft: Draft,
  ): Result<Alarm, Refusal> {
    const decided = decide(alarm, command, draft.at, this.#limits);
    if (!decided.ok) return decided;
    let now = alarm;
    for (const event of decided.value) {
      const after = evolve(now, event);
      draft.event(event, after);
      now = after;
    }
    if (now !== null && now !== alarm) {
      this.#seat(now, point);
      if (this.#parents.has(now.ruleId)) this.#settleConsequences(now, draft);
    }
    // Where there was none, the decision was a refusal or raised one.
    return ok(now as Alarm);
  }

  #seat(alarm: Alarm, point: PointState | null): void {
    if (alarm.phase.is !== 'closed') {
      this.open.set(alarm.id, alarm);
      const site = siteOf(alarm);
      const there = this.#bySite.get(site);
      if (there === undefined) this.#bySite.set(site, new Set([alarm.id]));
      else there.add(alarm.id);
      if (point === null) return;
      owned(point, 'alarms').set(alarm.ruleId, alarm);
      this.#states.set(alarm.id, point);
      return;
    }
    this.open.delete(alarm.id);
    const there = this.#bySite.get(siteOf(alarm));
    there?.delete(alarm.id);
    if (there?.size === 0) this.#bySite.delete(siteOf(alarm));
    this.#states.delete(alarm.id);
    if (point?.alarms.get(alarm.ruleId)?.id === alarm.id) owned(point, 'alarms').delete(alarm.ruleId);
    this.#closed.delete(alarm.id);
    this.#closed.set(alarm.id, alarm);
    if (this.#closed.size > 1_000) this.#closed.delete(this.#closed.keys().next().value as AlarmId);
  }

  #scene({ code }: PointState, rule: Rule): Scene {
    const registered = this.#register.point(code);
    const asset = registered?.asset == null ? undefined : this.#register.asset(registered.asset);
    return {
      pointCode: code,
      pointName: registered?.name ?? code,
      assetCode: asset?.code ?? null,
      assetName: asset?.name ?? null,
      areaCode: registered?.area ?? UNPLACED_AREA.code,
      lifeline: rule.lifeline,
      ruleId: rule.id,
      ruleVersion: rule.version,
      ruleName: rule.name,
      metric: rule.metric,
      latching: rule.latching,
      ...(this.#drill === undefined ? {} : { drill: this.#drill }),
    };
  }
}

const whoOf = ({ by, second }: WorkWindow): string =>
  second === undefined ? by.name : `${by.name}，复核：${second}`;

const siteOf = (scene: Pick<Scene, 'assetCode' | 'pointCode'>): string =>
  scene.assetCode === null ? `point ${scene.pointCode}` : `asset ${scene.assetCode}`;
