import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import type { UnitCode } from '../../domain/ids.ts';
import type { CourseStep } from '../../domain/notice/ladder.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import { evolveOrder } from '../../domain/order/evolve.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { WarningEvent } from '../../domain/warning/commands.ts';
import { evolveWarning } from '../../domain/warning/evolve.ts';
import type { Warning } from '../../domain/warning/warning.ts';
import type { Recovered } from '../ports/journal.ts';
import { orderStepsOf, stepsOf, warningStepsOf } from './course.ts';
import { caseOfAlarm, caseOfOrder, caseOfWarning, type NoticeCase } from './notice-case.ts';

export type Followed = {
  of: NoticeCase;
  /** As of its last event. */
  last: Alarm | Order | Warning;
  steps: CourseStep[];
  /** When the clock must call again; `null`: as far as we know never. */
  nextAt: Millis | null;
};

/** The open alarms, orders and warnings (of these one for each unit), each with the course by which its ladder is climbed. */
export class FollowedCases {
  readonly #cases = new Map<string, Followed>();
  #heard = 0;

  /** Counts up with every event that was followed. */
  get heard(): number {
    return this.#heard;
  }

  of(id: string): Followed | undefined {
    return this.#cases.get(id);
  }

  has(id: string): boolean {
    return this.#cases.has(id);
  }

  all(): Iterable<Followed> {
    return this.#cases.values();
  }

  over(id: string): void {
    this.#cases.delete(id);
  }

  /** @returns `null`: a word about an alarm that was over already */
  takeAlarm(event: AlarmEvent, after: Alarm, at: Millis): Followed | null {
    this.#heard++;
    const known = this.#cases.get(event.alarmId);
    const before = known?.of.kind === 'alarm' ? (known.last as Alarm) : null;
    return this.#take(caseOfAlarm(after), after, stepsOf(event, before, after, at));
  }

  takeOrder(event: OrderEvent, after: Order, at: Millis): Followed | null {
    this.#heard++;
    const before = (this.#cases.get(event.id)?.last ?? null) as Order | null;
    return this.#take(caseOfOrder(after), after, orderStepsOf(event, before, after, at));
  }

  /** @returns `null`: nobody has been told of it yet, or it is over */
  takeWarning(
    event: WarningEvent,
    after: Warning,
    { unit, at }: { readonly unit: UnitCode; readonly at: Millis },
  ): Followed | null {
    const of = caseOfWarning(after, unit);
    if (after.state !== 'issued' && !this.#cases.has(of.id)) return null;
    return this.#take(of, after, warningStepsOf(event, after, unit, at));
  }

  #take(of: NoticeCase, last: Followed['last'], steps: readonly CourseStep[]): Followed | null {
    const known = this.#cases.get(of.id);
    if (known !== undefined) {
      known.of = of;
      known.last = last;
      known.steps.push(...steps);
      return known;
    }
    if (of.isOver) return null;
    const followed: Followed = { of, last, steps: [...steps], nextAt: null };
    this.#cases.set(of.id, followed);
    return followed;
  }

  /** Puts everything back as it was at the last durable turn. */
  restore({ openAlarmEvents, openResponses, clockMoves }: Followable): void {
    for (const { seq, event, after } of openAlarmEvents) {
      const moved = clockMoves.reduce((by, m) => (m.afterSeq >= seq ? by + m.by : by), 0);
      this.takeAlarm(event, after, event.at + moved);
    }
    const orders = new Map<string, Order>();
    const warnings = new Map<string, Warning>();
    for (const step of openResponses) {
      if (step.of === 'incident' || step.of === 'handover' || step.of === 'report') continue;
      if (step.of === 'warning') {
        const { event } = step;
        const after = evolveWarning(warnings.get(event.id) ?? null, event);
        warnings.set(event.id, after);
        for (const { unit } of after.recipients)
          this.#onOldClock(this.takeWarning(event, after, { unit, at: event.at }), event);
        continue;
      }
      const { event } = step;
      const after = evolveOrder(orders.get(event.id) ?? null, event);
      orders.set(event.id, after);
      this.#onOldClock(this.takeOrder(event, after, event.at), event);
    }
    for (const { of } of [...this.#cases.values()]) if (of.isOver) this.#cases.delete(of.id);
  }

  /** What lies before it was written on the old clock. */
  #onOldClock(followed: Followed | null, { change }: OrderEvent | WarningEvent): void {
    if (followed !== null && change.kind === 'clock-moved') moveSteps(followed, change.by);
  }

  /** Our clock was set while nothing ran. */
  clockMoved(by: Duration): void {
    for (const followed of this.#cases.values()) moveSteps(followed, by);
  }
}

type Followable = Pick<Recovered, 'openAlarmEvents' | 'openResponses' | 'clockMoves'>;

function moveSteps(followed: Followed, by: Duration): void {
  followed.steps = followed.steps.map((s) => ({ ...s, at: s.at + by }));
  followed.nextAt = followed.nextAt === null ? null : followed.nextAt + by;
}
