import type { Alarm } from '../../domain/alarm/alarm.ts';
import { byUrgency } from '../../domain/alarm/order.ts';
import { type Drill, isRunning } from '../../domain/drill/drill.ts';
import { isDrilledResponse, type JournaledDrilled } from '../../domain/drill/drilled.ts';
import type { AlarmId, DrillId } from '../../domain/ids.ts';
import type { Core } from '../core/core.ts';
import type { DrillsNow } from '../ports/service.ts';
import { ResponseBoard } from './response-board.ts';

/** Drills that run and what of them is open, as of the last durable turn. */
export class DrillBoard implements DrillsNow {
  readonly #running = new Map<DrillId, Drill>();
  readonly #alarms = new Map<AlarmId, Alarm>();
  responses: ResponseBoard;

  constructor({ drills, orders, warnings, incidents }: Core) {
    for (const drill of drills.running()) this.#running.set(drill.id, drill);
    for (const alarm of drills.open()) this.#alarms.set(alarm.id, alarm);
    this.responses = new ResponseBoard({
      orders: orders.drilled.values(),
      warnings: warnings.drilled.values(),
      incidents: incidents.drilled.values(),
    });
  }

  running(): readonly Drill[] {
    return [...this.#running.values()];
  }

  alarms(drill?: DrillId): readonly Alarm[] {
    return [...this.#alarms.values()].filter((a) => drill === undefined || a.drill === drill).sort(byUrgency);
  }

  alarm(id: AlarmId): Alarm | undefined {
    return this.#alarms.get(id);
  }

  take(e: JournaledDrilled): void {
    if (e.of === 'drill') this.#drill(e.after);
    else if (e.of === 'alarm') {
      if (e.after.phase.is === 'closed') this.#alarms.delete(e.after.id);
      else this.#alarms.set(e.after.id, e.after);
    } else if (isDrilledResponse(e)) this.responses.take(e);
  }

  /** What a drill has left is open to nobody any more. */
  #drill(drill: Drill): void {
    if (isRunning(drill)) {
      this.#running.set(drill.id, drill);
      return;
    }
    this.#running.delete(drill.id);
    for (const alarm of this.#alarms.values()) if (alarm.drill === drill.id) this.#alarms.delete(alarm.id);
    const rest = <T extends { readonly drill?: DrillId }>(all: readonly T[]) =>
      all.filter((x) => x.drill !== drill.id);
    const { responses } = this;
    this.responses = new ResponseBoard({
      orders: rest(responses.orders()),
      warnings: rest(responses.warnings()),
      incidents: rest(responses.incidents()),
    });
  }
}
