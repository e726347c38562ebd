import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Board,
  type BoardFrame,
  EMPTY_BOARD,
  fold,
  learn,
} from '../../dashboards/console/src/state/board.ts';
import type { AlarmJson } from '../../src/wire/alarm.ts';
import { acked, anAlarm, closed } from './an-alarm.ts';

const hello = (seq: number, epoch = 'e1'): BoardFrame => ({
  type: 'hello',
  epoch,
  seq,
  serverTime: '2026-03-01T04:00:00.000Z',
});
const snapshot = (seq: number, ...alarms: AlarmJson[]): BoardFrame => ({
  type: 'snapshot',
  seq,
  alarms,
  orders: [],
  warnings: [],
  incidents: [],
});
type EventKind = Extract<BoardFrame, { type: 'alarm' }>['event'];
const event = (seq: number, alarm: AlarmJson, kind: EventKind = 'noted'): BoardFrame => ({
  type: 'alarm',
  seq,
  event: kind,
  at: '2026-03-01T04:00:00.000Z',
  by: '张三',
  alarm,
});
const ids = (b: Board): string[] => [...b.open.keys()].sort();

const a = anAlarm('a');
const b = anAlarm('b');

describe('the board of a console', () => {
  it('shows the snapshot, then what happens after it', () => {
    const { board } = fold(EMPTY_BOARD, [
      hello(5),
      snapshot(5, a),
      event(6, b, 'raised'),
      event(7, acked(a)),
    ]);
    expect(ids(board)).toEqual(['a', 'b']);
    expect(board.open.get('a')?.phase).toBe('active-acked');
    expect(board.seq).toBe(7);
  });

  it('takes a closed alarm off the list and keeps it among the last closed', () => {
    const { board } = fold(EMPTY_BOARD, [hello(5), snapshot(5, a, b), event(6, closed(a), 'closed')]);
    expect(ids(board)).toEqual(['b']);
    expect(board.closed.map((x) => x.id)).toEqual(['a']);
  });

  it('takes an event once, however often it is sent', () => {
    const twice = fold(EMPTY_BOARD, [hello(5), snapshot(5), event(6, a, 'raised'), event(6, a, 'raised')]);
    expect(twice.news).toHaveLength(1);
    const again = fold(twice.board, [hello(6), event(6, a, 'raised')]);
    expect(again.news).toHaveLength(0);
    expect(again.board.open).toEqual(twice.board.open);
  });

  it('keeps the list while the link is down and while a new journal has not yet sent its snapshot', () => {
    const { board } = fold(EMPTY_BOARD, [hello(5), snapshot(5, a)]);
    const met = fold(board, [hello(900, 'e2')]).board;
    expect(ids(met)).toEqual(['a']);
    expect(met.seq).toBeNull();
    expect(ids(fold(met, [snapshot(2, b)]).board)).toEqual(['b']);
  });

  it('forgets on a snapshot what is no longer open', () => {
    const { board } = fold(EMPTY_BOARD, [hello(5), snapshot(5, a, b)]);
    expect(ids(fold(board, [snapshot(9, b)]).board)).toEqual(['b']);
  });

  it('shows the answer to an own action at once, and is not turned back by the event before it', () => {
    const first = fold(EMPTY_BOARD, [hello(5), snapshot(5, a)]).board;
    const told = learn(first, acked({ ...a, revision: 3 }));
    expect(told.open.get('a')?.phase).toBe('active-acked');
    const { board } = fold(told, [event(6, { ...a, revision: 2, level: 1 })]);
    expect(board.open.get('a')?.revision).toBe(4);
  });

  it('does not bring back an alarm whose end the answer already told', () => {
    const first = fold(EMPTY_BOARD, [hello(5), snapshot(5, a)]).board;
    const told = learn(first, closed({ ...a, revision: 3 }));
    const { board } = fold(told, [event(6, { ...a, revision: 2 })]);
    expect(ids(board)).toEqual([]);
  });

  it('equals the list of the server after any break, any overlap and any gulps', () => {
    const names = ['a', 'b', 'c', 'd'];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.boolean()), { maxLength: 40 }),
        fc.array(fc.nat(40), { maxLength: 4 }),
        fc.nat(5),
        (steps, breaks, overlap) => {
          const server = new Map<string, AlarmJson>();
          const journal: BoardFrame[] = [];
          let seq = 100;
          for (const [id, ends] of steps) {
            const known = server.get(id);
            const next = known ? (ends ? closed(known) : acked(known)) : anAlarm(`${id}`, { revision: seq });
            if (next.phase === 'closed') server.delete(id);
            else server.set(id, next);
            seq += 1;
            journal.push(event(seq, next));
          }
          let board = fold(EMPTY_BOARD, [hello(100), snapshot(100)]).board;
          const cuts = [...new Set([0, ...breaks.filter((n) => n < journal.length), journal.length])].sort(
            (x, y) => x - y,
          );
          for (let i = 1; i < cuts.length; i++) {
            const from = Math.max(0, (cuts[i - 1] as number) - overlap);
            board = fold(board, [hello(seq), ...journal.slice(from, cuts[i])]).board;
          }
          expect(Object.fromEntries(board.open)).toEqual(Object.fromEntries(server));
        },
      ),
    );
  });
});
