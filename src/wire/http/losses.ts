import { z } from 'zod';
import { iso } from '../alarm.ts';
import type { Language } from './head/language.ts';
import { instantIn, instantOut, paging } from './shapes.ts';

export const lossesQuery = z.strictObject({
  ...paging,
  from: instantIn.optional().describe('by `at`, inclusive'),
  to: instantIn.optional().describe('exclusive'),
});

/** Why something had to be given up, in the words of those who read it. */
const CAUSES = {
  'store-refused': { zh: '历史库永久拒收', en: 'refused by the history store for good' },
  'file-damaged': { zh: '历史文件损坏，已移开', en: 'a file of the history is damaged and was set aside' },
  'qos0-pressure': { zh: '压力过大，QoS 0 报文被丢弃', en: 'QoS 0 dropped under pressure' },
  'quarantine-full': { zh: '隔离区已满，最旧报文被清除', en: 'the oldest packets of a full quarantine' },
  'device-events-full': {
    zh: '设备自报事件已满，最旧的被清除',
    en: 'the oldest of what devices themselves alarmed on',
  },
  'subscriber-away': {
    zh: 'MQTT 订阅方离线过久，其消息被丢弃',
    en: 'messages for an MQTT subscriber that stayed away',
  },
  'broker-session': {
    zh: '外部 MQTT 服务器丢失了为本系统保留的会话及报文，数量不详',
    en: 'an outside MQTT broker lost our session and what it kept for us; how much, nobody knows',
  },
  'journal-went-back': {
    zh: '数据库回到了较早的时刻，已确认的若干轮次丢失，数量不详',
    en: 'the database came back as of an earlier time: acknowledged turns are lost; how much, nobody knows',
  },
} as const;
type Cause = keyof typeof CAUSES;

export const lossOut = z
  .object({
    id: z.number().int(),
    at: instantOut.describe('when it was given up, our clock'),
    until: instantOut.describe('entries of things that are only counted span a minute; else as `at`'),
    cause: z.enum(Object.keys(CAUSES) as [Cause, ...Cause[]]).describe('stable code'),
    title: z.string().describe('the cause in the asked language'),
    what: z.enum(['readings', 'frames', 'packets', 'messages', 'device-events', 'files']),
    n: z.number().int().describe('how many'),
    pointCode: z.string().nullable(),
    device: z.string().nullable(),
    metric: z.string().nullable(),
    observedFrom: instantOut.nullable().describe('device clock of the oldest'),
    observedTo: instantOut.nullable().describe('device clock of the newest'),
    why: z.string().describe('in the words of whoever refused it'),
    kept: z
      .string()
      .nullable()
      .describe('what was given up, as far as it is kept: lines for InfluxDB; null: gone'),
    file: z.string().nullable().describe('the file in which it lies'),
  })
  .meta({ id: 'Loss' });

export function lossJson(
  l: {
    readonly id: number;
    readonly at: number;
    readonly until: number;
    readonly cause: Cause;
    readonly what: z.infer<typeof lossOut>['what'];
    readonly n: number;
    readonly point: string | null;
    readonly device: string | null;
    readonly metric: string | null;
    readonly observed: { readonly from: number; readonly to: number } | null;
    readonly why: string;
    readonly kept: string | null;
    readonly file: string | null;
  },
  language: Language,
): z.infer<typeof lossOut> {
  return {
    id: l.id,
    at: iso(l.at),
    until: iso(l.until),
    cause: l.cause,
    title: CAUSES[l.cause][language],
    what: l.what,
    n: l.n,
    pointCode: l.point,
    device: l.device,
    metric: l.metric,
    observedFrom: l.observed === null ? null : iso(l.observed.from),
    observedTo: l.observed === null ? null : iso(l.observed.to),
    why: l.why,
    kept: l.kept,
    file: l.file,
  };
}
