import { actorName, alarmToJson, iso } from '../wire/alarm.ts';
import type { LiveFrame } from '../wire/live.ts';
import { alarmTopic } from '../wire/topics.ts';
import type { JournaledEvent } from './ports/journal.ts';
import type { Board } from './ports/service.ts';

/** An alarm event as every outlet tells it: the live stream's frame. */
export function alarmFrame(e: JournaledEvent, board: Board): Extract<LiveFrame, { type: 'alarm' }> {
  return {
    type: 'alarm',
    seq: e.seq,
    event: e.event.change.kind,
    at: iso(e.event.at),
    by: actorName(e.event.by),
    alarm: alarmToJson(e.after, board.live(e.after)),
  };
}

/** Publishes durable alarm events to MQTT (INTERFACES §2), for other systems to read. */
export function tellAlarms(
  events: readonly JournaledEvent[],
  board: Board,
  tell: (topic: string, payload: string) => void,
): void {
  for (const e of events)
    tell(alarmTopic(e.after.level, e.after.areaCode), JSON.stringify(alarmFrame(e, board)));
}
