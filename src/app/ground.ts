import type { Config } from '../config/read.ts';
import type { DeviceCode, PointCode } from '../domain/ids.ts';
import type { WatchedClock } from '../flow/ports/clock.ts';
import type { TurnRecord } from '../flow/ports/journal.ts';
import type { Log } from '../flow/ports/log.ts';
import type { Meters } from '../flow/ports/meters.ts';
import type { Stage } from '../lifecycle.ts';
import type { AppOptions } from './options.ts';

/** What every part stands on. */
export type Ground = {
  readonly options: AppOptions;
  readonly config: Config;
  readonly log: Log;
  readonly clock: WatchedClock;
  readonly meters: Meters;
  readonly onStop: OnStop;
  readonly ahead: Ahead;
};

/** What is registered last ends first. */
export type OnStop = (name: string, atMost: number, run: Stage['run']) => void;

/** What an earlier part calls of a later one: each is put in place by the part that has it, and silent until then. */
export type Ahead = {
  lifelineOf: (point: PointCode) => string | null;
  tell: (topic: string, payload: string) => void;
  /** The service's own alarms are looked at again. */
  report: () => void;
  /** What a turn has made durable, for whoever looks ahead. */
  heard: (record: TurnRecord) => void;
  /** There are notices to be sent. */
  owed: () => void;
  /** Commands to devices were made, or something has become of them. */
  commanded: (record: TurnRecord) => void;
  /** A device is there and asks for its commands. */
  listens: (device: DeviceCode) => void;
  /** There are items to go up. */
  upward: (record: TurnRecord) => void;
  /** Platforms above that something live waits for. */
  stalledUp: (now: number) => readonly string[];
  giveUpCopy: () => void;
  /** Where this process reaches itself, once it listens. */
  self: {
    readonly mqttPort: number;
    readonly mqtt: string;
    readonly mqtts: string | null;
    readonly http: string;
  } | null;
};

export const nothingAhead = (): Ahead => ({
  lifelineOf: () => null,
  tell: () => undefined,
  report: () => undefined,
  heard: () => undefined,
  owed: () => undefined,
  commanded: () => undefined,
  listens: () => undefined,
  upward: () => undefined,
  stalledUp: () => [],
  giveUpCopy: () => undefined,
  self: null,
});
