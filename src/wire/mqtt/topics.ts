import { type AreaCode, as, type DeviceCode, type LifelineKey, type UnitCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { quoted, type TelemetryFlaw } from './telemetry-flaw.ts';

/** The topics of interfaces §2: `lifeline/v1/{lifeline}/{device}/{kind}`. */
export const TOPIC_ROOT = 'lifeline/v1';
/** Where alarm events are published: `lifeline/v1/alarms/{level}/{areaCode}`. */
export const ALARMS_ROOT = `${TOPIC_ROOT}/alarms`;

/** Where events of orders are published: `lifeline/v1/orders/{unit}`. */
export const ORDERS_ROOT = `${TOPIC_ROOT}/orders`;
/** Where events of warnings are published: `lifeline/v1/warnings/{level}/{areaCode}`. */
export const WARNINGS_ROOT = `${TOPIC_ROOT}/warnings`;
/** Third levels that are ours: no lifeline is called so. */
export const OURS: readonly string[] = ['alarms', 'orders', 'warnings'];

/** Where it stands in quarantine what somebody else's packet had in it for no device of ours: `doors/{mapping}/{station}`. */
export const DOORS_ROOT = 'doors/';

/** A topic that can be none of ours: a mapping may name it. */
export const isForeignTopic = (topic: string): boolean => !topic.startsWith(OWN_LEVEL);
const OWN_LEVEL = TOPIC_ROOT.slice(0, TOPIC_ROOT.indexOf('/') + 1);

/** What a device sends. */
export type DeviceKind = 'telemetry' | 'status' | 'event' | 'up/reply';

export type DeviceTopic = {
  readonly lifeline: LifelineKey;
  readonly device: DeviceCode;
  readonly kind: DeviceKind;
};

const LIFELINE = /^[a-z][a-z0-9-]{0,31}$/;
const DEVICE = /^[A-Za-z0-9_-]{1,64}$/;
const KINDS: ReadonlySet<string> = new Set<DeviceKind>(['telemetry', 'status', 'event', 'up/reply']);

/** `[A-Za-z0-9_-]{1,64}`: neither a topic separator nor a wildcard nor anything a file name would stumble over. */
export const isDeviceCode = (s: string): s is DeviceCode => DEVICE.test(s);

/** Whose packet it is and of what kind. Whether lifeline and device are known is the flow's question. */
export function parseTopic(topic: string): Result<DeviceTopic, TelemetryFlaw> {
  const [root, version, lifeline, device, ...rest] = topic.split('/');
  if (root !== 'lifeline' || version !== 'v1' || lifeline === undefined || device === undefined) {
    return flaw(
      'bad-topic',
      `${quoted(topic)} is no device topic: lifeline/v1/{lifeline}/{device}/{kind} is.`,
    );
  }
  if (OURS.includes(lifeline) || !LIFELINE.test(lifeline)) {
    return flaw(
      'bad-topic',
      `${quoted(lifeline)} is no lifeline: the third level of a topic is a pack's key, such as gas.`,
    );
  }
  if (!isDeviceCode(device)) {
    return flaw(
      'bad-device-code',
      `${quoted(device)} is no device code: 1 to 64 letters, digits, "_" and "-" are.`,
    );
  }
  const kind = rest.join('/');
  if (!KINDS.has(kind)) {
    return flaw(
      'unknown-kind',
      `${quoted(kind)} is no kind of packet: telemetry, status, event and up/reply are.`,
    );
  }
  return ok({ lifeline: as.lifeline(lifeline), device, kind: kind as DeviceKind });
}

export const alarmTopic = (level: Level, area: AreaCode): string => `${ALARMS_ROOT}/${level}/${area}`;

export const warningTopic = (level: Level, area: AreaCode): string => `${WARNINGS_ROOT}/${level}/${area}`;

export const orderTopic = (unit: UnitCode): string => `${ORDERS_ROOT}/${unit}`;

export const telemetryTopic = (lifeline: LifelineKey, device: DeviceCode): string =>
  `${TOPIC_ROOT}/${lifeline}/${device}/telemetry`;

/** Where a device's own link state is kept: retained, and also its last will. */
export const statusTopic = (lifeline: LifelineKey, device: DeviceCode): string =>
  `${TOPIC_ROOT}/${lifeline}/${device}/status`;

/** Where a device listens: commands, or its configuration. */
export const downTopic = (lifeline: LifelineKey, device: DeviceCode, kind: 'command' | 'config'): string =>
  `${TOPIC_ROOT}/${lifeline}/${device}/down/${kind}`;

const flaw = (code: string, detail: string): Result<never, TelemetryFlaw> => no({ code, detail });
