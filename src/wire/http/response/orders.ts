import { z } from 'zod';
import type { CLOCK_NAMES, ClockPolicy } from '../../../domain/order/clock-policy.ts';
import {
  ORDER_STATES,
  type OrderState,
  PAUSE_KINDS,
  REFUSAL_KINDS,
  VERIFY_METHODS,
} from '../../../domain/order/order.ts';
import { ATTACHMENT_TYPES } from '../../../domain/response/attachment.ts';
import { iso } from '../../alarm.ts';
import { ORDER_SOURCES } from '../../response/order.ts';
import {
  codeIn,
  drillIn,
  flagIn,
  instantIn,
  instantOut,
  lifelineIn,
  lineIn,
  paging,
  textIn,
} from '../shapes.ts';

const levelIn = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const attachmentsIn = z
  .array(z.string().regex(/^[0-9a-f]{64}$/))
  .max(20)
  .optional()
  .describe('ids of `POST /attachments`');
const reasonIn = textIn(500);
const lonIn = z.number().min(-180).max(180).optional();
const latIn = z.number().min(-90).max(90).optional();

/** What every act says. */
export const asked = {
  commandId: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
    .describe('chosen by you, new for each act; sending the same one again repeats the answer, not the act'),
  seenRevision: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('revision that you were looking at; older than the last change of hands is refused'),
  actedAt: instantIn.optional().describe('the phone’s clock, where the act has waited for a network'),
};

const states = z
  .string()
  .transform((s) => s.split(','))
  .pipe(z.array(z.enum(['open', 'over', ...ORDER_STATES] as ['open', 'over', ...OrderState[]])))
  .optional()
  .describe('`open`, `over`, or states with commas between; left out: open');
export const ordersQuery = z.strictObject({
  ...paging,
  state: states,
  level: z.coerce.number().int().min(1).max(4).optional(),
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
  unit: codeIn.optional(),
  alarm: idIn.optional().describe('about this alarm'),
  overdue: flagIn.describe('open orders of which a clock has run out'),
  drill: drillIn.describe('演练: of this drill, or of the one that runs now (on); left out: real ones alone'),
});
export type OrdersQuery = z.output<typeof ordersQuery>;

const placeIn = z.strictObject({
  area: codeIn.optional(),
  asset: codeIn.optional(),
  point: codeIn.optional(),
  text: lineIn(200).optional(),
  lon: lonIn,
  lat: latIn,
});
export const orderCreate = z
  .strictObject({
    source: z
      .strictObject({ kind: z.enum(ORDER_SOURCES), id: idIn.optional() })
      .default({ kind: 'manual' })
      .describe('`alarm`: title, lifeline, level and place are taken from it where they are left out'),
    title: lineIn(200).optional(),
    lifeline: lifelineIn.optional(),
    level: levelIn.optional(),
    place: z
      .union([placeIn, lineIn(200).transform((text): z.output<typeof placeIn> => ({ text }))])
      .default({})
      .describe('or in words alone'),
    alarms: z.array(idIn).max(100).optional().describe('several alarms on one order'),
    warning: idIn.optional(),
    incident: idIn.optional(),
    unit: codeIn.optional().describe('dispatched at once'),
    contact: codeIn.optional(),
    attachments: attachmentsIn,
    commandId: asked.commandId,
  })
  .meta({ id: 'CreateOrder' });

export const dispatchBody = z
  .strictObject({ unit: codeIn, contact: codeIn.optional(), ...asked })
  .meta({ id: 'DispatchOrder' });
export const plainActBody = z.strictObject(asked).meta({ id: 'ActOnOrder' });
export const refuseBody = z
  .strictObject({ reasonKind: z.enum(REFUSAL_KINDS), reason: reasonIn, ...asked })
  .meta({ id: 'RefuseOrder' });
export const forwardBody = z
  .strictObject({ unit: codeIn, reason: reasonIn, ...asked })
  .meta({ id: 'ForwardOrder' });
export const arriveBody = z
  .strictObject({
    accept: z.boolean().default(false).describe('the crew was there before anybody had accepted'),
    lon: lonIn,
    lat: latIn,
    accuracyM: z.number().min(0).max(1e6).optional(),
    placeText: lineIn(200).optional().describe('where that is, in words, where nothing could measure it'),
    attachments: attachmentsIn,
    ...asked,
  })
  .meta({ id: 'ArriveAtOrder' });
export const feedbackBody = z
  .strictObject({ text: textIn(2_000), attachments: attachmentsIn, ...asked })
  .meta({ id: 'FeedBackOnOrder' });
