import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import { decideOrder } from '../../../src/domain/order/decide.ts';
import { evolveOrder } from '../../../src/domain/order/evolve.ts';
import { ORDER_STATES, type Order } from '../../../src/domain/order/order.ts';
import { hours } from '../../../src/domain/time.ts';
import {
  accept,
  archive,
  arrive,
  dispatch,
  done,
  extendTo,
  fail,
  feedback,
  forward,
  IN_STATE,
  pass,
  pauseUntil,
  refuse,
  resume,
  story,
  T0,
  urge,
  voids,
} from './build.ts';

const LATER = T0 + hours(1);
const VERBS: Readonly<Record<string, OrderCommand>> = {
  dispatch,
  accept,
  'refuse (after its grace)': refuse,
  forward,
  arrive,
  feedback,
  pause: pauseUntil(T0 + hours(9)),
  resume,
  extend: extendTo(T0 + hours(9)),
  done,
  'verify: passes': pass,
  'verify: fails': fail,
  archive,
  void: voids,
  urge,
};

function cell(order: Order, command: OrderCommand): string {
  const decided = decideOrder(order, command, LATER);
  if (!decided.ok) return decided.error.code === 'order-state' ? '–' : `\`${decided.error.code}\``;
  const after = decided.value.reduce(evolveOrder, order as Order);
  if (after.state !== order.state) return after.state;
  return decided.value.map((e) => `_${e.change.kind}_`).join(', ');
}

/** The table of `docs/orders.md`, printed from `decideOrder` itself. */
export function printed(): string {
  const names = Object.keys(VERBS);
  const rows = ORDER_STATES.map((state) => {
    const { is } = story(...IN_STATE[state]);
    if (is.state !== state) throw new Error(`the builder of ${state} builds ${is.state}`);
    return `| ${[state, ...names.map((n) => cell(is, VERBS[n] as OrderCommand))].join(' | ')} |`;
  });
  return [`| ${['state', ...names].join(' | ')} |`, `|${'---|'.repeat(names.length + 1)}`, ...rows].join(
    '\n',
  );
}
