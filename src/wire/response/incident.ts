import { z } from 'zod';
import { JOINED_BY } from '../../domain/incident/correlation.ts';
import {
  INCIDENT_STATES,
  type Incident,
  type IncidentChangeKind,
  type IncidentEvent,
} from '../../domain/incident/incident.ts';
import { accountOf } from '../../domain/response/event.ts';
import { actorName, iso } from '../alarm.ts';
import { drillField, drillPart } from '../drill-field.ts';
import { fromField, fromPart } from '../from-field.ts';
import { levelOut } from './order.ts';

const instant = z.iso.datetime().describe('ISO 8601 UTC');

/** An incident 事件 as JSON (interfaces §8). */
export const incidentJson = z
  .object({
    id: z.string(),
    state: z.enum(INCIDENT_STATES),
    level: levelOut.describe('never below its gravest member; it only rises'),
    kind: z.string().describe('the correlation that made it; `person`: somebody did'),
    name: z.object({ zh: z.string(), en: z.string() }),
    lifelines: z.array(z.string()),
    area: z.string().nullable().describe('of its first member'),
    areas: z.array(z.string()),
    alarms: z.array(z.string()),
    reasons: z.array(
      z.object({
        alarm: z.string(),
        by: z.enum(JOINED_BY),
        detail: z.object({ zh: z.string(), en: z.string() }),
        confidence: z.number(),
      }),
    ),
    ...drillField,
    ...fromField,
    madeAt: instant,
    controlledAt: instant.optional(),
    closedAt: instant.optional(),
    mergedInto: z.string().optional(),
    steps: z
      .array(
        z.object({ plan: z.string(), step: z.number().int(), text: z.string(), by: z.string(), at: instant }),
      )
      .describe('of plans, those that were taken; `text` as the plan had it then'),
    review: z.object({ text: z.string(), by: z.string(), at: instant }).optional(),
    revision: z.number().int().describe('give it back as seenRevision'),
  })
  .meta({ id: 'Incident' });

/** With what follows from it. */
export const incidentOut = incidentJson
  .extend({ orders: z.array(z.string()), warnings: z.array(z.string()) })
  .meta({ id: 'IncidentWithResponse' });

export function incidentToJson(i: Incident): z.infer<typeof incidentJson> {
  return {
    id: i.id,
    state: i.state,
    level: i.level,
    kind: i.kind,
    name: i.name,
    lifelines: [...i.lifelines],
    area: i.areas[0] ?? null,
    areas: [...i.areas],
    alarms: i.members.map((m) => m.alarm),
    reasons: i.reasons.map((r) => ({ ...r })),
    ...drillPart(i),
    ...fromPart(i),
    madeAt: iso(i.madeAt),
    ...(i.controlledAt === null ? {} : { controlledAt: iso(i.controlledAt) }),
    ...(i.closedAt === null ? {} : { closedAt: iso(i.closedAt) }),
    ...(i.mergedInto === null ? {} : { mergedInto: i.mergedInto }),
    steps: (i.steps ?? []).map(({ by, at, ...step }) => ({ ...step, by: actorName(by), at: iso(at) })),
    ...(i.review === null
      ? {}
      : { review: { text: i.review.text, by: actorName(i.review.by), at: iso(i.review.at) } }),
    revision: i.revision,
  };
}

const KINDS: { readonly [K in IncidentChangeKind]: true } = {
  made: true,
  joined: true,
  opened: true,
  split: true,
  merged: true,
  'step-done': true,
  'step-undone': true,
  controlled: true,
  closed: true,
  reviewed: true,
  reported: true,
};
export const incidentEventKind = z.enum(Object.keys(KINDS) as [IncidentChangeKind, ...IncidentChangeKind[]]);

/** One event of an incident's story. */
export const incidentEventOut = z
  .object({
    seq: z.number().int(),
    incidentId: z.string(),
    revision: z.number().int(),
    event: incidentEventKind,
    at: instant,
    by: z.string(),
    account: z.string().nullable().describe('null: the service itself'),
    alarms: z.array(z.string()).optional().describe('of `joined` none: it has become graver with a member'),
    level: levelOut.optional().describe('of it then'),
    reason: z.string().optional(),
    other: z.string().optional().describe('the incident that alarms or all of it went to'),
    text: z.string().optional(),
    plan: z.string().optional(),
    step: z.number().int().optional(),
  })
  .meta({ id: 'IncidentEvent' });

export function incidentEventJson(seq: number, e: IncidentEvent): z.infer<typeof incidentEventOut> {
  const c = e.change;
  return {
    seq,
    incidentId: e.id,
    revision: e.revision,
    event: c.kind,
    at: iso(e.at),
    by: actorName(e.by),
    account: accountOf(e.by),
    ...(c.kind === 'made' ? { alarms: c.birth.members.map((m) => m.alarm), level: c.birth.level } : {}),
    ...(c.kind === 'joined' ? { alarms: c.members.map((m) => m.alarm), level: c.level } : {}),
    ...(c.kind === 'split' ? { alarms: [...c.alarms], reason: c.reason, other: c.to } : {}),
    ...(c.kind === 'merged' ? { reason: c.reason, other: c.into } : {}),
    ...(c.kind === 'step-done' || c.kind === 'step-undone' ? c.step : {}),
    ...(c.kind === 'reviewed' ? { text: c.text } : {}),
  };
}
