import { z } from 'zod';
import type { Right } from '../../domain/account/permissions.ts';
import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import type { Drill, DrillEvent } from '../../domain/drill/drill.ts';
import type { Reading } from '../../domain/reading.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import type { Millis } from '../../domain/time.ts';
import { type AlarmLive, actorName, alarmJson, alarmToJson, iso } from '../alarm.ts';
import { handoverEventKind, handoverJson, handoverToJson } from '../answering/handover.ts';
import { reportEventKind, reportJson, reportToJson } from '../answering/report.ts';
import { floodJson } from '../flood.ts';
import { deviceCommandOut } from '../http/down/commands.ts';
import { noticeJson, noticeOut } from '../http/notices/policies.ts';
import { whyOut } from '../http/shapes.ts';
import { drillEventKind, drillJson, drillToJson } from '../response/drill.ts';
import { incidentEventKind, incidentJson, incidentToJson } from '../response/incident.ts';
import { orderEventKind, orderJson, orderToJson } from '../response/order.ts';
import { warningEventKind, warningJson, warningToJson } from '../response/warning.ts';

/** Frames of `GET /api/v1/live` (interfaces §4). */
export const alarmEventKind = z.enum([
  'raised',
  'escalated',
  'returned',
  'recurred',
  'acknowledged',
  'realarmed',
  'shelved',
  'unshelved',
  'suppressed',
  'unsuppressed',
  'outOfService',
  'returnedToService',
  'reset',
  'assessed',
  'noted',
  'closed',
  'interrupted',
  'resumed',
]);

/** Where the stream is opened. */
export const LIVE_PATH = '/api/v1/live';

/** Of drills that run. */
const drilledNow = z.object({
  drills: z.array(drillJson),
  alarms: z.array(alarmJson),
  orders: z.array(orderJson),
  warnings: z.array(warningJson),
  incidents: z.array(incidentJson),
});

export const liveFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    epoch: z.string(),
    seq: z.number().int(),
    serverTime: z.string(),
    pingEvery: z
      .number()
      .int()
      .optional()
      .describe('seconds between pings, where the client has asked for more than one in 10 s'),
  }),
  z.object({
    type: z.literal('snapshot'),
    seq: z.number().int(),
    alarms: z.array(alarmJson),
    orders: z.array(orderJson).describe('the open ones'),
    warnings: z.array(warningJson).describe('drafts and those in force'),
    incidents: z.array(incidentJson).describe('those that are not reviewed'),
    drill: drilledNow
      .optional()
      .describe('where `?drill=on` asks for it: drills 演练 that run, and what of them is open'),
  }),
  z.object({
    type: z.literal('alarm'),
    seq: z.number().int(),
    event: alarmEventKind,
    at: z.string(),
    by: z.string(),
    alarm: alarmJson,
  }),
  z.object({
    type: z.literal('order'),
    seq: z.number().int(),
    event: orderEventKind,
    at: z.string(),
    by: z.string(),
    order: orderJson,
  }),
  z.object({
    type: z.literal('notice'),
    seq: z.number().int(),
    event: z.literal('undeliverable'),
    at: z.string(),
    by: z.string(),
    notice: noticeOut,
  }),
  z.object({
    type: z.literal('warning'),
    seq: z.number().int(),
    event: warningEventKind,
    at: z.string(),
    by: z.string(),
    warning: warningJson,
  }),
  z.object({
    type: z.literal('incident'),
    seq: z.number().int(),
    event: incidentEventKind,
    at: z.string(),
    by: z.string(),
    incident: incidentJson,
  }),
  z.object({
    type: z.literal('handover'),
    seq: z.number().int(),
    event: handoverEventKind,
    at: z.string(),
    by: z.string(),
    handover: handoverJson,
  }),
  z.object({
    type: z.literal('report'),
    seq: z.number().int(),
    event: reportEventKind,
    at: z.string(),
    by: z.string(),
    report: reportJson,
  }),
  z.object({
    type: z.literal('drill'),
    seq: z.number().int(),
    event: drillEventKind,
    at: z.string(),
    by: z.string(),
    drill: drillJson,
  }),
  z.object({
    type: z.literal('readings'),
    items: z.array(
      z.object({
        pointCode: z.string(),
        metric: z.string(),
        value: z.number().nullable(),
        quality: z.enum(['good', 'doubtful', 'bad']),
        why: whyOut.optional(),
        observedAt: z.string(),
      }),
    ),
  }),
  z.object({
    type: z.literal('signals'),
    items: z.array(
      z.object({ alarmId: z.string(), value: z.number().nullable(), unit: z.string(), at: z.string() }),
    ),
  }),
  z.object({ type: z.literal('deviceCommand'), command: deviceCommandOut }),
  z.object({ type: z.literal('floods'), items: z.array(floodJson) }),
  z.object({ type: z.literal('selfCheck'), failing: z.boolean() }),
  z.object({ type: z.literal('resync') }),
  z.object({ type: z.literal('ping'), serverTime: z.string() }),
]);
export type LiveFrame = z.infer<typeof liveFrame>;

