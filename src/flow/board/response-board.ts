import type { AlarmId, OrderId } from '../../domain/ids.ts';
import { isOrderOpen, type Order } from '../../domain/order/order.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import type { ResponsesNow } from '../ports/service.ts';

/** Open orders as everybody may see them: as of the last durable turn. */
export class ResponseBoard implements ResponsesNow {
  readonly #orders = new Map<OrderId, Order>();
  readonly #byAlarm = new Map<AlarmId, Set<OrderId>>();
  #list: readonly Order[] | null = null;

  constructor(orders: Iterable<Order>) {
    for (const order of orders) this.#put(order);
  }

  /** Newest first. */
  orders(): readonly Order[] {
    this.#list ??= [...this.#orders.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    return this.#list;
  }

  order(id: OrderId): Order | undefined {
    return this.#orders.get(id);
  }

  ordersOf(alarm: AlarmId): readonly Order[] {
    return [...(this.#byAlarm.get(alarm) ?? [])].flatMap((id) => this.#orders.get(id) ?? []);
  }

  take(e: JournaledResponse): void {
    this.#put(e.after);
  }

  #put(order: Order): void {
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
