import { alarmFrame, orderFrame } from '../../wire/live/live.ts';
import { alarmTopic, orderTopic } from '../../wire/mqtt/topics.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Board } from '../ports/service.ts';

export type Tell = (topic: string, payload: string) => void;

/** Publishes durable events of alarms and orders to MQTT (interfaces §§2, 8), for other systems to read. */
export function tellAlarms(
  { at, events, responses }: Pick<TurnRecord, 'at' | 'events' | 'responses'>,
  board: Board,
  tell: Tell,
): void {
  for (const e of events)
    tell(alarmTopic(e.after.level, e.after.areaCode), JSON.stringify(alarmFrame(e, board.live(e.after))));
  for (const e of responses ?? [])
    if (e.after.unit !== null) tell(orderTopic(e.after.unit), JSON.stringify(orderFrame(e, at)));
}
