import type { Actor } from '../alarm/actor.ts';
import type { AreaCode, DeviceCode, DeviceCommandId, LifelineKey, PointCode } from '../ids.ts';
import type { Millis } from '../time.ts';

/** What NB-IoT platforms call the states of a command, less those that nobody sees here (docs/domain.md [S113]). */
export const DEVICE_COMMAND_STATES = [
  'PENDING',
  'SENT',
  'DELIVERED',
  'SUCCESSFUL',
  'FAILED',
  'EXPIRED',
] as const;
export type DeviceCommandState = (typeof DEVICE_COMMAND_STATES)[number];

/** By which way it went: our broker, or the door of a standard. */
export type CommandWay = 'mqtt' | 'hj212' | 'sl651' | 'modbus' | 'gb26875';

/**
 * Why a command stands where it does. `link-lost`: before it was known to have arrived; `device`: its own word;
 * `not-spoken`: no frame of its protocol says this; `no-answer`: sent, and whether it was carried out is not known;
 * `overdue`: nobody could be told in time; `clock-set`: our clock was set back behind its making; `withdrawn`: by a person,
 * before it left.
 */
export type DeviceCommandWhy =
  | 'link-lost'
  | 'device'
  | 'not-spoken'
  | 'no-answer'
  | 'overdue'
  | 'clock-set'
  | 'late-answer'
  | 'withdrawn';

/** One thing that happened to it. */
export type DeviceCommandStep = {
  readonly state: DeviceCommandState;
  readonly at: Millis;
  readonly way: CommandWay | null;
  readonly why: DeviceCommandWhy | null;
  /** In the device's words, or in those of whoever speaks its protocol; of a withdrawal, who it was. */
  readonly said: string | null;
};

/** 指令: one thing that a device is told to do, or how it shall be set. */
export type DeviceCommand = {
  readonly id: DeviceCommandId;
  readonly device: DeviceCode;
  readonly lifeline: LifelineKey;
  readonly point: PointCode | null;
  readonly area: AreaCode | null;
  readonly kind: 'command' | 'config';
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly note: string | null;
  readonly by: Actor;
  /** Who agreed to it beside them. */
  readonly second: string | null;
  readonly madeAt: Millis;
  /** It is sent before then, or not at all. */
  readonly expiresAt: Millis;
  readonly state: DeviceCommandState;
  readonly revision: number;
  /** How often it has left: what leaves again is marked as repeated. */
  readonly sends: number;
  /** What the device gave back. */
  readonly result: unknown;
  readonly steps: readonly DeviceCommandStep[];
};

/** What a command is made of. */
export type DeviceCommandBirth = Omit<
  DeviceCommand,
  'state' | 'revision' | 'sends' | 'result' | 'steps' | 'by' | 'madeAt'
>;

/** Something may still come of it. */
export const isCommandOpen = ({ state }: Pick<DeviceCommand, 'state'>): boolean =>
  state === 'PENDING' || state === 'SENT' || state === 'DELIVERED';
