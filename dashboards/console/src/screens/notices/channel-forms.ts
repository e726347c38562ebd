import type { Channel } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import { type EditField, orNull } from '../../parts/edit.ts';
import type { words } from './words.ts';

type Settings = Channel['config'];
export type Kind = Settings['kind'];
type Values = Readonly<Record<string, string>>;
type Says = Say<keyof typeof words>;

/** In the order in which they are offered. */
export const KINDS: readonly Kind[] = [
  'dingtalk',
  'wecom',
  'feishu',
  'webhook',
  'smtp',
  'sms-aliyun',
  'sms-tencent',
  'http',
  'alertmanager',
];

const ROBOTS: readonly Kind[] = ['dingtalk', 'wecom', 'feishu'];
const PLACES = '{mobile} {email} {name} {title} {text} {id} {secret}';
/** What is offered until somebody says otherwise; the receiver's own bound holds in any case. */
const PACE = 18;

/** Whether a message by it needs a person with a number or an address. */
export const needsPerson = ({ config }: Channel): 'mobile' | 'email' | null => {
  if (config.kind === 'http') return config.needs === 'nothing' ? null : config.needs;
  if (config.kind === 'smtp') return 'email';
  return config.kind === 'sms-aliyun' || config.kind === 'sms-tencent' ? 'mobile' : null;
};

/** An id nobody has to think of: its kind, and a number where that is taken. */
export function freeId(kind: Kind, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? kind : `${kind}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/** The lines of a channel's form. */
export function channelFields(kind: Kind, of: Channel | null, say: Says): EditField[] {
  const before = (of?.config ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: keyof Values, more: Partial<EditField> = {}): EditField => ({
    name,
    label: say(`f.${name}` as keyof typeof words),
    value: before[name] === null || before[name] === undefined ? '' : String(before[name]),
    ...more,
  });
  const choice = (name: string, keys: readonly string[], label: (key: string) => string): EditField => ({
    ...text(name),
    value: String(before[name] ?? keys[0]),
    options: keys.map((value) => ({ value, label: label(value) })),
  });
  const secret = (label: keyof typeof words, name: 'secret' | 'token' = 'secret'): EditField => ({
    name: `secrets.${name}`,
    at: name,
    label: say(label),
    secret: true,
    hint: say(of?.secrets.includes(name) ? 'hint.kept' : 'hint.secret'),
  });
  const url = text('url', { hint: say('hint.host') });

  const own = (): EditField[] => {
    switch (kind) {
      case 'dingtalk':
      case 'wecom':
      case 'feishu':
        return [
          text('url', {
            label: say('f.url.robot'),
            hint: say(of?.secrets.includes('token') ? 'hint.robotKept' : 'hint.robot'),
          }),
          ...(kind === 'wecom' ? [] : [secret(kind === 'dingtalk' ? 'f.sign' : 'f.signFeishu')]),
        ];
      case 'webhook':
        return [url, secret('f.secret')];
      case 'alertmanager':
        return [url, secret('f.token', 'token')];
      case 'smtp':
        return [
          text('host', { hint: say('hint.host') }),
          text('port', { number: true, value: String(before.port ?? 465) }),
          choice('tls', ['implicit', 'starttls', 'plain'], (k) => say(`tls.${k}` as keyof typeof words)),
          text('from'),
          text('user'),
          secret('f.password'),
        ];
      case 'sms-aliyun':
        return [
          { ...url, value: String(before.url ?? 'https://dysmsapi.aliyuncs.com/') },
          text('signName'),
          text('templateCode'),
          text('accessKeyId'),
          secret('f.secret'),
        ];
      case 'sms-tencent':
        return [
          { ...url, value: String(before.url ?? 'https://sms.tencentcloudapi.com/') },
          text('signName'),
          text('templateId'),
          text('sdkAppId'),
          text('region', { value: String(before.region ?? 'ap-guangzhou') }),
          text('secretId'),
          secret('f.secret'),
        ];
      case 'http':
        return [
          choice('method', ['POST', 'GET', 'PUT'], (k) => k),
          { ...url, hint: `${say('hint.host')} · ${say('hint.places', { list: PLACES })}` },
          text('headers', { lines: true, value: headersText(before.headers) }),
          text('body', { lines: true }),
          text('accepted'),
          choice('needs', ['mobile', 'email', 'nothing'], (k) => say(`needs.${k}` as keyof typeof words)),
          secret('f.secret'),
        ];
    }
  };
  return [
    { name: 'name', label: say('field.name'), value: of?.name ?? say(`kind.${kind}`) },
    ...own(),
    {
      name: 'perMinute',
      label: say('perMinute'),
      value: String(of?.perMinute ?? PACE),
      number: true,
      hint: say('perMinuteHint'),
    },
    {
      name: 'enabled',
      label: say('use'),
      value: of?.enabled === false ? 'off' : 'on',
      options: [
        { value: 'on', label: say('use.on') },
        { value: 'off', label: say('use.off') },
      ],
    },
  ];
}

/** What is sent of a form; a secret that was left empty stays as it is. */
export function channelBody(kind: Kind, values: Values, of: Channel | null): Record<string, unknown> {
  const secrets = Object.fromEntries(
    (['token', 'secret'] as const).flatMap((name) => {
      const typed = orNull(values[`secrets.${name}`]);
      return typed === null ? [] : [[name, typed]];
    }),
  );
  const names = channelFields(kind, of, () => '')
    .map((f) => f.name)
    .filter((name) => !NOT_OF_CONFIG.has(name) && !name.startsWith('secrets.'));
  const config = Object.fromEntries(names.map((name) => [name, configValue(name, values[name] ?? '')]));
  return {
    name: values.name?.trim() ?? '',
    enabled: values.enabled !== 'off',
    perMinute: numberOrTyped(values.perMinute ?? ''),
    ...(of === null ? { kind } : {}),
    config: { kind, ...config },
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  };
}

const NOT_OF_CONFIG = new Set(['name', 'enabled', 'perMinute']);

function configValue(name: string, typed: string): unknown {
  if (name === 'port') return numberOrTyped(typed);
  if (name === 'headers') return headersOf(typed);
  if (name === 'user' || name === 'accepted') return orNull(typed);
  return name === 'body' ? typed : typed.trim();
}

/** What is no number goes to the server as typed, so that it says what would be right. */
const numberOrTyped = (typed: string): number | string =>
  typed.trim() !== '' && Number.isFinite(Number(typed)) ? Number(typed) : typed;

const headersText = (headers: unknown): string =>
  Object.entries((headers ?? {}) as Record<string, string>)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

const headersOf = (typed: string): Record<string, string> =>
  Object.fromEntries(
    typed
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const at = line.indexOf(':');
        return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );

/** Where it leads, for a list: an address or a server, never anything secret. */
export function leadsTo(config: Settings): string {
  if (config.kind === 'smtp') return `${config.host}:${config.port}`;
  const host = /^https?:\/\/([^/?#]+)/.exec(config.url)?.[1] ?? config.url;
  return ROBOTS.includes(config.kind) ? host : config.url;
}
