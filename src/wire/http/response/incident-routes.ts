import { z } from 'zod';
import { INCIDENT_STATES, type IncidentState } from '../../../domain/incident/incident.ts';
import type { RefusalCode } from '../../../domain/refusals.ts';
import { incidentEventOut, incidentJson, incidentOut } from '../../response/incident.ts';
import { route } from '../route.ts';
import { codeIn, drillIn, lineIn, pageOf, paging, textIn } from '../shapes.ts';
import { asked, plainActBody } from './orders.ts';

const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const alarmsIn = z.array(idIn).min(1).max(100);
const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 64 * 1_024 }) as const;
const ofIncident = z.strictObject({ id: idIn });

export const incidentsQuery = z.strictObject({
  ...paging,
  state: z
    .string()
    .transform((s) => s.split(','))
    .pipe(z.array(z.enum(['open', 'over', ...INCIDENT_STATES] as ['open', 'over', ...IncidentState[]])))
    .optional()
    .describe(
      '`open` (also forming and under control), `over`, or states with commas between; left out: open',
    ),
  level: z.coerce.number().int().min(1).max(4).optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
  alarm: idIn.optional().describe('this alarm is in it, or was before it was split off'),
  drill: drillIn,
});
export type IncidentsQuery = z.output<typeof incidentsQuery>;

const ACTS: readonly RefusalCode[] = [
  'incident-unknown',
  'incident-over',
  'incident-state',
  'of-a-source',
  'seen-unknown',
  'command-reused',
];
const sees = {
  who: 'session',
  tag: 'incidents',
  right: 'incident.see',
  audited: false,
  method: 'GET',
} as const;
const keeps = {
  who: 'session',
  tag: 'incidents',
  method: 'POST',
  right: 'incident.keep',
  audited: true,
  params: ofIncident,
  answer: json(incidentJson),
} as const;

/** Incidents 事件 (docs/interfaces.md §8). */
export const INCIDENT_ROUTES = {
  incidents: route({
    ...sees,
    path: '/api/v1/incidents',
    does: { zh: '事件，新的在前', en: 'Incidents, newest first' },
    act: { zh: '查看事件', en: 'See incidents' },
    query: incidentsQuery,
    answer: json(pageOf(incidentJson)),
    problems: ['bad-cursor'],
  }),
  makeIncident: route({
    who: 'session',
    tag: 'incidents',
    right: 'incident.keep',
    audited: true,
    method: 'POST',
    path: '/api/v1/incidents',
    does: { zh: '把报警归为一起事件', en: 'Take alarms for one incident' },
    act: { zh: '建立事件', en: 'Make an incident' },
    body: body(
      z
        .strictObject({ name: lineIn(100), alarms: alarmsIn, commandId: asked.commandId })
        .meta({ id: 'MakeIncident' }),
    ),
    answer: { status: 201, type: 'json', schema: incidentJson },
    refusals: ['alarm-unknown', 'command-reused'],
  }),
  incident: route({
    ...sees,
    path: '/api/v1/incidents/{id}',
    does: { zh: '一起事件及其工单、预警', en: 'One incident, with its orders and warnings' },
    act: { zh: '查看事件', en: 'See an incident' },
    params: ofIncident,
    answer: json(incidentOut),
    refusals: ['incident-unknown'],
  }),
  incidentEvents: route({
    ...sees,
    path: '/api/v1/incidents/{id}/events',
    does: { zh: '事件的全过程', en: 'The whole story of an incident' },
    act: { zh: '查看事件过程', en: 'See an incident’s story' },
    params: ofIncident,
    answer: json(pageOf(incidentEventOut)),
    refusals: ['incident-unknown'],
  }),
  incidentBundle: route({
    who: 'session',
    tag: 'incidents',
    right: 'data.export',
    audited: true,
    method: 'GET',
    path: '/api/v1/incidents/{id}/bundle',
    does: {
      zh: '事件归档包（zip：日志、读数、工单、预警、通知、附件、SHA-256 与 SM3 清单）',
      en: 'Its archive, a zip: journal, readings, orders, warnings, notices, files, and sums in SHA-256 and SM3',
    },
    act: { zh: '导出事件归档包', en: 'Take an incident’s archive' },
    params: ofIncident,
    answer: { status: 200, type: 'file', media: ['application/zip'] },
    refusals: ['incident-unknown'],
    problems: ['audit-failed'],
  }),
  joinIncident: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/join',
    does: { zh: '并入报警', en: 'Put alarms to it' },
    act: { zh: '并入报警', en: 'Join alarms to an incident' },
    body: body(z.strictObject({ alarms: alarmsIn, ...asked }).meta({ id: 'JoinIncident' })),
    refusals: [...ACTS, 'alarm-unknown'],
  }),
  splitIncident: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/split',
    does: { zh: '拆出报警（另成一起事件）', en: 'Take alarms out of it: they are an incident of their own' },
    act: { zh: '拆分事件', en: 'Split an incident' },
    body: body(
      z.strictObject({ alarms: alarmsIn, reason: textIn(500), ...asked }).meta({ id: 'SplitIncident' }),
    ),
    refusals: [...ACTS, 'alarm-unknown', 'incident-empty'],
  }),
  mergeIncident: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/merge',
    does: { zh: '并入另一事件', en: 'It goes into another one' },
    act: { zh: '合并事件', en: 'Merge incidents' },
    body: body(z.strictObject({ into: idIn, reason: textIn(500), ...asked }).meta({ id: 'MergeIncident' })),
    refusals: [...ACTS, 'invalid'],
  }),
  tickPlanStep: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/steps',
    does: { zh: '勾选（或取消）预案步骤', en: 'Tick a step of a plan, or take the tick back' },
    act: { zh: '勾选预案步骤', en: 'Tick a step of a plan' },
    body: body(
      z
        .strictObject({
          plan: codeIn,
          planRevision: z.number().int().min(1).describe('of what you were looking at'),
          step: z.number().int().min(1).max(100).describe('1 the first'),
          done: z.boolean().default(true),
          ...asked,
        })
        .meta({ id: 'TickPlanStep' }),
    ),
    refusals: [...ACTS, 'not-found', 'changed-since'],
  }),
  controlIncident: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/control',
    does: { zh: '已控制', en: 'It is under control' },
    act: { zh: '事件已控制', en: 'Control an incident' },
    body: body(plainActBody),
    refusals: ACTS,
  }),
  closeIncident: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/close',
    does: { zh: '办结', en: 'Close it' },
    act: { zh: '办结事件', en: 'Close an incident' },
    body: body(plainActBody),
    refusals: ACTS,
  }),
  reviewIncident: route({
    ...keeps,
    path: '/api/v1/incidents/{id}/review',
    does: { zh: '复盘', en: 'Review it' },
    act: { zh: '复盘事件', en: 'Review an incident' },
    body: body(z.strictObject({ text: textIn(5_000), ...asked }).meta({ id: 'ReviewIncident' })),
    refusals: ACTS,
  }),
};
