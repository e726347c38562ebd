import type { Alarm, SignalNow } from '../../domain/alarm/alarm.ts';
import { flippedAt, flipsBy, isFlip } from '../../domain/alarm/chatter.ts';
import type { BriefEvent } from '../../domain/alarm/indicators.ts';
import { byUrgency } from '../../domain/alarm/order.ts';
import { worse } from '../../domain/alarm/worst.ts';
import { type AlarmId, as, type EventSeq, type PointCode, type RuleId } from '../../domain/ids.ts';
import { isWorking, type WorkWindow } from '../../domain/register/register.ts';
import type { Millis } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import { isDrilled, isOfAlarm, type Sequenced, type TurnRecord } from '../ports/journal.ts';
import type { Board, BoardListener } from '../ports/service.ts';
import { DrillBoard } from './drill-board.ts';
import { Floods, floodAlarm, rememberedFloodAlarm } from './floods.ts';
import { ResponseBoard } from './response-board.ts';

/**
 * The open alarms as everybody may see them: as of the last durable turn. The desk may be a turn ahead;
 * nobody is shown that.
 */
export class LiveBoard implements Board {
  readonly epoch: string;
  readonly #core: Core;
  readonly #open = new Map<AlarmId, Alarm>();
  readonly #listeners = new Set<BoardListener>();
  readonly floods: Floods;
  readonly responses: ResponseBoard;
  readonly drills: DrillBoard;
  /** Flips of the last minute, of alarms that had any. */
  readonly #flips = new Map<AlarmId, readonly Millis[]>();
  /** Our clock, as of the last turn. */
  #now: Millis = 0;
  /** The list in order, until the next event. */
  #inOrder: readonly Alarm[] | null = null;
  #seq: EventSeq;

  constructor(given: { epoch: string; core: Core }) {
    this.epoch = given.epoch;
    this.#core = given.core;
    this.floods = new Floods(given.core.register);
    this.#seq = given.core.lastSeq;
    for (const [id, alarm] of [...given.core.desk.open, ...given.core.foreign.alarms])
      this.#open.set(id, alarm);
    this.responses = new ResponseBoard({
      orders: [...given.core.orders.open.values(), ...given.core.foreign.orders.values()],
      warnings: [...given.core.warnings.open.values(), ...given.core.foreign.warnings.values()],
      incidents: [...given.core.incidents.open.values(), ...given.core.foreign.incidents.values()],
    });
    this.drills = new DrillBoard(given.core);
  }

  seq(): EventSeq {
    return this.#seq;
  }

  open(): readonly Alarm[] {
    this.#inOrder ??= [...this.#open.values()].sort(byUrgency);
    return this.#inOrder;
  }

  openAlarm(id: AlarmId): Alarm | undefined {
    return this.#open.get(id) ?? this.drills.alarm(id);
  }

  live(alarm: Alarm): ReturnType<Board['live']> {
    const point = this.#pointOf(alarm);
    const responses = alarm.drill === undefined ? this.responses : this.drills.responses;
    const reading = alarm.metric === null ? undefined : point?.latest.get(alarm.metric);
    const current =
      reading === undefined
        ? null
        : { value: reading.value, at: reading.observedAt, quality: reading.quality };
    const seen =
      alarm.phase.is === 'closed' || point?.alarms.get(alarm.ruleId)?.id !== alarm.id
        ? undefined
        : point.memory.worst.get(alarm.ruleId);
    return {
      current,
      signal: signalOf(alarm, point),
      worst: seen === undefined ? alarm.worst : worse(alarm, { ...seen, level: alarm.level }),
      flips: flipsBy(this.#flips.get(alarm.id) ?? [], this.#now),
      works: this.#worksAt(alarm),
      orders: responses.ordersOf(alarm.id),
      incident: responses.incidentOf(alarm.id),
    };
  }

  signals(code: PointCode): readonly { readonly alarm: AlarmId; readonly signal: SignalNow }[] {
    const point = this.#core.points.of(code);
    if (point === undefined || point.signals.size === 0) return [];
    return [...point.alarms.values()].flatMap((alarm) => {
      const signal = signalOf(alarm, point);
      return signal === null ? [] : [{ alarm: alarm.id, signal }];
    });
  }

  /** In a drill it is the copy that measures. */
  #pointOf({ drill, pointCode }: Alarm) {
    const { points } =
      drill === undefined ? this.#core : (this.#core.drills.world(drill) ?? { points: null });
    return points?.of(pointCode);
  }

