import type { Order } from '../../api/answers.ts';

export type OrderClock = Order['clocks'][number];

/** A clock of an order that still runs, by the clock of this page. `leftMs` below 0: it ran out so long ago. */
export type Pressing = {
  readonly clock: OrderClock;
  readonly is: OrderClock['state'];
  readonly dueAt: number;
  readonly leftMs: number;
};

type Running = { readonly clock: OrderClock; readonly dueAt: number };
/** The open clock of an order that ends first; an order that changes is another object. */
const first = new WeakMap<Order, Running | null>();

function firstDue(order: Order): Running | null {
  const known = first.get(order);
  if (known !== undefined) return known;
  let found: Running | null = null;
  for (const clock of order.clocks) {
    const dueAt = Date.parse(clock.dueAt);
    if (clock.metAt === undefined && (found === null || dueAt < found.dueAt)) found = { clock, dueAt };
  }
  first.set(order, found);
  return found;
}

/**
 * How a clock stands now. The service says how it stood when it spoke; between two events nothing is sent, and the page goes on by
 * itself, as `clockState` of the domain does.
 *
 * @param now the service's time, as this page knows it
 */
export function clockIs(clock: OrderClock, order: Pick<Order, 'state'>, now: number): OrderClock['state'] {
  if (clock.metAt !== undefined) return Date.parse(clock.metAt) <= Date.parse(clock.dueAt) ? 'met' : 'missed';
  if (now >= Date.parse(clock.dueAt)) return 'overdue';
  if (order.state === 'paused' && clock.name !== 'verify') return 'paused';
  return now >= Date.parse(clock.amberAt) ? 'amber' : 'running';
}

/** The clock that runs out first; `null`: none runs. */
export function pressing(order: Order, now: number): Pressing | null {
  const due = firstDue(order);
  if (due === null) return null;
  const { clock, dueAt } = due;
  return { clock, is: clockIs(clock, order, now), dueAt, leftMs: dueAt - now };
}

/** When a clock of it runs out first; `Infinity`: none runs. */
export const dueOf = (order: Order): number => firstDue(order)?.dueAt ?? Number.POSITIVE_INFINITY;

export const isOverdue = (order: Order, now: number): boolean => dueOf(order) <= now;
