import type { OrderId } from '../ids.ts';
import type { ClockName } from '../order/clock-policy.ts';
import { clocksOf } from '../order/clocks.ts';
import type { OrderEvent } from '../order/events.ts';
import { isOrderOpen, type Order } from '../order/order.ts';
import type { Duration, Millis } from '../time.ts';
import { count, type Figure, type FigureKey, type FigureTable, length, rankOf, share } from './figures.ts';
import type { Period } from './period.ts';

const ROWS_AT_MOST = 200;

const RATES: readonly (readonly [FigureKey, ClockName])[] = [
  ['orders.accepted-in-time', 'accept'],
  ['orders.arrived-in-time', 'arrive'],
  ['orders.controlled-in-time', 'control'],
  ['orders.verified-in-time', 'verify'],
];

/** Orders of a period, fed as alarms are. */
export class OrderTally {
  readonly #period: Period;
  readonly #orders = new Map<OrderId, Order>();
  readonly #madeAt: Millis[] = [];
  readonly #doneAt: Millis[] = [];
  #dispatched = 0;
  #returned = 0;
  #misdirected = 0;
  #rework = 0;
  #extended = 0;

  constructor(period: Period) {
    this.#period = period;
  }

  take({ change, at }: OrderEvent, after: Order): void {
    const { from, to } = this.#period;
    if (at < from || at >= to) return;
    this.#orders.set(after.id, after);
    switch (change.kind) {
      case 'created':
        this.#madeAt.push(at);
        break;
      case 'dispatched':
      case 'forwarded':
        this.#dispatched += 1;
        break;
      case 'returned':
        this.#returned += 1;
        if (change.why === 'not-ours') this.#misdirected += 1;
        break;
      case 'done':
        this.#doneAt.push(at);
        break;
      case 'rework':
        this.#rework += 1;
        break;
      case 'extension-answered':
        if (change.granted) this.#extended += 1;
        break;
      default:
        break;
    }
  }

  wasOpen(order: Order): void {
    if (!this.#orders.has(order.id) && order.createdAt < this.#period.to) this.#orders.set(order.id, order);
  }

  made(): readonly Millis[] {
    return this.#madeAt;
  }
  done(): readonly Millis[] {
    return this.#doneAt;
  }

  figures(): readonly Figure[] {
    const orders = [...this.#orders.values()];
    const open = orders.filter(isOrderOpen);
    const late = (clock: ClockName) => this.#late(open).filter((l) => l.clock === clock).length;
    const toDispatch = this.#lengths(orders, (o) => [o.createdAt, o.firstDispatchedAt]);
    const toArrive = this.#lengths(orders, (o) => [o.dispatchedAt, o.arrivedAt]);
    const toControl = this.#lengths(orders, (o) => [o.firstDispatchedAt, o.doneAt]);
    return [
      count('orders.made', this.#madeAt.length),
      count('orders.dispatched', this.#dispatched),
      count('orders.done', this.#doneAt.length),
      ...RATES.map(([key, clock]) => this.#inTime(key, clock, orders)),
      share('orders.returned-rate', this.#returned, this.#dispatched),
      share('orders.misdirected-rate', this.#misdirected, this.#dispatched),
      share('orders.rework-rate', this.#rework, this.#doneAt.length),
      share('orders.extended-rate', this.#extended, this.#dispatched),
      count(
        'orders.undispatched-at-end',
        open.filter((o) => o.state === 'new' || o.state === 'returned').length,
      ),
      count('orders.unverified-at-end', late('verify')),
      count('orders.uncontrolled-at-end', late('control')),
      length('orders.dispatch-median', rankOf(toDispatch, 0.5)),
      length('orders.dispatch-p90', rankOf(toDispatch, 0.9)),
      length('orders.arrive-median', rankOf(toArrive, 0.5)),
      length('orders.arrive-p90', rankOf(toArrive, 0.9)),
      length('orders.control-median', rankOf(toControl, 0.5)),
      length('orders.control-p90', rankOf(toControl, 0.9)),
    ];
  }

  /** Orders of which a clock has run out at the end of the period, by name. */
  overdue(): FigureTable {
    const rows = this.#late([...this.#orders.values()].filter(isOrderOpen)).sort(
      (a, b) => a.dueAt - b.dueAt || (a.order.no < b.order.no ? -1 : 1),
    );
    return {
      key: 'overdue',
      columns: ['no', 'title', 'level', 'unit', 'clock', 'dueAt'],
      rows: rows
        .slice(0, ROWS_AT_MOST)
        .map(({ order: o, clock, dueAt }) => [o.no, o.title, o.level, o.unit, clock, dueAt]),
      total: rows.length,
    };
  }

  #late(orders: readonly Order[]) {
    return orders.flatMap((order) =>
      clocksOf(order).flatMap(({ name, metAt, dueAt }) =>
        metAt === null && dueAt < this.#period.to ? [{ order, clock: name, dueAt }] : [],
      ),
    );
  }

  /** Of those that fell due in the period, or were met in it before that: whoever is late does not vanish from it. */
  #inTime(key: FigureKey, clock: ClockName, orders: readonly Order[]): Figure {
    let due = 0;
    let met = 0;
    for (const o of orders)
      for (const c of clocksOf(o)) {
        if (c.name !== clock || !this.#isIn(Math.min(c.dueAt, c.metAt ?? c.dueAt))) continue;
        due += 1;
        if (c.metAt !== null && c.metAt <= c.dueAt) met += 1;
      }
    return share(key, met, due);
  }

  #lengths(
    orders: readonly Order[],
    of: (o: Order) => readonly [from: Millis | null, to: Millis | null],
  ): readonly Duration[] {
    return orders.flatMap((o) => {
      const [begun, ended] = of(o);
      return begun !== null && ended !== null && ended >= begun && this.#isIn(ended) ? [ended - begun] : [];
    });
  }

  #isIn(at: Millis): boolean {
    return at >= this.#period.from && at < this.#period.to;
  }
}
