import { z } from 'zod';
import {
  HANDOVER_CHECKS,
  HANDOVER_STATES,
  type HandoverState,
  SIDES,
} from '../../../domain/handover/handover.ts';
import { handoverEventOut, handoverJson, handoverOut, handoverPeopleOut } from '../../answering/handover.ts';
import { asked } from '../response/orders.ts';
import { route } from '../route.ts';
import { codeIn, instantIn, pageOf, paging, textIn } from '../shapes.ts';

const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const accountIn = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,31}$/);
const persons = z.array(accountIn).min(1).max(4);
const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 64 * 1_024 }) as const;
const ofHandover = z.strictObject({ id: idIn });

const sees = {
  who: 'session',
  tag: 'handovers',
  right: 'handover.see',
  audited: false,
  method: 'GET',
} as const;
const signs = {
  who: 'session',
  tag: 'handovers',
  right: 'handover.sign',
  audited: true,
  method: 'POST',
} as const;

export const handoversQuery = z.strictObject({
  ...paging,
  state: z
    .string()
    .transform((s) => s.split(','))
    .pipe(z.array(z.enum(HANDOVER_STATES as unknown as [HandoverState, ...HandoverState[]])))
    .optional()
    .describe('states with commas between; left out: all'),
});

/** Hand-overs 交接班 (docs/interfaces.md §9). */
export const HANDOVER_ROUTES = {
  handovers: route({
    ...sees,
    path: '/api/v1/handovers',
    does: { zh: '交接班记录，新的在前', en: 'Hand-overs, newest first' },
    act: { zh: '查看交接班记录', en: 'See hand-overs' },
    query: handoversQuery,
    answer: json(pageOf(handoverJson)),
    problems: ['bad-cursor'],
  }),
  handoverPeople: route({
    ...sees,
    path: '/api/v1/handover-people',
    does: {
      zh: '可列入交接班的人员，以及每侧应有人数',
      en: 'Who may be named in a hand-over, and how many a side the house asks for',
    },
    act: { zh: '查看交接班人员', en: 'See who may hand over' },
    answer: json(handoverPeopleOut),
  }),
  makeHandover: route({
    ...signs,
    path: '/api/v1/handovers',
    does: {
      zh: '发起交接班：内容冻结在此刻的日志位置',
      en: 'Make a hand-over: its contents are frozen at this place in the journal',
    },
    act: { zh: '发起交接班', en: 'Make a hand-over' },
    body: body(
      z
        .strictObject({
          outgoing: persons.describe('accounts'),
          incoming: persons.describe('accounts'),
          from: instantIn
            .optional()
            .describe('when the outgoing shift began; left out: at the last hand-over'),
          areas: z.array(codeIn).max(50).default([]).describe('none: the whole city'),
          instructions: textIn(5_000).optional(),
          reason: textIn(500).optional().describe('why it is made during a red incident'),
          commandId: asked.commandId,
        })
        .meta({ id: 'MakeHandover' }),
    ),
    answer: { status: 201, type: 'json', schema: handoverOut },
    refusals: [
      'handover-open',
      'handover-persons',
      'handover-both-sides',
      'handover-red-incident',
      'unknown-reference',
      'foreign-area',
      'command-reused',
    ],
    problems: ['audit-failed'],
  }),
  handover: route({
    ...sees,
    path: '/api/v1/handovers/{id}',
    does: { zh: '一次交接班及其冻结的内容', en: 'One hand-over, with its frozen contents' },
    act: { zh: '查看交接班', en: 'See a hand-over' },
    params: ofHandover,
    answer: json(handoverOut),
    refusals: ['handover-unknown'],
  }),
  handoverEvents: route({
    ...sees,
    path: '/api/v1/handovers/{id}/events',
    does: { zh: '交接班的全过程', en: 'The whole story of a hand-over' },
    act: { zh: '查看交接班过程', en: 'See a hand-over’s story' },
    params: ofHandover,
    answer: json(pageOf(handoverEventOut)),
    refusals: ['handover-unknown'],
  }),
  signHandover: route({
    ...signs,
    path: '/api/v1/handovers/{id}/sign',
    does: {
      zh: '本人签字（再次验证口令或动态码）',
      en: 'Sign for oneself, with the password or a code of the second factor once more',
    },
    act: { zh: '签署交接班', en: 'Sign a hand-over' },
    params: ofHandover,
    body: body(
      z
        .strictObject({
          side: z.enum(SIDES),
          password: z.string().min(1).max(256).optional(),
          totp: z.string().min(1).max(32).optional(),
          remarks: textIn(2_000).optional(),
          ticks: z.array(z.enum(HANDOVER_CHECKS)).max(HANDOVER_CHECKS.length).default([]),
          reason: textIn(500).optional().describe('why it goes on during a red incident'),
          commandId: asked.commandId,
          seenRevision: asked.seenRevision,
        })
        .refine((b) => b.password !== undefined || b.totp !== undefined, {
          message: '`password` or `totp` is needed; with both, `totp` counts',
        })
        .meta({ id: 'SignHandover' }),
    ),
    answer: json(handoverOut),
    refusals: [
      'handover-unknown',
      'handover-over',
      'handover-not-yours',
      'handover-signed',
      'handover-outgoing-first',
      'handover-red-incident',
      'command-reused',
    ],
    problems: ['wrong-credentials', 'too-many-attempts', 'too-busy', 'audit-failed'],
  }),
  voidHandover: route({
    ...signs,
    path: '/api/v1/handovers/{id}/void',
    does: { zh: '作废未办结的交接班', en: 'Void a hand-over that is not done with' },
    act: { zh: '作废交接班', en: 'Void a hand-over' },
    params: ofHandover,
    body: body(
      z.strictObject({ reason: textIn(500), commandId: asked.commandId }).meta({ id: 'VoidHandover' }),
    ),
    answer: json(handoverOut),
    refusals: ['handover-unknown', 'handover-over', 'command-reused'],
  }),
};
