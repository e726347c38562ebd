import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { LiveFrame } from '../../../../src/wire/live/live.ts';
import type { Drill } from '../api/answers.ts';

/** Drills 演练 that run and their open alarms, apart from everything that is real. */
export type DrillBoard = {
  readonly running: ReadonlyMap<string, Drill>;
  readonly alarms: ReadonlyMap<string, AlarmJson>;
};

export const NO_DRILLS: DrillBoard = { running: new Map(), alarms: new Map() };

/** Whether a frame tells of a drill and of nothing real. */
export const isOfDrill = (frame: LiveFrame): boolean => {
  switch (frame.type) {
    case 'drill':
      return true;
    case 'alarm':
      return frame.alarm.drill !== undefined;
    case 'order':
      return frame.order.drill !== undefined;
    case 'warning':
      return frame.warning.drill !== undefined;
    case 'incident':
      return frame.incident.drill !== undefined;
    default:
      return false;
  }
};

export const drillsOf = (frame: Extract<LiveFrame, { type: 'snapshot' }>): DrillBoard => ({
  running: new Map((frame.drill?.drills ?? []).map((d) => [d.id, d])),
  alarms: new Map((frame.drill?.alarms ?? []).map((a) => [a.id, a])),
});

/** Takes in what has become of a drill, or of an alarm in one. */
export function foldDrill(board: DrillBoard, frame: LiveFrame): DrillBoard {
  if (frame.type === 'alarm') return learnDrilled(board, frame.alarm);
  if (frame.type !== 'drill') return board;
  const running = new Map(board.running);
  if (frame.drill.state === 'running') {
    running.set(frame.drill.id, frame.drill);
    return { ...board, running };
  }
  running.delete(frame.drill.id);
  return { running, alarms: new Map([...board.alarms].filter(([, a]) => a.drill !== frame.drill.id)) };
}

/** Also what the answer to somebody's own action says, ahead of its event. */
export function learnDrilled(board: DrillBoard, alarm: AlarmJson): DrillBoard {
  const known = board.alarms.get(alarm.id);
  if (known !== undefined && known.revision > alarm.revision) return board;
  const alarms = new Map(board.alarms);
  if (alarm.phase === 'closed') alarms.delete(alarm.id);
  else alarms.set(alarm.id, alarm);
  return { ...board, alarms };
}
