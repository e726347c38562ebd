import { as } from '../../../../domain/ids.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { actsFor, type Who } from './asked.ts';

export function maySee(order: Order, who: Who): boolean {
  const acts = actsFor(who, 'order.see');
  if (acts === 'nobody' || !acts.sees(order.place.area)) return false;
  return acts.unit === null || acts.unit === order.unit;
}

/** An order, open or over. @throws HttpProblem where there is none, or it is none of theirs */
export async function orderOf(
  id: string,
  who: Who,
  { service, responses }: Pick<Services, 'service' | 'responses'>,
): Promise<Order> {
  const order =
    service.board.responses.order(as.order(id)) ??
    service.board.drills.responses.order(as.order(id)) ??
    (await responses.order(as.order(id)));
  if (order === null) throw new HttpProblem('order-unknown');
  if (!maySee(order, who)) throw hidden('order-unknown');
  return order;
}
