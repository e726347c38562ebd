import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BoardFrame,
  EMPTY_BOARD,
  fold,
  learnOrder,
} from '../../../dashboards/console/src/state/board.ts';
import { isOrderOver, isWarningOver, thingOf } from '../../../dashboards/console/src/state/things.ts';
import { isOrderOpen, ORDER_STATES } from '../../../src/domain/order/order.ts';
import { isWarningOpen, WARNING_STATES } from '../../../src/domain/warning/warning.ts';
import { type OrderJson, orderToJson } from '../../../src/wire/response/order.ts';
import { create, dispatch, IN_STATE, story, T0 } from '../../domain/order/build.ts';

const an = (id: string, more: Partial<OrderJson> = {}): OrderJson => ({
  ...orderToJson(story(create(), dispatch).is, T0),
  id,
  ...more,
});
const hello = (seq: number): BoardFrame => ({
  type: 'hello',
  epoch: 'e1',
  seq,
  serverTime: new Date(T0).toISOString(),
});
const snapshot = (seq: number, orders: OrderJson[]): BoardFrame => ({
  type: 'snapshot',
  seq,
  alarms: [],
  orders,
  warnings: [],
  incidents: [],
});
const frame = (seq: number, order: OrderJson): BoardFrame => ({
  type: 'order',
  seq,
  event: 'accepted',
  at: new Date(T0).toISOString(),
  by: '张三',
  order,
});
const over = orderToJson(story(...IN_STATE.archived).is, T0);

describe('the orders of a console', () => {
  it('are the snapshot’s, then as each event leaves them; one that is over stays within reach of its file', () => {
    const { board } = fold(EMPTY_BOARD, [
      hello(5),
      snapshot(5, [an('O1'), an('O2')]),
      frame(6, an('O3')),
      frame(7, { ...over, id: 'O1' }),
    ]);
    expect([...board.orders.open.keys()]).toEqual(['O2', 'O3']);
    expect(thingOf(board.orders, 'O1')?.state).toBe('archived');
    expect(board.seq).toBe(7);
  });

  it('an answer to one’s own act stands ahead of its event, and is not turned back by an older one', () => {
    const first = fold(EMPTY_BOARD, [hello(5), snapshot(5, [an('O1', { revision: 2 })])]).board;
    const known = learnOrder(first, an('O1', { revision: 4, state: 'accepted' }));
    const { board } = fold(known, [frame(6, an('O1', { revision: 3 }))]);
    expect(thingOf(board.orders, 'O1')).toMatchObject({ revision: 4, state: 'accepted' });
  });

  it('are over, as warnings are, where the domain says so', () => {
    for (const state of ORDER_STATES) expect(isOrderOver({ state })).toBe(!isOrderOpen({ state }));
    for (const state of WARNING_STATES) expect(isWarningOver({ state })).toBe(!isWarningOpen({ state }));
  });

  it('equal those of the server after any break and any overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 30 }),
        fc.array(fc.nat(30), { maxLength: 3 }),
        fc.nat(4),
        (steps, breaks, overlap) => {
          const server = new Map<string, OrderJson>();
          const journal: BoardFrame[] = [];
          let seq = 100;
          for (const [id, ends] of steps) {
            seq += 1;
            const next = ends ? { ...over, id, revision: seq } : an(id, { revision: seq });
            if (ends) server.delete(id);
            else server.set(id, next);
            journal.push(frame(seq, next));
          }
          let { board } = fold(EMPTY_BOARD, [hello(100), snapshot(100, [])]);
          const cuts = [...new Set([0, ...breaks.filter((n) => n < journal.length), journal.length])].sort(
            (x, y) => x - y,
          );
          for (let i = 1; i < cuts.length; i++) {
            const from = Math.max(0, (cuts[i - 1] as number) - overlap);
            ({ board } = fold(board, [hello(seq), ...journal.slice(from, cuts[i])]));
          }
          expect(Object.fromEntries(board.orders.open)).toEqual(Object.fromEntries(server));
        },
      ),
    );
  });
});
