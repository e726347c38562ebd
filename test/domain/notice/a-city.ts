import { as } from '../../../src/domain/ids.ts';
import type { ChannelKind, ChannelSetup } from '../../../src/domain/notice/channel.ts';
import type { LiesIn, NoticePolicy, Rung } from '../../../src/domain/notice/policy.ts';
import type { Directory } from '../../../src/domain/notice/recipients.ts';
import type { Roster } from '../../../src/domain/notice/roster.ts';
import type { Contact, Post, Unit, UnitKind } from '../../../src/domain/notice/unit.ts';

export const T0 = Date.UTC(2026, 2, 7, 19, 0);

/** By the code alone, as of 区 and 街道. */
export const liesIn: LiesIn = (area, among) => among.some((a) => area.startsWith(a.replace(/(00)+$/, '')));

export const aUnit = (code: string, kind: UnitKind, more: Partial<Unit> = {}): Unit => ({
  code: as.unit(code),
  name: code,
  kind,
  parent: null,
  areas: [],
  lifelines: [],
  phone: null,
  ...more,
});

export const aContact = (id: string, unit: string, post: Post, more: Partial<Contact> = {}): Contact => ({
  id: as.contact(id),
  unit: as.unit(unit),
  name: id,
  post,
  mobile: '13800000000',
  email: `${id}@city.example`,
  account: null,
  handles: {},
  ...more,
});

const SETTINGS = {
  webhook: { kind: 'webhook', url: 'https://hook.example/' },
  alertmanager: { kind: 'alertmanager', url: 'https://alerts.example/' },
  dingtalk: { kind: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send' },
  smtp: {
    kind: 'smtp',
    host: 'mail.example',
    port: 465,
    tls: 'implicit',
    from: 'watch@city.example',
    user: null,
  },
  'sms-aliyun': {
    kind: 'sms-aliyun',
    url: 'https://dysmsapi.aliyuncs.com/',
    signName: '城市',
    templateCode: 'SMS_1',
    accessKeyId: 'k',
  },
} as const;

export const aChannel = (
  id: string,
  kind: Extract<ChannelKind, keyof typeof SETTINGS> = 'dingtalk',
  more: Partial<ChannelSetup> = {},
): ChannelSetup => ({
  id: as.channel(id),
  name: id,
  enabled: true,
  perMinute: 1_000,
  settings: SETTINGS[kind],
  ...more,
});

export const aPolicy = (id: string, more: Partial<NoticePolicy> = {}): NoticePolicy => ({
  id: as.policy(id),
  name: { zh: id, en: id },
  version: 1,
  enabled: true,
  match: { subjects: ['alarm'], levels: [], lifelines: [], areas: [] },
  rungs: [aRung(0)],
  repeat: null,
  by: null,
  at: 0,
  reason: '',
  ...more,
});

export const aRung = (afterS: number, more: Partial<Rung> = {}): Rung => ({
  afterS,
  to: [{ unit: 'owner', post: 'duty' }],
  channels: [],
  stopsOn: 'acknowledge',
  ...more,
});

export function aDirectory(given: {
  units?: readonly Unit[];
  contacts?: readonly Contact[];
  rosters?: readonly Roster[];
  channels?: readonly ChannelSetup[];
}): Directory {
  const { units = [], contacts = [], rosters = [], channels = [] } = given;
  return {
    units: () => units,
    unit: (code) => units.find((u) => u.code === code),
    contact: (id) => contacts.find((c) => c.id === id),
    contactsOf: (unit) => contacts.filter((c) => c.unit === unit),
    roster: (unit) => rosters.find((r) => r.unit === unit),
    channels: () => channels,
  };
}
