import { z } from 'zod';
import type { Actor, Alarm, Current, Overlay, SignalNow } from '../domain/alarm/alarm.ts';
import {
  type Assessment,
  type AssessmentForm,
  CONFIDENCES,
  NEXT_STEPS,
  REAL_CAUSES,
  VERDICTS,
} from '../domain/alarm/assessment.ts';
import { CHATTERS_FROM } from '../domain/alarm/chatter.ts';
import type { IncidentId } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import type { Doubt } from '../domain/reading.ts';
import type { WorkWindow } from '../domain/register/register.ts';
import { unreachable } from '../domain/result.ts';
import type { Limit } from '../domain/rule.ts';
import { drillField, drillPart } from './drill-field.ts';
import { fromField, fromPart } from './from-field.ts';
import { whyOut } from './http/shapes.ts';

const instant = z.iso.datetime().describe('ISO 8601 UTC');
const level = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .describe('1 red 红 … 4 blue 蓝; 1 is the gravest');
const bilingual = z.object({ zh: z.string(), en: z.string() });
const qualityJson = z.enum(['good', 'doubtful', 'bad']);

/** Beside a value that came of a reading which is not simply good. */
export const doubtOut = {
  quality: z.enum(['doubtful', 'bad']).optional().describe('of the reading it came of; absent: good'),
  why: whyOut.optional(),
};

const measured = { value: z.number(), unit: z.string() };

/** What whoever judged has found and done (docs/plan/response.md F.1). */
export const assessmentForm = z
  .object({
    seenRevision: z.number().int().optional(),
    weather: z.string().optional(),
    worksNear: z.string().optional(),
    pipesNear: z.string().optional(),
    ethane: z.object({ ...measured, instrument: z.string().optional(), at: instant.optional() }).optional(),
    onSite: z.object({ ...measured, depthM: z.number().optional() }).optional(),
    ventilated: z.object({ before: z.number(), after: z.number(), unit: z.string() }).optional(),
    attachments: z.array(z.string()).optional(),
    ownerCalled: z.object({ name: z.string(), at: instant.optional() }).optional(),
    nextStep: z.enum(NEXT_STEPS).optional(),
    watchUntil: instant.optional(),
    duplicateOf: z.string().optional(),
    second: z.string().optional(),
  })
  .meta({ id: 'AssessmentForm' });

/** An alarm as JSON (interfaces §3), the same over HTTP, WebSocket and MQTT. */
export const alarmJson = z
  .object({
    id: z.string(),
    ...fromField,
    pointCode: z.string(),
    pointName: z.string(),
    assetCode: z.string().nullable(),
    assetName: z.string().nullable(),
    areaCode: z.string(),
    lifeline: z.string(),
    ruleId: z.string(),
    ruleVersion: z.number().int(),
    ruleName: bilingual,
    metric: z.string().nullable(),
    latching: z.boolean(),
    ...drillField,
    level,
    phase: z
      .enum([
        'active-unacked',
        'active-acked',
        'returned-unacked',
        'latched-unacked',
        'latched-acked',
        'returned-acked',
        'closed',
      ])
      .describe('`returned-acked` only in a live frame whose next one says `closed`'),
    overlay: z.enum(['none', 'shelved', 'suppressed', 'outOfService']),
    overlayReason: z.string().nullable(),
    works: z
      .object({ reason: z.string(), by: z.string(), until: instant })
      .optional()
      .describe(
        '作业窗口: works authorised at the point, of which it is the likely effect; shown all the same',
      ),
    revision: z.number().int().describe('give it back as seenRevision when acknowledging'),
    raisedAt: instant,
    observedAt: instant,
    late: z.boolean().describe('raised by backfill 补传'),
    trigger: z.object({
      value: z.number().nullable(),
      unit: z.string(),
      limit: z.number().describe('the limit that was crossed'),
      side: z.enum(['above', 'below']).describe('on which side of it'),
      ...doubtOut,
      spanMs: z
        .number()
        .optional()
        .describe(
          'over how long the value was taken, where samples come so far apart that this is longer than the window of the rule',
        ),
    }),
    reached: z
      .object({
        value: z.number().nullable(),
        unit: z.string(),
        limit: z.number(),
        side: z.enum(['above', 'below']),
        at: instant,
        ruleVersion: z.number().int().optional(),
        ...doubtOut,
      })
      .optional()
      .describe(
        'what put `level` in force, by the limit and the version of the rule as they were then; `trigger` stays what raised it',
      ),
    signal: z
      .object({ value: z.number().nullable(), unit: z.string(), at: instant })
      .optional()
      .describe(
        'the number of the rule now, where that is not the reading itself (a rate, a mean, a deviation): this is what `limit` limits',
      ),
    worst: z.object({ value: z.number().nullable(), level, at: instant, ...doubtOut }),
    current: z
      .object({
        value: z.number().nullable(),
        at: instant,
        quality: qualityJson,
        why: whyOut.optional().describe('absent: the reading is good'),
      })
      .nullable(),
    ack: z.object({ by: z.string(), at: instant, note: z.string().nullable() }).optional(),
    shelf: z.object({ by: z.string(), at: instant, until: instant, reason: z.string() }).optional(),
    returnedAt: instant.optional(),
    closedAt: instant.optional(),
    assessment: z
      .object({
        verdict: z.enum(VERDICTS),
        by: z.string(),
        at: instant,
        note: z.string().nullable(),
        confidence: z.enum(CONFIDENCES).optional(),
        cause: z.enum(REAL_CAUSES).optional(),
        form: assessmentForm.optional(),
        readings: z
          .array(
            z.object({
              metric: z.string(),
              value: z.number().nullable(),
              quality: qualityJson,
              observedAt: instant,
            }),
          )
          .optional()
          .describe('as they were when somebody judged'),
        earlier: z
          .array(
            z.object({ verdict: z.enum(VERDICTS), by: z.string(), at: instant, note: z.string().nullable() }),
          )
          .optional()
          .describe('verdicts that were changed since'),
      })
      .optional(),
    dataInterrupted: z.boolean().describe('数据中断'),
    recurrences: z.number().int(),
    chatter: z
      .object({ flipsInMinute: z.number().int() })
      .optional()
      .describe(
        '抖动: three or more times active ↔ clear within the last minute; absent: it does not chatter',
      ),
    noisy: z.boolean().describe('came back so often that the rule should be looked at'),
    hiddenEvents: z.number().int(),
    notes: z.number().int().optional().describe('how often somebody wrote something down; absent: never'),
    incident: z.string().optional().describe('the open incident 事件 that it is in; absent: none'),
    orders: z
      .array(z.object({ id: z.string(), no: z.string(), state: z.string(), unit: z.string().nullable() }))
      .optional()
      .describe('open orders 工单 that are about it; absent: none'),
    advice: bilingual.describe('处置建议'),
  })
  .meta({ id: 'Alarm' });
