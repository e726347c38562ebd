import type { AlarmId, IncidentId, OrderId, WarningId } from '../../domain/ids.ts';
import { type Incident, isIncidentOpen } from '../../domain/incident/incident.ts';
import { isOrderOpen, type Order } from '../../domain/order/order.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import { isWarningOpen, type Warning } from '../../domain/warning/warning.ts';
import type { ResponsesNow } from '../ports/service.ts';

/** What is open. */
type Opened = {
  readonly orders: Iterable<Order>;
  readonly warnings: Iterable<Warning>;
  readonly incidents: Iterable<Incident>;
};

/** Open orders, warnings and incidents as everybody may see them: as of the last durable turn. */
export class ResponseBoard implements ResponsesNow {
  readonly #orders = new Map<OrderId, Order>();
  readonly #byAlarm = new Map<AlarmId, Set<OrderId>>();
  readonly #warnings = new Map<WarningId, Warning>();
  readonly #incidents = new Map<IncidentId, Incident>();
  readonly #incidentOf = new Map<AlarmId, IncidentId>();
  #list: readonly Order[] | null = null;

  constructor({ orders, warnings, incidents }: Opened) {
    for (const order of orders) this.#putOrder(order);
    for (const w of warnings) this.#warnings.set(w.id, w);
    for (const i of incidents) this.#putIncident(i);
  }

  /** Newest first. */
  orders(): readonly Order[] {
    this.#list ??= [...this.#orders.values()].sort(newestFirst);
    return this.#list;
  }

  order(id: OrderId): Order | undefined {
    return this.#orders.get(id);
  }

  /** Newest first. */
  warnings(): readonly Warning[] {
    return [...this.#warnings.values()].sort(newestFirst);
  }

  warning(id: WarningId): Warning | undefined {
    return this.#warnings.get(id);
  }

  /** Newest first. */
  incidents(): readonly Incident[] {
    return [...this.#incidents.values()].sort(newestFirst);
  }

  incident(id: IncidentId): Incident | undefined {
    return this.#incidents.get(id);
  }

  incidentOf(alarm: AlarmId): IncidentId | null {
    return this.#incidentOf.get(alarm) ?? null;
  }

  ordersOf(alarm: AlarmId): readonly Order[] {
    return [...(this.#byAlarm.get(alarm) ?? [])].flatMap((id) => this.#orders.get(id) ?? []);
  }

  take(e: JournaledResponse): void {
    if (e.of === 'notice') return;
    if (e.of === 'order') this.#putOrder(e.after);
    else if (e.of === 'incident') this.#putIncident(e.after);
    else if (isWarningOpen(e.after)) this.#warnings.set(e.after.id, e.after);
    else this.#warnings.delete(e.after.id);
  }

  #putIncident(incident: Incident): void {
    for (const m of this.#incidents.get(incident.id)?.members ?? []) this.#incidentOf.delete(m.alarm);
    if (!isIncidentOpen(incident)) {
      this.#incidents.delete(incident.id);
      return;
    }
    this.#incidents.set(incident.id, incident);
    for (const m of incident.members) this.#incidentOf.set(m.alarm, incident.id);
  }

  #putOrder(order: Order): void {
    this.#list = null;
    const isOpen = isOrderOpen(order);
    if (isOpen) this.#orders.set(order.id, order);
    else this.#orders.delete(order.id);
    for (const alarm of order.alarms) {
      const there = this.#byAlarm.get(alarm) ?? new Set();
      if (isOpen) there.add(order.id);
      else there.delete(order.id);
      if (there.size > 0) this.#byAlarm.set(alarm, there);
      else this.#byAlarm.delete(alarm);
    }
  }
}

const newestFirst = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? 1 : -1;
