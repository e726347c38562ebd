import { z } from 'zod';
import { alarmJson } from '../../alarm.ts';
import { acknowledgeBody, assessBody } from '../alarms.ts';
import { problemOut } from '../problems.ts';
import { route } from '../route.ts';

/** Alarms of one act: those of the largest incident, and of a screen full of marked rows. */
const AT_MOST = 500;

const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) =>
  ({ type: 'json' as const, schema, atMost: 128 * 1_024 }) as const;

const acknowledgeTogether = z
  .strictObject({
    alarms: z
      .array(z.strictObject({ id: idIn, seenRevision: acknowledgeBody.shape.seenRevision }))
      .min(1)
      .max(AT_MOST)
      .describe('each with the revision that you were looking at'),
    note: acknowledgeBody.shape.note,
    commandId: acknowledgeBody.shape.commandId,
  })
  .meta({ id: 'AcknowledgeTogether' });

const assessTogether = z
  .strictObject({
    alarms: z
      .array(z.strictObject({ id: idIn }))
      .min(1)
      .max(AT_MOST),
    ...assessBody.pick({
      verdict: true,
      note: true,
      confidence: true,
      cause: true,
      second: true,
      commandId: true,
    }).shape,
  })
  .meta({ id: 'AssessTogether' });

export const togetherOut = z
  .object({
    done: z.number().int().describe('how many it was done to'),
    items: z
      .array(
        z.object({
          id: z.string(),
          alarm: alarmJson.nullable().describe('as it is now; null: refused'),
          problem: problemOut.nullable().describe('why it was refused; null: it was not'),
        }),
      )
      .describe('in the order of the question'),
  })
  .meta({ id: 'DoneTogether' });

const together = { method: 'POST', who: 'session', tag: 'alarms', answer: json(togetherOut) } as const;

/** One act for many alarms: all in one turn, an event for each, each refused for itself. */
export const TOGETHER_ROUTES = {
  acknowledgeTogether: route({
    ...together,
    path: '/api/v1/alarms/acknowledge',
    does: {
      zh: '一次确认多条报警：每条各自留痕，未按现等级看过的逐条拒绝',
      en: 'Acknowledge several at once: an event for each, each refused that was not seen at its level',
    },
    act: { zh: '批量确认报警', en: 'Acknowledge several alarms' },
    right: 'alarm.attend',
    audited: true,
    body: body(acknowledgeTogether),
  }),
  assessTogether: route({
    ...together,
    path: '/api/v1/alarms/assess',
    does: {
      zh: '一次研判多条报警：各自留痕，各自留存当时读数',
      en: 'One verdict for several: an event for each, with the readings of its own point',
    },
    act: { zh: '批量研判报警', en: 'Assess several alarms' },
    right: 'alarm.assess',
    audited: true,
    body: body(assessTogether),
    problems: ['wrong-credentials', 'second-factor-needed', 'too-many-attempts', 'too-busy'],
    refusals: ['assess-second-needed'],
  }),
} as const;
