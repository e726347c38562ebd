import { z } from 'zod';
import { CLOCK_NAMES } from '../../domain/order/clock-policy.ts';
import { clockState, clocksOf } from '../../domain/order/clocks.ts';
import type { OrderChange, OrderChangeKind, OrderEvent } from '../../domain/order/events.ts';
import { lastPause, ORDER_STATES, type Order } from '../../domain/order/order.ts';
import { accountOf } from '../../domain/response/event.ts';
import { unreachable } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import { actorName, iso } from '../alarm.ts';
import { drillField, drillPart } from '../drill-field.ts';
import { fromField, fromPart } from '../from-field.ts';

const instant = z.iso.datetime().describe('ISO 8601 UTC');
export const levelOut = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .describe('1 red 红 … 4 blue 蓝; 1 is the gravest');
export const ORDER_SOURCES = [
  'alarm',
  'warning',
  'incident',
  'citizen',
  'patrol',
  'upstream',
  'manual',
] as const;

export const clockOut = z.object({
  name: z.enum(CLOCK_NAMES),
  dueAt: instant,
  amberAt: instant,
  state: z.enum(['running', 'amber', 'overdue', 'paused', 'met', 'missed']),
  metAt: instant.optional(),
});

/** An order 工单 as JSON (interfaces §8), the same over HTTP, WebSocket and MQTT. */
export const orderJson = z
  .object({
    id: z.string(),
    ...fromField,
    no: z.string(),
    source: z.object({ kind: z.enum(ORDER_SOURCES), id: z.string().optional() }),
    title: z.string(),
    lifeline: z.string(),
    level: levelOut,
    place: z.object({
      area: z.string(),
      asset: z.string().nullable(),
      point: z.string().nullable(),
      text: z.string(),
      lon: z.number().nullable(),
      lat: z.number().nullable(),
    }),
    unit: z.string().nullable(),
    contact: z.string().optional(),
    state: z.enum(ORDER_STATES as unknown as [Order['state'], ...Order['state'][]]),
    clocks: z.array(clockOut),
    policy: z.string().describe('the policy of its clocks'),
    policyVersion: z.number().int(),
    reworks: z.number().int(),
    refusals: z.number().int(),
    urges: z.number().int().describe('催办/督办'),
    withCoordinator: z.boolean().describe('sent back twice: a shift leader finds the unit'),
    wanted: z
      .object({
        do: z.enum(['refuse', 'forward', 'void']),
        reason: z.string(),
        unit: z.string().nullable(),
        by: z.string(),
        at: instant,
      })
      .optional()
      .describe('asked for by one; holds when another does the same, or refuses by doing something else'),
    extension: z
      .object({ until: instant, reason: z.string(), by: z.string(), at: instant })
      .optional()
      .describe('asked for, and not answered yet'),
    pause: z
      .object({ kind: z.string(), from: instant, until: instant, reason: z.string(), by: z.string() })
      .optional(),
    arrival: z
      .object({
        at: instant,
        actedAt: instant.optional(),
        lon: z.number().nullable(),
        lat: z.number().nullable(),
        accuracyM: z.number().nullable(),
        placeText: z.string().optional().describe('where that is, as the crew says it: nothing measured it'),
      })
      .optional(),
    safety: z
      .object({
        readings: z.array(z.object({ what: z.string(), value: z.number(), unit: z.string() })),
        permit: z.string().nullable(),
        by: z.string(),
        at: instant,
      })
      .optional(),
    safetyNeeded: z.boolean().describe('nobody is done here before a safety check'),
    result: z.string().optional(),
    cause: z.string().optional(),
    attachments: z.array(z.string()),
    alarms: z.array(z.string()),
    warning: z.string().optional(),
    incident: z.string().optional(),
    ...drillField,
    createdAt: instant,
    createdBy: z.string(),
    doneAt: instant.optional(),
    verifiedAt: instant.optional(),
    revision: z.number().int().describe('give it back as seenRevision'),
  })
  .meta({ id: 'Order' });
export type OrderJson = z.infer<typeof orderJson>;

/** @param now our clock: a clock of the order stands by it */
export function orderToJson(o: Order, now: Millis): OrderJson {
  const pause = o.state === 'paused' ? lastPause(o) : undefined;
  return {
    id: o.id,
    ...fromPart(o),
    no: o.no,
    source: { kind: o.source.kind, ...(o.source.id === null ? {} : { id: o.source.id }) },
    title: o.title,
    lifeline: o.lifeline,
    level: o.level,
    place: { ...o.place },
    unit: o.unit,
    ...(o.contact === null ? {} : { contact: o.contact }),
    state: o.state,
    clocks: clocksOf(o).map((c) => ({
      name: c.name,
      dueAt: iso(c.dueAt),
      amberAt: iso(c.amberAt),
      state: clockState(c, o, now),
      ...(c.metAt === null ? {} : { metAt: iso(c.metAt) }),
    })),
    policy: o.policy.id,
    policyVersion: o.policy.version,
    reworks: o.reworks,
    refusals: o.refusals,
    urges: o.urges,
    withCoordinator: o.withCoordinator,
    ...(o.wanted === null
      ? {}
      : { wanted: { ...o.wanted, by: actorName(o.wanted.by), at: iso(o.wanted.at) } }),
    ...(o.extension === null
      ? {}
      : {
          extension: {
            until: iso(o.extension.until),
            reason: o.extension.reason,
            by: actorName(o.extension.by),
            at: iso(o.extension.at),
          },
        }),
    ...(pause === undefined
      ? {}
      : {
          pause: {
            kind: pause.kind,
            from: iso(pause.from),
            until: iso(pause.until),
            reason: pause.reason,
            by: actorName(pause.by),
          },
        }),
    ...(o.arrival === null || o.arrivedAt === null
      ? {}
      : {
          arrival: {
            at: iso(o.arrivedAt),
            ...(o.arrival.actedAt === null ? {} : { actedAt: iso(o.arrival.actedAt) }),
            lon: o.arrival.lon,
            lat: o.arrival.lat,
            accuracyM: o.arrival.accuracyM,
            ...(o.arrival.placeText === undefined ? {} : { placeText: o.arrival.placeText }),
          },
        }),
    ...(o.safety === null
      ? {}
      : {
          safety: {
            readings: o.safety.readings.map((r) => ({ ...r })),
            permit: o.safety.permit,
            by: actorName(o.safety.by),
            at: iso(o.safety.at),
          },
        }),
    safetyNeeded: o.limits.safetyCheck,
    ...(o.result === null ? {} : { result: o.result }),
    ...(o.cause === null ? {} : { cause: o.cause }),
    attachments: [...o.attachments],
    alarms: [...o.alarms],
    ...(o.warning === null ? {} : { warning: o.warning }),
    ...(o.incident === null ? {} : { incident: o.incident }),
    ...drillPart(o),
    createdAt: iso(o.createdAt),
    createdBy: actorName(o.createdBy),
    ...(o.doneAt === null ? {} : { doneAt: iso(o.doneAt) }),
    ...(o.verifiedAt === null ? {} : { verifiedAt: iso(o.verifiedAt) }),
    revision: o.revision,
  };
}