/** Points one console may watch at a time. */
export const WATCH_AT_MOST = 500;

/** What a client may send. The newest `watch` replaces the former one; an empty list ends it. */
export const liveRequest = z.object({
  type: z.literal('watch'),
  points: z.array(z.string().max(64)).max(WATCH_AT_MOST),
});

/**
 * Which right each frame needs, both ways. Of areas that are not one's own nothing is told, and nothing can be
 * watched.
 */
export const FRAME_RIGHTS = {
  hello: 'picture.see',
  snapshot: 'picture.see',
  alarm: 'picture.see',
  order: 'order.see',
  warning: 'warning.see',
  notice: 'notice.see',
  incident: 'incident.see',
  handover: 'handover.see',
  report: 'report.see',
  drill: 'picture.see',
  readings: 'picture.see',
  signals: 'picture.see',
  deviceCommand: 'picture.see',
  selfCheck: 'picture.see',
  floods: 'picture.see',
  resync: 'picture.see',
  ping: 'picture.see',
  watch: 'picture.see',
} as const satisfies Readonly<Record<LiveFrame['type'] | z.infer<typeof liveRequest>['type'], Right>>;

/** How a console opens the stream: where it left off, and of which journal. */
export const liveQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .describe('the last `seq` that the client has seen'),
  epoch: z.string().max(200).optional().describe('the `epoch` of the `hello` under which it saw it'),
  drill: z
    .literal('on')
    .optional()
    .describe('演练: drills as well, each frame of them with `drill`; left out: what is real alone'),
  pingEvery: z
    .string()
    .regex(/^([1-9]|10)$/)
    .transform(Number)
    .optional()
    .describe('seconds between pings, 1 to 10: how soon a client must know that nothing reaches it any more'),
});

export type LiveQuery = z.infer<typeof liveQuery>;

/** Close codes of our own and those that a client should tell apart. */
export const LIVE_CLOSE = {
  /** The service stops or starts anew: come back. */
  restart: 1012,
  /** Too much, or too much nonsense, from this client. */
  policy: 1008,
  /** The session ended: log in again. */
  sessionEnded: 4401,
} as const;

/** @param live the board's, of this alarm */
export function alarmFrame(
  e: { readonly seq: number; readonly event: AlarmEvent; readonly after: Alarm },
  live: AlarmLive,
): Extract<LiveFrame, { type: 'alarm' }> {
  return {
    type: 'alarm',
    seq: e.seq,
    event: e.event.change.kind,
    at: iso(e.event.at),
    by: actorName(e.event.by),
    alarm: alarmToJson(e.after, live),
  };
}

/** @param now our clock, by which the clocks of the order stand */
export function responseFrame(
  e: JournaledResponse,
  now: Millis,
): Extract<LiveFrame, { type: 'order' | 'warning' | 'incident' | 'notice' | 'handover' | 'report' }> {
  const head = { seq: e.seq, at: iso(e.event.at), by: actorName(e.event.by) };
  if (e.of === 'order')
    return { type: 'order', ...head, event: e.event.change.kind, order: orderToJson(e.after, now) };
  if (e.of === 'notice')
    return {
      type: 'notice',
      ...head,
      event: e.event.change.kind,
      notice: noticeJson(e.after, e.event.change.contactName),
    };
  if (e.of === 'handover')
    return { type: 'handover', ...head, event: e.event.change.kind, handover: handoverToJson(e.after) };
  if (e.of === 'report')
    return { type: 'report', ...head, event: e.event.change.kind, report: reportToJson(e.after) };
  return e.of === 'warning'
    ? { type: 'warning', ...head, event: e.event.change.kind, warning: warningToJson(e.after) }
    : { type: 'incident', ...head, event: e.event.change.kind, incident: incidentToJson(e.after) };
}

export const drillFrame = (e: {
  readonly seq: number;
  readonly event: DrillEvent;
  readonly after: Drill;
}): Extract<LiveFrame, { type: 'drill' }> => ({
  type: 'drill',
  seq: e.seq,
  event: e.event.change.kind,
  at: iso(e.event.at),
  by: actorName(e.event.by),
  drill: drillToJson(e.after),
});

export const readingItem = (r: Reading): Extract<LiveFrame, { type: 'readings' }>['items'][number] => ({
  pointCode: r.point,
  metric: r.metric,
  value: r.value,
  quality: r.quality.grade,
  ...(r.quality.grade === 'good' ? {} : { why: r.quality.why }),
  observedAt: iso(r.observedAt),
});
