import type { EventSeq } from '../ids.ts';
import type { OrderEvent } from '../order/events.ts';
import { evolveOrder } from '../order/evolve.ts';
import { isOrderOpen, type Order } from '../order/order.ts';
import type { ResponseKind } from './event.ts';

/** An event of an order, warning or incident in its place in the journal, with the thing as it was right after it. */
export type JournaledResponse = {
  readonly seq: EventSeq;
} & { readonly of: 'order'; readonly event: OrderEvent; readonly after: Order };

/** The same without what came of it: enough to come to it again. */
export type ResponseStep = JournaledResponse extends infer J
  ? J extends JournaledResponse
    ? Pick<J, 'seq' | 'of' | 'event'>
    : never
  : never;

/** One of what lives by such events. */
export type ResponseThing = JournaledResponse['after'];

export const isOpenResponse = (j: Pick<JournaledResponse, 'of' | 'after'>): boolean => isOrderOpen(j.after);

/** What lists filter by. */
export function listed(j: Pick<JournaledResponse, 'of' | 'after'>): {
  readonly id: string;
  readonly kind: ResponseKind;
  readonly open: boolean;
  readonly state: string;
  readonly level: number;
  readonly lifeline: string;
  readonly area: string;
  readonly unit: string | null;
} {
  const { after: o } = j;
  const { id, state, level, lifeline, place, unit } = o;
  return { id, kind: j.of, open: isOpenResponse(j), state, level, lifeline, area: place.area, unit };
}

/** Comes to a thing again by its steps. */
export function evolved(before: ResponseThing | null, step: ResponseStep): ResponseThing {
  return evolveOrder(before as Order | null, step.event);
}
