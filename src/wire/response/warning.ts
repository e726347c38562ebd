import { z } from 'zod';
import { ORDER_STATES } from '../../domain/order/order.ts';
import { accountOf } from '../../domain/response/event.ts';
import { unreachable } from '../../domain/result.ts';
import type { WarningChange, WarningChangeKind, WarningEvent } from '../../domain/warning/commands.ts';
import { WARNING_STATES, WARNING_STATUSES, type Warning } from '../../domain/warning/warning.ts';
import { actorName, iso } from '../alarm.ts';
import { drillField, drillPart } from '../drill-field.ts';
import { fromField, fromPart } from '../from-field.ts';
import { levelOut } from './order.ts';

const instant = z.iso.datetime().describe('ISO 8601 UTC');

/** A warning 预警 as JSON (interfaces §8). */
export const warningJson = z
  .object({
    id: z.string(),
    state: z.enum(WARNING_STATES),
    overdue: z.boolean().describe('its end has come, and it is in force all the same'),
    level: levelOut,
    lifeline: z.string(),
    kind: z.string(),
    areas: z.array(z.string()),
    areaText: z.string(),
    status: z.enum(WARNING_STATUSES),
    text: z.string(),
    instruction: z.string(),
    basis: z.object({ alarms: z.array(z.string()), incident: z.string().optional() }),
    effective: instant.nullable(),
    expires: instant,
    issuer: z.string().nullable(),
    drafter: z.string(),
    approver: z.string().optional(),
    documentNo: z.string().optional(),
    recipients: z.array(
      z.object({ unit: z.string(), confirmedAt: instant.optional(), by: z.string().optional() }),
    ),
    messages: z.array(
      z.object({
        identifier: z.string(),
        msgType: z.enum(['Alert', 'Update', 'Cancel']),
        because: z.enum(['issued', 'adjusted', 'lifted', 'cancelled']),
        level: levelOut,
        sent: instant,
      }),
    ),
    proposal: z
      .object({ level: levelOut, alarm: z.string(), at: instant })
      .optional()
      .describe('an alarm of its basis is graver than it: whoever may issue adjusts it, or does not'),
    ...drillField,
    ...fromField,
    draftedAt: instant,
    endedAt: instant.optional(),
    revision: z.number().int().describe('give it back as seenRevision'),
  })
  .meta({ id: 'Warning' });
export type WarningJson = z.infer<typeof warningJson>;

/** One that is looked at by itself: also what stands against its lifting. */
export const warningOut = warningJson
  .extend({
    lift: z
      .object({
        over: z.boolean().describe('true: no reason is needed to lift it'),
        alarms: z.array(z.object({ id: z.string(), over: z.boolean().describe('closed or judged') })),
        orders: z
          .array(z.object({ id: z.string(), no: z.string(), title: z.string(), state: z.enum(ORDER_STATES) }))
          .describe('for it or its alarms, and not done yet; those that one may see'),
      })
      .optional()
      .describe('of one in force, for whoever sees more than their own unit'),
  })
  .meta({ id: 'WarningWithConditions' });

export function warningToJson(w: Warning): WarningJson {
  return {
    id: w.id,
    state: w.state,
    overdue: w.overdue,
    level: w.level,
    lifeline: w.lifeline,
    kind: w.kind,
    areas: [...w.areas],
    areaText: w.areaText,
    status: w.status,
    text: w.text,
    instruction: w.instruction,
    basis: {
      alarms: [...w.basis.alarms],
      ...(w.basis.incident === null ? {} : { incident: w.basis.incident }),
    },
    effective: w.effective === null ? null : iso(w.effective),
    expires: iso(w.expires),
    issuer: w.issuer,
    drafter: actorName(w.drafter),
    ...(w.approver === null ? {} : { approver: actorName(w.approver) }),
    ...(w.documentNo === null ? {} : { documentNo: w.documentNo }),
    recipients: w.recipients.map(({ unit, confirmed }) => ({
      unit,
      ...(confirmed === null ? {} : { confirmedAt: iso(confirmed.at), by: actorName(confirmed.by) }),
    })),
    messages: w.messages.map(({ identifier, msgType, because, content, sent }) => ({
      identifier,
      msgType,
      because,
      level: content.level,
      sent: iso(sent),
    })),
    ...(w.proposal === null
      ? {}
      : { proposal: { level: w.proposal.level, alarm: w.proposal.alarm, at: iso(w.proposal.at) } }),
    ...drillPart(w),
    ...fromPart(w),
    draftedAt: iso(w.draftedAt),
    ...(w.endedAt === null ? {} : { endedAt: iso(w.endedAt) }),
    revision: w.revision,
  };
}

const KINDS: { readonly [K in WarningChangeKind]: true } = {
  drafted: true,
  edited: true,
  submitted: true,
  issued: true,
  returned: true,
  lapsed: true,
  confirmed: true,
  adjusted: true,
  'adjustment-proposed': true,
  overdue: true,
  lifted: true,
  cancelled: true,
  discarded: true,
  'clock-moved': true,
  reported: true,
};
export const warningEventKind = z.enum(Object.keys(KINDS) as [WarningChangeKind, ...WarningChangeKind[]]);

/** One event of a warning's story. */
export const warningEventOut = z
  .object({
    seq: z.number().int(),
    warningId: z.string(),
    revision: z.number().int(),
    event: warningEventKind,
    at: instant,
    by: z.string(),
    account: z.string().nullable().describe('null: the service itself'),
    reason: z.string().nullable().optional(),
    unit: z.string().optional(),
    identifier: z.string().optional(),
    level: levelOut.optional(),
    alarm: z.string().optional(),
    documentNo: z.string().nullable().optional(),
  })
  .meta({ id: 'WarningEvent' });
export type WarningEventJson = z.infer<typeof warningEventOut>;

export function warningEventJson(seq: number, e: WarningEvent): WarningEventJson {
  return {
    seq,
    warningId: e.id,
    revision: e.revision,
    event: e.change.kind,
    at: iso(e.at),
    by: actorName(e.by),
    account: accountOf(e.by),
    ...particulars(e.change),
  };
}

function particulars(c: WarningChange): Partial<WarningEventJson> {
  switch (c.kind) {
    case 'issued':
      return {
        identifier: c.message.identifier,
        level: c.message.content.level,
        documentNo: c.message.documentNo,
      };
    case 'adjusted':
    case 'lifted':
    case 'cancelled':
      return { identifier: c.message.identifier, level: c.message.content.level, reason: c.reason };
    case 'returned':
      return { reason: c.reason };
    case 'confirmed':
      return { unit: c.unit };
    case 'adjustment-proposed':
      return { level: c.level, alarm: c.alarm };
    case 'drafted':
      return { level: c.birth.level };
    case 'edited':
    case 'submitted':
    case 'lapsed':
    case 'overdue':
    case 'discarded':
    case 'clock-moved':
    case 'reported':
      return {};
    default:
      return unreachable(c);
  }
}
