import { alarmFrame, responseFrame } from '../../wire/live/live.ts';
import { alarmTopic, orderTopic, warningTopic } from '../../wire/mqtt/topics.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Board } from '../ports/service.ts';

export type Tell = (topic: string, payload: string) => void;

/** Publishes durable events of alarms, orders and warnings to MQTT (interfaces §§2, 8), for other systems to read. */
export function tellAlarms(
  { at, events, responses }: Pick<TurnRecord, 'at' | 'events' | 'responses'>,
  board: Board,
  tell: Tell,
): void {
  for (const e of events)
    tell(alarmTopic(e.after.level, e.after.areaCode), JSON.stringify(alarmFrame(e, board.live(e.after))));
  for (const e of responses ?? []) {
    if (e.of === 'notice') continue;
    const frame = () => JSON.stringify(responseFrame(e, at));
    if (e.of === 'order') {
      if (e.after.unit !== null) tell(orderTopic(e.after.unit), frame());
      continue;
    }
    // A draft is nobody's business outside.
    if (e.of === 'incident' || e.of === 'handover' || e.of === 'report' || e.after.effective === null)
      continue;
    const text = frame();
    for (const area of e.after.areas) tell(warningTopic(e.after.level, area), text);
  }
}
