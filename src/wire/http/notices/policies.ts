import { z } from 'zod';
import type { Notice } from '../../../domain/notice/notice.ts';
import { iso } from '../../alarm.ts';
import { drillField, drillPart } from '../../drill-field.ts';
import {
  bilingualOut,
  codeIn,
  drillIn,
  instantIn,
  instantOut,
  lifelineIn,
  lineIn,
  paging,
} from '../shapes.ts';

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const post = z.enum(['duty', 'leader', 'member']);
const recipient = z.union([
  z.strictObject({ unit: codeIn.describe('`owner`, `district`, `centre`, or the code of a unit'), post }),
  z.strictObject({ contact: codeIn }),
  z.strictObject({ channel: codeIn }),
]);
const match = {
  subjects: z
    .array(z.enum(['alarm', 'warning', 'order', 'incident', 'platform']))
    .min(1)
    .max(5),
  levels: z.array(level).max(4).optional().describe('none: any'),
  lifelines: z.array(lifelineIn).max(50).optional(),
  areas: z.array(codeIn).max(200).optional(),
};
const rung = z.strictObject({
  afterS: z.number().int().min(0).max(604_800),
  to: z.array(recipient).min(1).max(50),
  channels: z.array(codeIn).max(20).default([]).describe('none: every one in use that reaches them'),
  stopsOn: z.enum(['acknowledge', 'accept', 'never']).default('acknowledge'),
});
const repeat = z.strictObject({
  everyS: z.number().int().min(60).max(86_400),
  atMost: z.number().int().min(1).max(1_440),
});
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const quietIn = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine((q) => q.from !== q.to, 'from and to are the same time of day')
  .describe(
    '免打扰: nobody is called for yellow and blue; Beijing time, over midnight where `from` is later',
  );
const contentIn = {
  name: z
    .strictObject({ zh: lineIn(100), en: lineIn(100) })
    .optional()
    .describe('left out: as it is called now, or by its id'),
  enabled: z.boolean().default(true),
  match: z.strictObject(match),
  rungs: z.array(rung).min(1).max(20),
  repeat: repeat.optional(),
  quiet: quietIn.optional(),
};
export const policyBody = z
  .strictObject({
    ...contentIn,
    reason: lineIn(500).default('—'),
    submit: z.boolean().default(true).describe('false: only written down as a draft, to be submitted later'),
    seenVersion: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('the version that was changed; a newer one refuses'),
  })
  .meta({ id: 'NoticePolicyIn' });
const contentOut = {
  name: bilingualOut,
  enabled: z.boolean(),
  match: z.object({
    subjects: z.array(z.string()),
    levels: z.array(level),
    lifelines: z.array(z.string()),
    areas: z.array(z.string()),
  }),
  rungs: z.array(
    z.object({
      afterS: z.number(),
      to: z.array(recipient),
      channels: z.array(z.string()),
      stopsOn: z.enum(['acknowledge', 'accept', 'never']),
    }),
  ),
  repeat: z.object({ everyS: z.number(), atMost: z.number() }).nullable(),
  quiet: z.object({ from: z.string(), to: z.string() }).nullable(),
};
export const policyOut = z
  .object({
    id: z.string(),
    version: z.number().int(),
    ...contentOut,
    by: z.string().nullable().describe('null: it came with the product'),
    approvedBy: z.string().nullable().describe('null: one person was enough'),
    at: instantOut.nullable(),
    reason: z.string(),
    dropped: z.boolean().describe('taken away with this version'),
  })
  .meta({ id: 'NoticePolicy' });

const draftState = z.enum(['draft', 'submitted', 'approved', 'rejected', 'withdrawn']);
export const policyDraftIdIn = z.string().regex(/^N\d{1,9}$/);
export const policyDraftsQuery = z.strictObject({
  limit: paging.limit,
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  state: draftState.optional(),
  policy: codeIn.optional(),
});
export const policyDropQuery = z.strictObject({ reason: lineIn(500) });
const personOut = z.object({ account: z.string(), name: z.string() });
export const policyDraftOut = z
  .object({
    id: z.string(),
    policy: z.string(),
    state: draftState,
    content: z.object(contentOut).nullable().describe('null: the policy is to be taken away'),
    reason: z.string(),
    author: personOut,
    baseVersion: z.number().int().describe('the version that the author had before them; 0: there was none'),
    version: z.number().int().nullable().describe('that came of it'),
    story: z.array(z.object({ at: instantOut, by: personOut, did: draftState, note: z.string().nullable() })),
  })
  .meta({ id: 'NoticePolicyDraft' });
/** In force, or waiting for a second person. */
export const policyKeptOut = z.union([policyOut, policyDraftOut]);