export const safetyBody = z
  .strictObject({
    readings: z
      .array(z.strictObject({ what: lineIn(32), value: z.number(), unit: lineIn(16) }))
      .min(1)
      .max(20)
      .describe('gas readings before anybody enters'),
    permit: lineIn(64).optional(),
    ...asked,
  })
  .meta({ id: 'CheckSafetyOfOrder' });
export const pauseBody = z
  .strictObject({ kind: z.enum(PAUSE_KINDS), until: instantIn, reason: reasonIn, ...asked })
  .meta({ id: 'PauseOrder' });
export const extendBody = z
  .strictObject({ until: instantIn, reason: reasonIn, ...asked })
  .meta({ id: 'AskForExtension' });
export const answerExtensionBody = z
  .strictObject({ granted: z.boolean(), reason: reasonIn, ...asked })
  .meta({ id: 'AnswerExtension' });
export const doneBody = z
  .strictObject({
    result: textIn(2_000),
    cause: textIn(500).optional(),
    remote: z.boolean().default(false).describe('mended from afar: nobody had to arrive'),
    attachments: attachmentsIn,
    ...asked,
  })
  .meta({ id: 'DoneWithOrder' });
export const verifyBody = z
  .strictObject({
    pass: z.boolean(),
    method: lineIn(50).describe(`how: ${VERIFY_METHODS.join(', ')}, or in words`),
    reason: reasonIn.optional().describe('needed where it does not pass'),
    ...asked,
  })
  .meta({ id: 'VerifyOrder' });
export const voidBody = z.strictObject({ reason: reasonIn, ...asked }).meta({ id: 'VoidOrder' });
export const urgeBody = z.strictObject({ note: textIn(500), ...asked }).meta({ id: 'UrgeOrder' });
export const linkBody = z
  .strictObject({ alarms: z.array(idIn).min(1).max(100), ...asked })
  .meta({ id: 'LinkAlarmsToOrder' });

const attachmentIdIn = z.string().regex(/^[0-9a-f]{64}$/);
export const ofAttachment = z.strictObject({ id: attachmentIdIn });
export const attachmentQuery = z.strictObject({
  order: idIn
    .optional()
    .describe('an order that has it, where that is over: somebody bound to a unit or areas says which'),
});
export const attachmentOut = z
  .object({
    id: z.string().describe('its SHA-256'),
    sha256: z.string(),
    size: z.number().int(),
    type: z.enum(ATTACHMENT_TYPES).describe('by its own bytes'),
  })
  .meta({ id: 'Attachment' });

const minutesIn = z.number().int().min(1).max(525_600);
const limitsShape = {
  accept: minutesIn,
  arrive: minutesIn,
  'first-feedback': minutesIn,
  feedback: minutesIn,
  control: minutesIn,
  verify: minutesIn,
} satisfies { [N in (typeof CLOCK_NAMES)[number]]: z.ZodType };

export const clockPolicyOut = z
  .object({
    id: z.string(),
    version: z.number().int(),
    match: z.object({
      levels: z.array(z.number().int()),
      lifelines: z.array(z.string()),
      areas: z.array(z.string()),
    }),
    minutes: z.object(limitsShape),
    safetyCheck: z.boolean(),
    by: z.string().nullable().describe('null: it came with the product'),
    at: instantOut.nullable(),
    reason: z.string().describe('where the minutes come from'),
  })
  .meta({ id: 'ClockPolicy' });
export const clockPolicyBody = z
  .strictObject({
    match: z.strictObject({
      levels: z.array(levelIn).max(4).default([]),
      lifelines: z.array(lifelineIn).max(50).default([]),
      areas: z.array(codeIn).max(100).default([]),
    }),
    minutes: z.strictObject(limitsShape),
    safetyCheck: z.boolean().default(false).describe('nobody is done before a safety check'),
    reason: reasonIn,
    seenVersion: z.number().int().min(0).optional(),
  })
  .meta({ id: 'KeepClockPolicy' });

export const clockPolicyJson = (p: ClockPolicy): z.infer<typeof clockPolicyOut> => {
  const { safetyCheck, ...minutes } = p.limits;
  return {
    id: p.id,
    version: p.version,
    match: { levels: [...p.match.levels], lifelines: [...p.match.lifelines], areas: [...p.match.areas] },
    minutes,
    safetyCheck,
    by: p.by?.name ?? null,
    at: p.at === 0 ? null : iso(p.at),
    reason: p.reason,
  };
};