export type AlarmJson = z.infer<typeof alarmJson>;

/** Recurrences within one occurrence from which we call its rule noisy (≥ 3 flips; domain §9.3 [S123]). */
export const NOISY_FROM = 3;

export const iso = (t: number): string => new Date(t).toISOString();

/** How a person reads an actor. */
export function actorName(a: Actor): string {
  switch (a.kind) {
    case 'operator':
      return a.name;
    case 'system':
      return '系统';
    default:
      return unreachable(a);
  }
}

/** How far a value may be believed, where that is not said by its being there. */
export const doubtJson = ({
  doubt,
}: {
  readonly doubt?: Doubt;
}): { quality?: Doubt['grade']; why?: Doubt['why'] } =>
  doubt === undefined ? {} : { quality: doubt.grade, why: doubt.why };

export type AlarmLive = {
  readonly current: Current | null;
  readonly worst: Alarm['worst'];
  readonly signal?: SignalNow | null;
  /** Times active ↔ clear within the last minute. */
  readonly flips?: number;
  readonly works?: WorkWindow | null;
  readonly incident?: IncidentId | null;
  readonly orders?: readonly Pick<Order, 'id' | 'no' | 'state' | 'unit'>[];
};

export function alarmToJson(a: Alarm, live: AlarmLive): AlarmJson {
  const p = a.phase;
  return {
    id: a.id,
    ...fromPart(a),
    pointCode: a.pointCode,
    pointName: a.pointName,
    assetCode: a.assetCode,
    assetName: a.assetName,
    areaCode: a.areaCode,
    lifeline: a.lifeline,
    ruleId: a.ruleId,
    ruleVersion: a.ruleVersion,
    ruleName: a.ruleName,
    metric: a.metric,
    latching: a.latching,
    ...drillPart(a),
    level: a.level,
    phase: p.is,
    overlay: a.overlay.is,
    overlayReason: overlayReason(a.overlay),
    ...(live.works
      ? { works: { reason: live.works.reason, by: live.works.by.name, until: iso(live.works.until) } }
      : {}),
    revision: a.revision,
    raisedAt: iso(a.raisedAt),
    observedAt: iso(a.observedAt),
    late: a.late,
    trigger: {
      value: a.trigger.value,
      unit: a.trigger.unit,
      ...crossed(a.trigger.limit, a.trigger.value),
      ...doubtJson(a.trigger),
      ...(a.trigger.span === undefined ? {} : { spanMs: a.trigger.span }),
    },
    ...reachedJson(a),
    ...(live.signal ? { signal: signalJson(live.signal) } : {}),
    worst: {
      value: live.worst.value,
      level: live.worst.level,
      at: iso(live.worst.at),
      ...doubtJson(live.worst),
    },
    current:
      live.current === null
        ? null
        : {
            value: live.current.value,
            at: iso(live.current.at),
            quality: live.current.quality.grade,
            ...(live.current.quality.grade === 'good' ? {} : { why: live.current.quality.why }),
          },
    ...('ack' in p ? { ack: { by: actorName(p.ack.by), at: iso(p.ack.at), note: p.ack.note } } : {}),
    ...(a.overlay.is === 'shelved'
      ? {
          shelf: {
            by: actorName(a.overlay.by),
            at: iso(a.overlay.at),
            until: iso(a.overlay.until),
            reason: a.overlay.reason,
          },
        }
      : {}),
    ...('returnedAt' in p ? { returnedAt: iso(p.returnedAt) } : {}),
    ...('closedAt' in p ? { closedAt: iso(p.closedAt) } : {}),
    ...(a.assessment
      ? {
          assessment: assessmentJson(a.assessment),
        }
      : {}),
    dataInterrupted: a.dataInterrupted,
    recurrences: a.recurrences,
    ...((live.flips ?? 0) >= CHATTERS_FROM ? { chatter: { flipsInMinute: live.flips ?? 0 } } : {}),
    noisy: a.recurrences >= NOISY_FROM,
    hiddenEvents: a.hiddenEvents,
    ...(a.notes === undefined ? {} : { notes: a.notes }),
    ...(live.incident == null ? {} : { incident: live.incident }),
    ...(live.orders === undefined || live.orders.length === 0
      ? {}
      : { orders: live.orders.map(({ id, no, state, unit }) => ({ id, no, state, unit })) }),
    advice: a.advice,
  };
}

