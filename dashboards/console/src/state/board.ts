import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { LiveFrame } from '../../../../src/wire/live/live.ts';
import type { Incident, Order, Warning } from '../api/answers.ts';
import { type DrillBoard, drillsOf, foldDrill, isOfDrill, learnDrilled, NO_DRILLS } from './drill-board.ts';
import { isIncidentOver, isOrderOver, isWarningOver, NO_THINGS, type Things, taken } from './things.ts';

/** The open alarms and what follows them as this console knows them, and the place in the stream up to which it knows them. */
export type Board = {
  /** `null` until the first hello. */
  readonly epoch: string | null;
  /** Last event taken in; `null` until the first snapshot. */
  readonly seq: number | null;
  readonly open: ReadonlyMap<string, AlarmJson>;
  /** The last few that closed, newest first. */
  readonly closed: readonly AlarmJson[];
  readonly orders: Things<Order>;
  readonly warnings: Things<Warning>;
  readonly incidents: Things<Incident>;
  readonly drills: DrillBoard;
};

export type BoardFrame = Extract<
  LiveFrame,
  { type: 'hello' | 'snapshot' | 'alarm' | 'order' | 'warning' | 'incident' | 'drill' }
>;
/** An event taken in just now, for sound, title and story. */
export type News = Extract<LiveFrame, { type: 'alarm' }>;

export const EMPTY_BOARD: Board = {
  epoch: null,
  seq: null,
  open: new Map(),
  closed: [],
  orders: NO_THINGS,
  warnings: NO_THINGS,
  incidents: NO_THINGS,
  drills: NO_DRILLS,
};
const CLOSED_KEPT = 20;

/**
 * Takes frames in, in order. Repeated events change nothing; a snapshot replaces the list; an event that is
 * older than what an action's own answer already showed does not turn the alarm back.
 */
export function fold(board: Board, frames: readonly BoardFrame[]): { board: Board; news: News[] } {
  let { epoch, seq, closed, orders, warnings, incidents, drills } = board;
  let open: Map<string, AlarmJson> | null = null;
  const news: News[] = [];
  for (const frame of frames) {
    // In the one sequence, and nothing of what is real.
    if ('seq' in frame && isOfDrill(frame)) {
      if (seq === null || frame.seq <= seq) continue;
      seq = frame.seq;
      drills = foldDrill(drills, frame);
      continue;
    }
    switch (frame.type) {
      case 'hello':
        // Another journal: our place in the stream means nothing there. The list stays until the snapshot.
        if (frame.epoch !== epoch) seq = null;
        epoch = frame.epoch;
        break;
      case 'snapshot':
        open = new Map(frame.alarms.map((a) => [a.id, a]));
        orders = { open: new Map(frame.orders.map((o) => [o.id, o])), over: orders.over };
        warnings = { open: new Map(frame.warnings.map((w) => [w.id, w])), over: warnings.over };
        incidents = { open: new Map(frame.incidents.map((i) => [i.id, i])), over: incidents.over };
        drills = drillsOf(frame);
        seq = frame.seq;
        break;
      case 'drill':
        break;
      // These stand in the same sequence: whoever resumes asks for what came after them.
      case 'order':
        if (seq === null || frame.seq <= seq) break;
        seq = frame.seq;
        orders = taken(orders, frame.order, isOrderOver);
        break;
      case 'warning':
        if (seq === null || frame.seq <= seq) break;
        seq = frame.seq;
        warnings = taken(warnings, frame.warning, isWarningOver);
        break;
      case 'incident':
        if (seq === null || frame.seq <= seq) break;
        seq = frame.seq;
        incidents = taken(incidents, frame.incident, isIncidentOver);
        break;
      case 'alarm': {
        if (seq !== null && frame.seq <= seq) break;
        // Without a snapshot there is nothing to apply events to: the server sends one first.
        if (seq === null) break;
        seq = frame.seq;
        open ??= new Map(board.open);
        closed = put(open, closed, frame.alarm);
        news.push(frame);
        break;
      }
    }
  }
  return {
    board: { epoch, seq, open: open ?? board.open, closed, orders, warnings, incidents, drills },
    news,
  };
}

/** Takes in what the answer to an operator's own action says, ahead of its event. */
export function learn(board: Board, alarm: AlarmJson): Board {
  if (alarm.drill !== undefined) return { ...board, drills: learnDrilled(board.drills, alarm) };
  const open = new Map(board.open);
  const closed = put(open, board.closed, alarm);
  return { ...board, open, closed };
}

/** As `learn`, of an order. */
export const learnOrder = (board: Board, order: Order): Board =>
  order.drill === undefined ? { ...board, orders: taken(board.orders, order, isOrderOver) } : board;

function put(
  open: Map<string, AlarmJson>,
  closed: readonly AlarmJson[],
  alarm: AlarmJson,
): readonly AlarmJson[] {
  const known = open.get(alarm.id) ?? closed.find((a) => a.id === alarm.id);
  if (known && known.revision > alarm.revision) return closed;
  if (alarm.phase !== 'closed') {
    open.set(alarm.id, alarm);
    return closed;
  }
  open.delete(alarm.id);
  return [alarm, ...closed.filter((a) => a.id !== alarm.id)].slice(0, CLOSED_KEPT);
}
