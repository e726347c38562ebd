import type { Alarm, Breach, Scene } from '../domain/alarm/alarm.ts';
import type { AlarmCommand, DeskLimits } from '../domain/alarm/commands.ts';
import { decide } from '../domain/alarm/decide.ts';
import type { WorstSeen } from '../domain/alarm/events.ts';
import { evolve } from '../domain/alarm/evolve.ts';
import { isActive } from '../domain/alarm/order.ts';
import type { AlarmId } from '../domain/ids.ts';
import { isGraver } from '../domain/level.ts';
import type { Refusal } from '../domain/refusals.ts';
import { UNPLACED_AREA } from '../domain/register.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Rule } from '../domain/rule.ts';
import type { Millis } from '../domain/time.ts';
import type { Draft } from './draft.ts';
import type { Verdicts } from './judge-point.ts';
import type { PointState } from './point-state.ts';
import type { Ids } from './ports/ids.ts';
import type { RegisterView } from './ports/service.ts';

/**
 * The alarm desk: keeps the open alarms, puts every level change and every command to `decide`, and writes
 * what came of it into the turn's draft.
 */
export class Desk {
  readonly open = new Map<AlarmId, Alarm>();
  /** Closed alarms that were written to lately, so that two notes in a row continue one story. */
  readonly #closed = new Map<AlarmId, Alarm>();
  readonly #states = new Map<AlarmId, PointState>();
  readonly #ids: Ids;
  readonly #limits: DeskLimits;
  readonly #register: RegisterView;

  constructor(given: { ids: Ids; limits: DeskLimits; register: RegisterView }) {
    this.#ids = given.ids;
    this.#limits = given.limits;
    this.#register = given.register;
  }

  /** Puts back an alarm that the journal knows as open. */
  restore(alarm: Alarm, at: PointState): void {
    this.#seat(alarm, at);
  }

  /** The desk's ear for judging, within one turn. */
  hearing(draft: Draft): Verdicts {
    return {
      breach: (at, rule, breach) => this.#breach(at, rule, breach, draft),
      normal: (at, rule, worst) => this.#normal(at, rule, worst, draft),
    };
  }

  /** @param closed the alarm as the journal has it, where it is not open any more */
  order(
    id: AlarmId,
    command: AlarmCommand,
    closed: Alarm | null,
    draft: Draft,
  ): Result<Alarm | null, Refusal> {
    const alarm = this.open.get(id) ?? this.#closed.get(id) ?? closed;
    const decided = this.#decide(alarm, this.#states.get(id) ?? null, command, draft);
    return decided.ok ? ok(decided.value) : decided;
  }

  closedLately(id: AlarmId): Alarm | null {
    return this.#closed.get(id) ?? null;
  }

  /** The clock: shelves that end, acknowledgements that are too old. */
  tick(reAlarmAfter: (alarm: Alarm) => number | null, draft: Draft): void {
    for (const alarm of [...this.open.values()]) {
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
  interruption(at: PointState, silent: boolean, silenceRules: ReadonlySet<string>, draft: Draft): void {
    for (const alarm of [...at.alarms.values()]) {
      if (silenceRules.has(alarm.ruleId) || alarm.dataInterrupted === silent) continue;
      this.#decide(alarm, at, { do: silent ? 'interrupt' : 'resume' }, draft);
    }
  }

  /** The point went under maintenance or came back. */
  service(at: PointState, outOfService: { readonly reason: string } | null, draft: Draft): void {
    for (const alarm of [...at.alarms.values()]) {
      this.#decide(
        alarm,
        at,
        outOfService === null
          ? { do: 'returnToService' }
          : { do: 'takeOutOfService', reason: outOfService.reason },
        draft,
      );
    }
  }

  #clockMatters(alarm: Alarm, reAlarmAfter: number | null, now: Millis): boolean {
    if (alarm.overlay.is === 'shelved') return true;
    return (
      alarm.phase.is === 'active-acked' && reAlarmAfter !== null && now - alarm.phase.ack.at >= reAlarmAfter
    );
  }

  #breach(at: PointState, rule: Rule, breach: Breach, draft: Draft): void {
    const open = at.alarms.get(rule.id);
    // The common case of a lasting condition: nothing new to decide.
    if (
      open !== undefined &&
      isActive(open) &&
      !isGraver(breach.level, open.level) &&
      open.late === breach.late
    )
      return;
    const id = open?.id ?? this.#ids.alarm(draft.at);
    const outOfService = this.#register.point(at.code)?.outOfService ?? null;
    const hidden =
      outOfService === null ? {} : { hidden: { is: 'outOfService', reason: outOfService.reason } as const };
    this.#decide(
      open ?? null,
      at,
      { do: 'observe', id, scene: this.#scene(at, rule), breach, ...hidden },
      draft,
    );
  }

  #normal(at: PointState, rule: Rule, worst: WorstSeen, draft: Draft): void {
    const open = at.alarms.get(rule.id);
    if (open !== undefined && isActive(open)) this.#decide(open, at, { do: 'observeNormal', worst }, draft);
  }

  #decide(
    alarm: Alarm | null,
    at: PointState | null,
    command: AlarmCommand,
    draft: Draft,
  ): Result<Alarm | null, Refusal> {
    const decided = decide(alarm, command, draft.at, this.#limits);
    if (!decided.ok) return decided;
    let now = alarm;
    for (const event of decided.value) {
      const after = evolve(now, event);
      draft.event(event, after);
      now = after;
    }
    if (now !== null && now !== alarm) this.#seat(now, at);
    return ok(now);
  }

  #seat(alarm: Alarm, at: PointState | null): void {
    if (alarm.phase.is !== 'closed') {
      this.open.set(alarm.id, alarm);
      if (at === null) return;
      at.alarms.set(alarm.ruleId, alarm);
      this.#states.set(alarm.id, at);
      return;
    }
    this.open.delete(alarm.id);
    this.#states.delete(alarm.id);
    if (at?.alarms.get(alarm.ruleId)?.id === alarm.id) at.alarms.delete(alarm.ruleId);
    this.#closed.delete(alarm.id);
    this.#closed.set(alarm.id, alarm);
    if (this.#closed.size > 1_000) this.#closed.delete(this.#closed.keys().next().value as AlarmId);
  }

  #scene(at: PointState, rule: Rule): Scene {
    const point = this.#register.point(at.code);
    const asset = point?.asset == null ? undefined : this.#register.asset(point.asset);
    return {
      pointCode: at.code,
      pointName: point?.name ?? at.code,
      assetCode: asset?.code ?? null,
      assetName: asset?.name ?? null,
      areaCode: point?.area ?? UNPLACED_AREA.code,
      lifeline: rule.lifeline,
      ruleId: rule.id,
      ruleVersion: rule.version,
      ruleName: rule.name,
      metric: rule.metric,
      latching: rule.latching,
    };
  }
}