const KINDS: { readonly [K in OrderChangeKind]: true } = {
  created: true,
  dispatched: true,
  accepted: true,
  returned: true,
  forwarded: true,
  asked: true,
  arrived: true,
  'fed-back': true,
  'safety-checked': true,
  paused: true,
  resumed: true,
  'extension-asked': true,
  'extension-answered': true,
  done: true,
  verified: true,
  rework: true,
  archived: true,
  voided: true,
  urged: true,
  linked: true,
  rebased: true,
  amber: true,
  overdue: true,
  'clock-moved': true,
  reported: true,
};
export const orderEventKind = z.enum(Object.keys(KINDS) as [OrderChangeKind, ...OrderChangeKind[]]);

/** One event of an order's story. Fields beyond the head are there where they mean something for the event. */
export const orderEventOut = z
  .object({
    seq: z.number().int(),
    orderId: z.string(),
    revision: z.number().int(),
    event: orderEventKind,
    at: instant.describe('our clock, which orders'),
    actedAt: instant.optional().describe('the phone’s clock, of an act that waited for a network'),
    by: z.string(),
    account: z.string().nullable().describe('null: the service itself'),
    unit: z.string().nullable().optional(),
    contact: z.string().nullable().optional(),
    reason: z.string().nullable().optional(),
    reasonKind: z.string().optional(),
    text: z.string().optional(),
    until: instant.optional(),
    granted: z.boolean().optional(),
    method: z.string().optional(),
    cause: z.string().nullable().optional(),
    clock: z.enum(CLOCK_NAMES).optional(),
    dueAt: instant.optional(),
    attachments: z.array(z.string()).optional(),
    alarms: z.array(z.string()).optional(),
    byMs: z.number().optional().describe('of `clock-moved`: how far the clock of the server was set'),
  })
  .meta({ id: 'OrderEvent' });
export type OrderEventJson = z.infer<typeof orderEventOut>;

export function orderEventJson(seq: number, e: OrderEvent): OrderEventJson {
  return {
    seq,
    orderId: e.id,
    revision: e.revision,
    event: e.change.kind,
    at: iso(e.at),
    ...(e.actedAt === undefined ? {} : { actedAt: iso(e.actedAt) }),
    by: actorName(e.by),
    account: accountOf(e.by),
    ...particulars(e.change),
  };
}

function particulars(c: OrderChange): Partial<OrderEventJson> {
  switch (c.kind) {
    case 'dispatched':
      return { unit: c.unit, contact: c.contact };
    case 'returned':
      return { reasonKind: c.why, reason: c.reason };
    case 'forwarded':
      return { unit: c.unit, reason: c.reason };
    case 'asked':
      return { reasonKind: c.for.do, reason: c.for.reason, unit: c.for.unit };
    case 'arrived':
      return {
        ...(c.placeText === undefined ? {} : { text: c.placeText }),
        attachments: [...c.attachments],
      };
    case 'fed-back':
      return { text: c.text, attachments: [...c.attachments] };
    case 'safety-checked':
      return { text: c.readings.map((r) => `${r.what} ${r.value} ${r.unit}`).join('; ') };
    case 'paused':
      return { reasonKind: c.why, reason: c.reason, until: iso(c.until) };
    case 'resumed':
      return { reasonKind: c.because };
    case 'extension-asked':
      return { until: iso(c.until), reason: c.reason };
    case 'extension-answered':
      return { granted: c.granted, reason: c.reason };
    case 'done':
      return { text: c.result, cause: c.cause, attachments: [...c.attachments] };
    case 'verified':
    case 'rework':
      return { method: c.method, reason: c.reason };
    case 'voided':
      return { reason: c.reason };
    case 'urged':
      return { text: c.note };
    case 'linked':
      return { alarms: [...c.alarms] };
    case 'amber':
    case 'overdue':
      return { clock: c.clock, dueAt: iso(c.dueAt) };
    case 'clock-moved':
      return { byMs: c.by };
    case 'reported':
    case 'created':
    case 'accepted':
    case 'archived':
    case 'rebased':
      return {};
    default:
      return unreachable(c);
  }
}
