import type { Alarm } from '../domain/alarm/alarm.ts';
import { byUrgency } from '../domain/alarm/order.ts';
import { worse } from '../domain/alarm/worst.ts';
import type { AlarmId, EventSeq } from '../domain/ids.ts';
import type { Core } from './core.ts';
import type { TurnRecord } from './ports/journal.ts';
import type { Board, BoardListener } from './ports/service.ts';

/**
 * The open alarms as everybody may see them: as of the last durable turn. The desk may be a turn ahead;
 * nobody is shown that.
 */
export class LiveBoard implements Board {
  readonly epoch: string;
  readonly #core: Core;
  readonly #open = new Map<AlarmId, Alarm>();
  readonly #listeners = new Set<BoardListener>();
  /** The list in order, until the next event. */
  #inOrder: readonly Alarm[] | null = null;
  #seq: EventSeq;

  constructor(given: { epoch: string; core: Core }) {
    this.epoch = given.epoch;
    this.#core = given.core;
    this.#seq = given.core.lastSeq;
    for (const [id, alarm] of given.core.desk.open) this.#open.set(id, alarm);
  }

  seq(): EventSeq {
    return this.#seq;
  }

  open(): readonly Alarm[] {
    this.#inOrder ??= [...this.#open.values()].sort(byUrgency);
    return this.#inOrder;
  }

  openAlarm(id: AlarmId): Alarm | undefined {
    return this.#open.get(id);
  }

  live(alarm: Alarm): ReturnType<Board['live']> {
    const at = this.#core.point(alarm.pointCode);
    const reading = alarm.metric === null ? undefined : at?.latest.get(alarm.metric);
    const current =
      reading === undefined
        ? null
        : { value: reading.value, at: reading.observedAt, quality: reading.quality };
    const seen =
      alarm.phase.is === 'closed' || at?.alarms.get(alarm.ruleId)?.id !== alarm.id
        ? undefined
        : at.memory.worst.get(alarm.ruleId);
    return {
      current,
      worst: seen === undefined ? alarm.worst : worse(alarm, { ...seen, level: alarm.level }),
    };
  }

  join(listener: BoardListener): ReturnType<Board['join']> {
    this.#listeners.add(listener);
    return { seq: this.#seq, open: this.open(), leave: () => this.#listeners.delete(listener) };
  }

  /** A turn has become durable. */
  release(record: TurnRecord): void {
    for (const e of record.events) {
      this.#inOrder = null;
      this.#seq = e.seq;
      if (e.after.phase.is === 'closed') this.#open.delete(e.after.id);
      else this.#open.set(e.after.id, e.after);
      for (const l of this.#listeners) l.event(e);
    }
    if (record.readings.length > 0) for (const l of this.#listeners) l.readings(record.readings);
  }
}