function assessmentJson({
  by,
  at,
  readings,
  earlier,
  form,
  ...said
}: Assessment): NonNullable<AlarmJson['assessment']> {
  return {
    ...said,
    by: actorName(by),
    at: iso(at),
    ...(form === undefined ? {} : { form: formJson(form) }),
    ...(readings === undefined
      ? {}
      : { readings: readings.map((r) => ({ ...r, observedAt: iso(r.observedAt) })) }),
    ...(earlier === undefined
      ? {}
      : { earlier: earlier.map((e) => ({ ...e, by: actorName(e.by), at: iso(e.at) })) }),
  };
}

function formJson({
  attachments,
  ethane,
  ownerCalled,
  watchUntil,
  ...f
}: AssessmentForm): z.infer<typeof assessmentForm> {
  const timed = <T extends { readonly at?: number }>({ at, ...x }: T) => ({
    ...x,
    ...(at === undefined ? {} : { at: iso(at) }),
  });
  return {
    ...f,
    ...(attachments === undefined ? {} : { attachments: [...attachments] }),
    ...(ethane === undefined ? {} : { ethane: timed(ethane) }),
    ...(ownerCalled === undefined ? {} : { ownerCalled: timed(ownerCalled) }),
    ...(watchUntil === undefined ? {} : { watchUntil: iso(watchUntil) }),
  };
}

export const signalJson = ({ value, unit, at }: SignalNow) => ({ value, unit, at: iso(at) });

/** Of an alarm that rose before this was kept, nothing: what raised it says nothing of the level in force. */
function reachedJson(a: Alarm): Pick<AlarmJson, 'reached'> {
  const by =
    a.levelRevision === 1
      ? { ...a.trigger, observedAt: a.observedAt, ruleVersion: a.ruleVersion }
      : a.reached;
  if (by === undefined) return {};
  return {
    reached: {
      value: by.value,
      unit: by.unit,
      ...crossed(by.limit, by.value),
      at: iso(by.observedAt),
      ...(by.ruleVersion === undefined ? {} : { ruleVersion: by.ruleVersion }),
      ...doubtJson(by),
    },
  };
}

/** The bound that `value` passed, and on which side: the one number a person compares the value with. */
export function crossed(l: Limit, value: number | null): { limit: number; side: 'above' | 'below' } {
  if (l.is !== 'outside') return { limit: l.limit, side: l.is };
  return value !== null && value < l.low ? { limit: l.low, side: 'below' } : { limit: l.high, side: 'above' };
}

function overlayReason(o: Overlay): string | null {
  switch (o.is) {
    case 'none':
      return null;
    case 'suppressed':
      return o.because;
    case 'shelved':
    case 'outOfService':
      return o.reason;
    default:
      return unreachable(o);
  }
}
