import { z } from 'zod';
import { codeIn, lineIn } from '../shapes.ts';

const url = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .describe('its host must be in LIFELINE_OUT_HOSTS');
const settings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), url }),
  z.strictObject({ kind: z.literal('alertmanager'), url }),
  z.strictObject({
    kind: z.enum(['dingtalk', 'wecom', 'feishu']),
    url: url.describe(
      'without its token, which is a secret: `…/robot/send`, `…/webhook/send`, `…/bot/v2/hook`',
    ),
  }),
  z.strictObject({
    kind: z.literal('smtp'),
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
    port: z.number().int().min(1).max(65_535),
    tls: z.enum(['implicit', 'starttls', 'plain']),
    from: z.email().max(254),
    user: lineIn(254).nullable(),
  }),
  z.strictObject({
    kind: z.literal('sms-aliyun'),
    url,
    signName: lineIn(50),
    templateCode: codeIn,
    accessKeyId: codeIn,
  }),
  z.strictObject({
    kind: z.literal('sms-tencent'),
    url,
    signName: lineIn(50),
    templateId: codeIn,
    sdkAppId: codeIn,
    region: codeIn,
    secretId: codeIn,
  }),
  z.strictObject({
    kind: z.literal('http'),
    method: z.enum(['GET', 'POST', 'PUT']),
    url: z
      .string()
      .regex(/^https?:\/\/[^{}/?#\s]+([/?#]\S*)?$/)
      .max(1_000)
      .describe('places {mobile} {email} {name} {title} {text} {id} {secret}; none in its host'),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), lineIn(500)),
    body: z.string().max(4_000),
    accepted: z.string().min(1).max(200).nullable().describe('what the answer must contain'),
    needs: z.enum(['mobile', 'email', 'nothing']),
  }),
]);
const secrets = z
  .strictObject({
    token: z.string().min(1).max(500).optional(),
    secret: z.string().min(1).max(500).optional(),
  })
  .describe('write-only: no answer, list, export or log holds them');

const fields = {
  name: lineIn(100),
  enabled: z.boolean(),
  perMinute: z.number().int().min(1).max(600).describe('never above what its receiver bears'),
  config: settings,
};
export const channelCreate = z
  .strictObject({ id: codeIn, ...fields, secrets: secrets.optional() })
  .meta({ id: 'ChannelCreate' });
export const channelPatch = z
  .strictObject({ ...fields, secrets })
  .partial()
  .meta({ id: 'ChannelPatch' });
export const channelOut = z
  .object({
    id: z.string(),
    ...fields,
    secrets: z.array(z.enum(['token', 'secret'])).describe('which of them are set'),
    lacks: z.array(z.enum(['token', 'secret'])).describe('which it cannot send without'),
    waiting: z.number().int().describe('messages that wait for it'),
    lastTry: z
      .object({ at: z.iso.datetime(), said: z.string(), ok: z.boolean() })
      .nullable()
      .describe('of a notice, or of a test since the service started'),
  })
  .meta({ id: 'Channel' });
export const channelTestBody = z
  .strictObject({ contact: codeIn.optional().describe('whom; left out: whoever is behind the channel') })
  .meta({ id: 'ChannelTest' });
export const channelTestOut = z
  .object({ outcome: z.enum(['accepted', 'delivered', 'refused', 'failed']), said: z.string() })
  .meta({ id: 'ChannelTested' });
