import type { Alarm } from '../alarm/alarm.ts';
import type { AlarmEvent } from '../alarm/events.ts';
import type { OrderEvent } from '../order/events.ts';
import { isOrderOpen, type Order } from '../order/order.ts';
import type { Millis } from '../time.ts';
import type { FigureTable } from './figures.ts';
import type { Period } from './period.ts';

type Known = { readonly source: string; readonly isOpen: boolean };
type KnownAlarm = Known & { readonly level: number; readonly isRaised: boolean };
type KnownOrder = Known & { readonly isMade: boolean };

/** What platforms below 下级平台 have told of a period: beside the house's own figures, and in none of them. */
export class BelowCount {
  readonly #period: Period;
  readonly #alarms = new Map<string, KnownAlarm>();
  readonly #orders = new Map<string, KnownOrder>();

  constructor(period: Period) {
    this.#period = period;
  }

  takeAlarm({ change, at }: AlarmEvent, after: Alarm): void {
    const before = this.#alarms.get(after.id);
    const isRaised = before?.isRaised === true || (change.kind === 'raised' && this.#isIn(at));
    // What happens after the end is known of its level, and not of how it stood then.
    const isOpen = at < this.#period.to ? after.phase.is !== 'closed' : (before?.isOpen ?? false);
    this.#alarms.set(after.id, { source: after.from ?? '', level: after.level, isRaised, isOpen });
  }

  takeOrder({ at }: OrderEvent, after: Order): void {
    const before = this.#orders.get(after.id);
    const isMade = before?.isMade === true || this.#isIn(after.createdAt);
    const isOpen = at < this.#period.to ? isOrderOpen(after) : (before?.isOpen ?? false);
    this.#orders.set(after.id, { source: after.from ?? '', isMade, isOpen });
  }

  /** It was open, and nothing happened to it. */
  alarmWasOpen({ id, from, level }: Alarm): void {
    if (!this.#alarms.has(id))
      this.#alarms.set(id, { source: from ?? '', level, isRaised: false, isOpen: true });
  }

  orderWasOpen({ id, from }: Order): void {
    if (!this.#orders.has(id)) this.#orders.set(id, { source: from ?? '', isMade: false, isOpen: true });
  }

  /** None where nothing is below. */
  tables(): readonly FigureTable[] {
    const alarms = [...this.#alarms.values()];
    const orders = [...this.#orders.values()];
    const sources = [...new Set([...alarms, ...orders].map((t) => t.source))].sort();
    const rows = sources.map((source) => {
      const raised = alarms.filter((a) => a.source === source && a.isRaised);
      const openOf = (things: readonly Known[]) =>
        things.filter((t) => t.source === source && t.isOpen).length;
      return [
        source,
        raised.length,
        ...[1, 2, 3, 4].map((level) => raised.filter((a) => a.level === level).length),
        openOf(alarms),
        orders.filter((o) => o.source === source && o.isMade).length,
        openOf(orders),
      ];
    });
    const columns = [
      'source',
      'raised',
      'level1',
      'level2',
      'level3',
      'level4',
      'open',
      'orders',
      'openOrders',
    ];
    return rows.length === 0 ? [] : [{ key: 'below', columns, rows, total: rows.length }];
  }

  #isIn(at: Millis): boolean {
    return at >= this.#period.from && at < this.#period.to;
  }
}
