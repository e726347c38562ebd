import { alarmFrame } from '../../wire/live/live.ts';
import { alarmTopic } from '../../wire/mqtt/topics.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { Board } from '../ports/service.ts';

export type Tell = (topic: string, payload: string) => void;

/** Publishes durable alarm events to MQTT (interfaces §2), for other systems to read. */
export function tellAlarms(events: readonly JournaledEvent[], board: Board, tell: Tell): void {
  for (const e of events) {
    tell(alarmTopic(e.after.level, e.after.areaCode), JSON.stringify(alarmFrame(e, board.live(e.after))));
  }
}