const state = z.enum([
  'queued',
  'sending',
  'sent',
  'delivered',
  'acted',
  'failed',
  'undeliverable',
  'expired',
  'superseded',
]);
export const noticesQuery = z.strictObject({
  ...paging,
  subject: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .optional()
    .describe('an alarm: all of its notices; left out: of open alarms, and what is still to be sent'),
  state: state.optional(),
  unseen: z.literal('true').optional().describe('only what did not arrive, and of which nobody knows yet'),
  contact: codeIn.optional(),
  drill: drillIn,
});
const noticeIdIn = z.string().regex(/^[A-Za-z0-9_.-]{1,240}$/);
export const noticesSeenBody = z
  .strictObject({ ids: z.array(noticeIdIn).min(1).max(500) })
  .meta({ id: 'NoticesSeen' });
export const noticeStateOut = z
  .object({
    channels: z.number().int().describe('in use, with every secret that they need'),
    undelivered: z.number().int().describe('notices that did not arrive, until somebody has seen it'),
    unreached: z
      .array(
        z.object({
          id: z.string(),
          level,
          point: z.string(),
          pointName: z.string(),
          asset: z.string().nullable(),
          raisedAt: instantOut,
        }),
      )
      .describe('alarms of which a call reached nobody, until somebody has acknowledged them; at most 200'),
    unmanned: z
      .array(
        z.object({
          unit: z.string().nullable().describe('null: policies call the centre, and there is none'),
          name: z.string().nullable(),
        }),
      )
      .describe('units that policies call, where nobody is on duty now'),
  })
  .meta({ id: 'NoticeState' });
export const noticeOut = z
  .object({
    id: z.string(),
    subject: z.object({ kind: z.string(), id: z.string(), revision: z.number() }),
    ...drillField,
    about: z.enum(['raised', 'risen', 'again', 'recovered', 'closed', 'digest', 'test']),
    level,
    round: z.number().nullable(),
    rung: z.number().nullable().describe('from 0; null: told besides the ladder, as its end is'),
    policy: z.object({ id: z.string(), version: z.number() }).nullable(),
    contact: z.string().nullable(),
    contactName: z.string().nullable(),
    channel: z.string(),
    title: z.string(),
    state,
    queuedAt: instantOut,
    tries: z.array(z.object({ at: instantOut, answer: z.string() })),
    nextTryAt: instantOut.nullable(),
    why: z.string().nullable(),
    seen: z
      .object({ by: z.string(), at: instantOut })
      .nullable()
      .describe('who knows that it did not arrive'),
  })
  .meta({ id: 'Notice' });

export const noticeJson = (n: Notice, contactName: string | null): z.infer<typeof noticeOut> => ({
  id: n.id,
  subject: n.subject,
  ...drillPart(n),
  about: n.about,
  level: n.level,
  round: n.call?.round ?? null,
  rung: n.call?.rung ?? null,
  policy: n.policy,
  contact: n.contact,
  contactName,
  channel: n.channel,
  title: n.text.title,
  state: n.state,
  queuedAt: iso(n.queuedAt),
  tries: n.tries.map((t) => ({ at: iso(t.at), answer: t.answer })),
  nextTryAt: n.nextTryAt === null ? null : iso(n.nextTryAt),
  why: n.why,
  seen: n.seen === undefined ? null : { by: n.seen.by, at: iso(n.seen.at) },
});

export const explainQuery = z.strictObject({
  alarm: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .optional()
    .describe('who was told and will be; or by point, level and instant who would be'),
  point: codeIn.optional(),
  level: z.coerce.number().pipe(level).optional(),
  at: instantIn.optional(),
});
const missOut = z.object({
  why: z.enum([
    'no-owner',
    'owner-unknown',
    'no-district',
    'no-centre',
    'unit-unknown',
    'out-of-service',
    'nobody-on-duty',
    'nobody-in-post',
    'contact-unknown',
    'no-channel',
    'channel-unknown',
    'channel-off',
    'no-mobile',
    'no-email',
  ]),
  unit: z.string().nullable(),
  contact: z.string().nullable(),
  channel: z.string().nullable(),
});
export const explainOut = z
  .object({
    policy: z.object({ id: z.string(), version: z.number(), name: bilingualOut }).nullable(),
    passed: z
      .array(z.object({ policy: z.string(), why: z.string() }))
      .describe('policies that do not hold, and why'),
    rungs: z.array(
      z.object({
        rung: z.number(),
        at: instantOut,
        state: z.enum(['called', 'due', 'to-come', 'stopped']),
        stoppedBy: z.string().nullable(),
        told: z.array(
          z.object({ contact: z.string().nullable(), name: z.string().nullable(), channel: z.string() }),
        ),
        misses: z.array(missOut).describe('who is called for and not reached, and why'),
      }),
    ),
  })
  .meta({ id: 'NoticeExplanation' });
