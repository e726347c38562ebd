import type { ChannelId } from '../ids.ts';

/**
 * How a message leaves the house, by kind. What is secret stands apart: nothing that shows, lists,
 * exports or logs a channel ever holds it.
 */
export type ChannelSettings =
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'alertmanager'; readonly url: string }
  | { readonly kind: 'dingtalk' | 'wecom' | 'feishu'; readonly url: string }
  | {
      readonly kind: 'smtp';
      readonly host: string;
      readonly port: number;
      /** From the first byte (465); otherwise STARTTLS is demanded. `plain`: neither, for a relay on a guarded net. */
      readonly tls: 'implicit' | 'starttls' | 'plain';
      readonly from: string;
      readonly user: string | null;
    }
  | {
      readonly kind: 'sms-aliyun';
      readonly url: string;
      readonly signName: string;
      readonly templateCode: string;
      readonly accessKeyId: string;
    }
  | {
      readonly kind: 'sms-tencent';
      readonly url: string;
      readonly signName: string;
      readonly templateId: string;
      readonly sdkAppId: string;
      readonly region: string;
      readonly secretId: string;
    }
  | {
      readonly kind: 'http';
      readonly method: 'GET' | 'POST' | 'PUT';
      /** `{mobile}`, `{email}`, `{name}`, `{title}`, `{text}`, `{id}`, `{secret}` are filled in, each as its place needs. */
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** What the answer's body must contain to count as accepted; `null`: any 2xx will do. */
      readonly accepted: string | null;
      readonly needs: 'mobile' | 'email' | 'nothing';
    };

export type ChannelKind = ChannelSettings['kind'];

/** Write-only: a robot's token and signing secret, a password, a key. What each kind has is in `SECRETS`. */
export type ChannelSecrets = { readonly [K in 'token' | 'secret']?: string };

/** What is secret of each kind; a channel without one that is needed cannot send. */
export const SECRETS: Readonly<
  Record<
    ChannelKind,
    { readonly needs: readonly (keyof ChannelSecrets)[]; readonly may: readonly (keyof ChannelSecrets)[] }
  >
> = {
  webhook: { needs: ['secret'], may: [] },
  // Basic or bearer, where a proxy before it asks for it.
  alertmanager: { needs: [], may: ['token'] },
  dingtalk: { needs: ['token'], may: ['secret'] },
  wecom: { needs: ['token'], may: [] },
  feishu: { needs: ['token'], may: ['secret'] },
  smtp: { needs: [], may: ['secret'] },
  'sms-aliyun': { needs: ['secret'], may: [] },
  'sms-tencent': { needs: ['secret'], may: [] },
  http: { needs: [], may: ['secret'] },
};

/** What it cannot send without and does not have. */
export const secretsLacking = (
  { settings }: Pick<ChannelSetup, 'settings'>,
  set: readonly (keyof ChannelSecrets)[],
): readonly (keyof ChannelSecrets)[] => SECRETS[settings.kind].needs.filter((k) => !set.includes(k));

/** 通知渠道: a way to people, as it is set up. */
export type ChannelSetup = {
  readonly id: ChannelId;
  readonly name: string;
  readonly enabled: boolean;
  /** At most so many messages in any minute; never above what its receiver bears. */
  readonly perMinute: number;
  readonly settings: ChannelSettings;
};

export type ChannelTraits = {
  /** Bytes of UTF-8 that one text may have. */
  readonly bytes: number;
  /** Messages in any minute that the receiver bears. */
  readonly perMinute: number;
  /** What a person must have to be reached by it. */
  readonly needs: 'mobile' | 'email' | 'nothing';
};

/**
 * What receivers bear, below what they document (docs/plan/response.md G.1, G.2): a DingTalk robot that is asked more than 20
 * times a minute is silent for ten.
 */
export const TRAITS: Readonly<Record<ChannelKind, ChannelTraits>> = {
  webhook: { bytes: 16_000, perMinute: 600, needs: 'nothing' },
  alertmanager: { bytes: 16_000, perMinute: 600, needs: 'nothing' },
  dingtalk: { bytes: 18_000, perMinute: 18, needs: 'nothing' },
  wecom: { bytes: 2_000, perMinute: 18, needs: 'nothing' },
  feishu: { bytes: 18_000, perMinute: 90, needs: 'nothing' },
  smtp: { bytes: 16_000, perMinute: 60, needs: 'email' },
  // A long message is charged as several of 67 characters; templates bound each variable to 35.
  'sms-aliyun': { bytes: 400, perMinute: 60, needs: 'mobile' },
  'sms-tencent': { bytes: 400, perMinute: 60, needs: 'mobile' },
  http: { bytes: 2_000, perMinute: 60, needs: 'nothing' },
};

/** What a person must have to be reached by this channel. */
export const needsOf = ({ settings }: ChannelSetup): ChannelTraits['needs'] =>
  settings.kind === 'http' ? settings.needs : TRAITS[settings.kind].needs;

/** Messages a minute: what was set, but never more than the receiver bears. */
export const paceOf = ({ perMinute, settings }: Pick<ChannelSetup, 'perMinute' | 'settings'>): number =>
  Math.min(perMinute, TRAITS[settings.kind].perMinute);
