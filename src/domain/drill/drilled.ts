import type { Alarm } from '../alarm/alarm.ts';
import type { AlarmEvent } from '../alarm/events.ts';
import type { DrillId, EventSeq } from '../ids.ts';
import type { Incident } from '../incident/incident.ts';
import type { Order } from '../order/order.ts';
import type { JournaledResponse, ResponseHappened } from '../response/journaled.ts';
import type { Warning } from '../warning/warning.ts';
import type { Drill, DrillEvent } from './drill.ts';

/** What happens in a drill: what it does itself, and what its alarms, orders, warnings, incidents and notices do. */
export type DrillHappened =
  | { readonly of: 'drill'; readonly event: DrillEvent; readonly after: Drill }
  | { readonly of: 'alarm'; readonly event: AlarmEvent; readonly after: Alarm }
  | ResponseHappened;

/** The same in its place in the one sequence of all events. */
export type JournaledDrilled = DrillHappened & { readonly seq: EventSeq };
/** What a drill causes, by kind. */
export type DrilledAs = {
  readonly alarm: Alarm;
  readonly order: Order;
  readonly warning: Warning;
  readonly incident: Incident;
};
export type DrilledKind = keyof DrilledAs;
/** One of them as of its last event. */
export type DrilledThing = DrillHappened extends infer H
  ? H extends DrillHappened
    ? Pick<H, 'of' | 'after'>
    : never
  : never;

export const isDrilledResponse = (e: JournaledDrilled): e is JournaledResponse =>
  e.of !== 'drill' && e.of !== 'alarm';

/** Of which drill it is. */
export const drillOf = (t: DrilledThing): DrillId =>
  t.of === 'drill' ? t.after.id : (drillIn(t.after) as DrillId);

/** Of which drill a thing is; `undefined`: real. A hand-over is of none. */
export const drillIn = (thing: object): DrillId | undefined =>
  'drill' in thing ? (thing.drill as DrillId | undefined) : undefined;

/** Whether it is the drill's own running that it tells of; of all else it is `false`. */
export const isRunningDrill = (t: DrilledThing): boolean => t.of === 'drill' && t.after.state === 'running';
