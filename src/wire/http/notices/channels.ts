import { z } from 'zod';
import { codeIn, lineIn } from '../shapes.ts';

const url = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .describe('its host must be in LIFELINE_OUT_HOSTS');
const robot = {
  url: url.describe(
    '`…/robot/send`, `…/webhook/send`, `…/bot/v2/hook`; a token in it goes where secrets are',
  ),
};
/** What is set of each kind. */
const SETTINGS = {
  webhook: { url },
  alertmanager: { url },
  dingtalk: robot,
  wecom: robot,
  feishu: robot,
  smtp: {
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
    port: z.number().int().min(1).max(65_535).default(587),
    tls: z.enum(['implicit', 'starttls', 'plain']).default('starttls'),
    from: z.email().max(254),
    user: lineIn(254).nullable().default(null),
  },
  'sms-aliyun': { url, signName: lineIn(50), templateCode: codeIn, accessKeyId: codeIn },
  'sms-tencent': {
    url,
    signName: lineIn(50),
    templateId: codeIn,
    sdkAppId: codeIn,
    region: codeIn,
    secretId: codeIn,
  },
  http: {
    method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
    url: z
      .string()
      .regex(/^https?:\/\/[^{}/?#\s]+([/?#]\S*)?$/)
      .max(1_000)
      .describe('places {mobile} {email} {name} {title} {text} {id} {secret}; none in its host'),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), lineIn(500)).default({}),
    body: z.string().max(4_000).default(''),
    accepted: z.string().min(1).max(200).nullable().default(null).describe('what the answer must contain'),
    needs: z.enum(['mobile', 'email', 'nothing']).default('nothing'),
  },
};
const setting = <K extends keyof typeof SETTINGS>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), ...SETTINGS[kind] });
const settings = z.discriminatedUnion('kind', [
  setting('webhook'),
  setting('alertmanager'),
  setting('dingtalk'),
  setting('wecom'),
  setting('feishu'),
  setting('smtp'),
  setting('sms-aliyun'),
  setting('sms-tencent'),
  setting('http'),
]);
/** What is there of a channel, and what a change of it says, as one: of its kind. */
export const settingsIn = settings;

const secretIn = z.string().min(1).max(500).optional();
const secretFields = { token: secretIn, secret: secretIn };
const secrets = z
  .strictObject(secretFields)
  .describe('write-only: no answer, list, export or log holds them; they may as well stand in `config`');

const name = lineIn(100);
const perMinute = z.number().int().min(1).max(600).describe('never above what its receiver bears');
const creating = <K extends keyof typeof SETTINGS>(kind: K) =>
  z.strictObject({
    id: codeIn.optional().describe('left out: one is made'),
    kind: z.literal(kind),
    name,
    enabled: z.boolean().default(true),
    perMinute: perMinute.optional(),
    config: z.strictObject({ kind: z.literal(kind).optional(), ...SETTINGS[kind], ...secretFields }),
    secrets: secrets.optional(),
  });
export const channelCreate = z
  .discriminatedUnion('kind', [
    creating('webhook'),
    creating('alertmanager'),
    creating('dingtalk'),
    creating('wecom'),
    creating('feishu'),
    creating('smtp'),
    creating('sms-aliyun'),
    creating('sms-tencent'),
    creating('http'),
  ])
  .meta({ id: 'ChannelCreate' });
export const channelPatch = z
  .strictObject({
    name,
    enabled: z.boolean(),
    perMinute,
    config: z
      .looseObject(secretFields)
      .describe('of its settings those that change; to another kind: all of that one, with `kind`'),
    secrets,
  })
  .partial()
  .meta({ id: 'ChannelPatch' });
export const channelOut = z
  .object({
    id: z.string(),
    kind: z.enum(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]),
    name,
    enabled: z.boolean(),
    perMinute,
    config: settings,
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
