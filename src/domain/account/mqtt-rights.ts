import type { Bilingual } from '../text.ts';

/** What a client of the MQTT port came in as. */
export const MQTT_CLIENTS = {
  device: {
    zh: '设备（凭据或证书）',
    en: 'a device, by its credential or certificate; its own: below its code',
  },
  'system-of-areas': {
    zh: '系统（限定区域）',
    en: 'a system bound to areas; its own: these and what is below them',
  },
  system: { zh: '系统（全市）', en: 'a system not bound to areas' },
  anonymous: {
    zh: '匿名（仅本机试用，`LIFELINE_MQTT_ANONYMOUS`）',
    en: 'anonymous, where it is configured: this machine alone',
  },
  nobody: { zh: '无凭据、凭据错误或已吊销', en: 'without credential, with a wrong or a revoked one' },
} as const satisfies Record<string, Bilingual>;

export type MqttClientKind = keyof typeof MQTT_CLIENTS;

/** `own`: of its own code or areas alone; `any`: of all; `–`: of none. */
export type MqttReach = 'own' | 'any' | '–';

type MqttRow = { readonly [client in MqttClientKind]: readonly [publish: MqttReach, hear: MqttReach] };

const FROM_DEVICES: MqttRow = {
  device: ['own', '–'],
  'system-of-areas': ['–', '–'],
  system: ['–', '–'],
  anonymous: ['any', 'any'],
  nobody: ['–', '–'],
};
const TO_DEVICES: MqttRow = {
  device: ['–', 'own'],
  'system-of-areas': ['–', '–'],
  system: ['–', '–'],
  anonymous: ['–', 'any'],
  nobody: ['–', '–'],
};
const NOBODYS: MqttRow = {
  device: ['–', '–'],
  'system-of-areas': ['–', '–'],
  system: ['–', '–'],
  anonymous: ['–', '–'],
  nobody: ['–', '–'],
};

/**
 * Who may publish on which topic, and who hears it. Part of `docs/permissions.md`; a test sends and listens as every
 * client on every topic, of its own and of others, and compares.
 */
export const TOPIC_RIGHTS = {
  'lifeline/v1/{lifeline}/{device}/telemetry': FROM_DEVICES,
  'lifeline/v1/{lifeline}/{device}/status': FROM_DEVICES,
  'lifeline/v1/{lifeline}/{device}/event': FROM_DEVICES,
  'lifeline/v1/{lifeline}/{device}/up/reply': FROM_DEVICES,
  'lifeline/v1/{lifeline}/{device}/down/command': TO_DEVICES,
  'lifeline/v1/{lifeline}/{device}/down/config': TO_DEVICES,
  'lifeline/v1/alarms/{level}/{areaCode}': {
    device: ['–', '–'],
    'system-of-areas': ['–', 'own'],
    system: ['–', 'any'],
    anonymous: ['–', 'any'],
    nobody: ['–', '–'],
  },
  'lifeline/v1/warnings/{level}/{areaCode}': {
    device: ['–', '–'],
    'system-of-areas': ['–', 'own'],
    system: ['–', 'any'],
    anonymous: ['–', 'any'],
    nobody: ['–', '–'],
  },
  'lifeline/v1/orders/{unit}': {
    device: ['–', '–'],
    'system-of-areas': ['–', '–'],
    system: ['–', 'any'],
    anonymous: ['–', 'any'],
    nobody: ['–', '–'],
  },
  '$SYS/broker/uptime': NOBODYS,
  'lifeline/v2/{lifeline}/{device}/telemetry': NOBODYS,
  '{device}/telemetry': NOBODYS,
} as const satisfies Record<string, MqttRow>;

export type TopicKind = keyof typeof TOPIC_RIGHTS;
