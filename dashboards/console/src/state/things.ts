import type { Incident, Order, Warning } from '../api/answers.ts';

/** Orders, warnings or incidents, as the live stream told them. */
export type Things<T> = {
  readonly open: ReadonlyMap<string, T>;
  /** The last few that ended while this console looked, newest first. */
  readonly over: readonly T[];
};

export const NO_THINGS = { open: new Map<string, never>(), over: [] } as const satisfies Things<never>;
const OVER_KEPT = 20;

/** With one as it is now; one that is known to be further stays as it is. */
export function taken<T extends { readonly id: string; readonly revision: number }>(
  things: Things<T>,
  thing: T,
  isOver: (thing: T) => boolean,
): Things<T> {
  const known = thingOf(things, thing.id);
  if (known !== null && known.revision > thing.revision) return things;
  const open = new Map(things.open);
  const over = things.over.filter((o) => o.id !== thing.id);
  if (!isOver(thing)) {
    open.set(thing.id, thing);
    return { open, over };
  }
  open.delete(thing.id);
  return { open, over: [thing, ...over].slice(0, OVER_KEPT) };
}

export const thingOf = <T extends { readonly id: string }>(things: Things<T>, id: string): T | null =>
  things.open.get(id) ?? things.over.find((o) => o.id === id) ?? null;

export const isOrderOver = ({ state }: Pick<Order, 'state'>): boolean =>
  state === 'archived' || state === 'voided';
export const isWarningOver = ({ state }: Pick<Warning, 'state'>): boolean =>
  state === 'lifted' || state === 'cancelled' || state === 'discarded';
export const isIncidentOver = (i: Pick<Incident, 'state' | 'mergedInto'>): boolean =>
  i.state === 'reviewed' || i.mergedInto !== undefined;

/** Each alarm's, newest last. */
export function byAlarm(orders: Iterable<Order>): ReadonlyMap<string, readonly Order[]> {
  const found = new Map<string, Order[]>();
  for (const order of orders)
    for (const alarm of order.alarms) {
      const there = found.get(alarm);
      if (there === undefined) found.set(alarm, [order]);
      else there.push(order);
    }
  return found;
}