  #worksAt(alarm: Alarm): WorkWindow | null {
    if (alarm.phase.is === 'closed' || alarm.overlay.is !== 'none' || alarm.drill !== undefined) return null;
    const works = this.#core.register.worksAt(alarm.pointCode);
    if (works.length === 0) return null;
    const rule = this.#core.points.of(alarm.pointCode)?.plan.rules.get(alarm.ruleId);
    return rule?.explainedByWorks ? (works.find((w) => isWorking(w, this.#now)) ?? null) : null;
  }

  join(listener: BoardListener): ReturnType<Board['join']> {
    this.#listeners.add(listener);
    return { seq: this.#seq, open: this.open(), leave: () => this.#listeners.delete(listener) };
  }

  /** A turn has become durable. */
  release(record: TurnRecord): void {
    for (const e of record.events) {
      const { change } = e.event;
      if (change.kind === 'raised' && change.hidden === undefined) this.floods.hear(floodAlarm(e.after));
      if (isFlip(change.kind)) this.#flip(e.after.id, e.event.at);
    }
    this.pass(record.at);
    for (const e of inOrder(record)) {
      this.#seq = e.seq;
      if (isDrilled(e)) {
        this.drills.take(e);
        for (const l of this.#listeners) l.drilled?.(e);
        continue;
      }
      if (!isOfAlarm(e)) {
        this.responses.take(e);
        for (const l of this.#listeners) l.response?.(e);
        continue;
      }
      this.#inOrder = null;
      if (e.after.phase.is === 'closed') {
        this.#open.delete(e.after.id);
        this.#flips.delete(e.after.id);
      }
      if (e.after.phase.is !== 'closed') this.#open.set(e.after.id, e.after);
      for (const l of this.#listeners) l.event(e);
    }
    for (const c of record.commands ?? []) for (const l of this.#listeners) l.commanded?.(c);
    for (const e of record.probe ?? []) for (const l of this.#listeners) l.probe?.(e);
    if (record.readings.length > 0) for (const l of this.#listeners) l.readings(record.readings);
    if (record.shown !== undefined) for (const l of this.#listeners) l.readings(record.shown);
  }

  /** An event from before the start. */
  recall(e: BriefEvent): void {
    if (e.kind === 'raised' && !e.hidden) this.floods.hear(rememberedFloodAlarm(e));
    const id = as.alarm(e.alarm);
    if (isFlip(e.kind) && this.#open.has(id)) this.#flip(id, e.at);
  }

  /** The clock has moved on. */
  pass(now: Millis): void {
    this.#now = Math.max(this.#now, now);
    this.floods.pass(this.#now);
    for (const [id, flips] of this.#flips) if (flipsBy(flips, this.#now) === 0) this.#flips.delete(id);
  }

  #flip(id: AlarmId, at: Millis): void {
    this.#flips.set(id, flippedAt(this.#flips.get(id) ?? [], at));
  }
}

/** One sequence of all. */
const inOrder = ({ events, responses = [], drilled = [] }: TurnRecord): readonly Sequenced[] =>
  responses.length + drilled.length === 0
    ? events
    : [...events, ...responses, ...drilled].sort((a, b) => a.seq - b.seq);

type PointSignals = {
  readonly alarms: ReadonlyMap<RuleId, Alarm>;
  readonly signals: ReadonlyMap<RuleId, SignalNow>;
};
const signalOf = (alarm: Alarm, point: PointSignals | undefined): SignalNow | null =>
  alarm.phase.is === 'closed' || point?.alarms.get(alarm.ruleId)?.id !== alarm.id
    ? null
    : (point.signals.get(alarm.ruleId) ?? null);
