import type { AlarmId, IncidentId, OrderId, WarningId } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { OpenIncidents } from '../../domain/incident/open-incidents.ts';
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
  readonly #incidents = new OpenIncidents();
  #list: readonly Order[] | null = null;

  constructor({ orders, warnings, incidents }: Opened) {
    for (const order of orders) this.#putOrder(order);
    for (const w of warnings) this.#warnings.set(w.id, w);
    for (const i of incidents) this.#incidents.put(i);
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
    return [...this.#incidents.all.values()].sort(newestFirst);
  }

  incident(id: IncidentId): Incident | undefined {
    return this.#incidents.all.get(id);
  }

  incidentOf(alarm: AlarmId): IncidentId | null {
    return this.#incidents.of(alarm)?.id ?? null;
  }

  ordersOf(alarm: AlarmId): readonly Order[] {
    return [...(this.#byAlarm.get(alarm) ?? [])].flatMap((id) => this.#orders.get(id) ?? []);
  }

  take(e: JournaledResponse): void {
    // Asked for where it is looked at.
    if (e.of === 'notice' || e.of === 'handover' || e.of === 'report') return;
    if (e.of === 'order') this.#putOrder(e.after);
    else if (e.of === 'incident') this.#incidents.put(e.after);
    else if (isWarningOpen(e.after)) this.#warnings.set(e.after.id, e.after);
    else this.#warnings.delete(e.after.id);
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
