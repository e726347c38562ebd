import type { Duration, Millis } from '../../../domain/time.ts';
import type { Dissected } from '../../../wire/mapping/frames.ts';
import type { PollPlan } from '../../../wire/protocols/modbus/dialogue.ts';
import type { ModbusWrite } from '../../../wire/protocols/modbus/write.ts';
import type { Flaw } from '../broker.ts';

/** A standard that devices speak at a door of its own. */
export type DoorKey = 'sl651' | 'hj212' | 'gb26875' | 'modbus' | 'szy206';

/** A frame that came through a door, taken apart: codes of its standard, no metric of ours. */
export type ForeignFrame = {
  readonly door: DoorKey;
  readonly station: string;
  /** What kind of frame it is, in the standard's words. */
  readonly kind: string;
  readonly said: readonly Dissected[];
  /** As they came: what quarantine shows. */
  readonly bytes: Uint8Array;
  /** What was wrong with it before anybody looked for its device. */
  readonly flaws: readonly Flaw[];
  readonly receivedAt: Millis;
  /** Its sender repeats it until it is answered. */
  readonly isAnswered: boolean;
};

/** How a device was last heard through a door. */
export type DoorHeard = {
  readonly door: DoorKey;
  readonly station: string;
  readonly kind: string;
  readonly at: Millis;
  /** Its sender repeats until we answer: what is answered is kept. Otherwise best effort. */
  readonly isAnswered: boolean;
};

/** What is known of a station before its frame is taken. */
export type DoorStation = {
  /** Whether a mapping leads it to a device of the register. */
  readonly isKnown: boolean;
  /** Of the clock on its wall. */
  readonly offset: Duration;
  /** Which sums are taken, where a standard has several in the field. */
  readonly sums: 'hj' | 'modbus' | 'either' | 'off';
};

/** A bus line that is asked: who it is by what it said first. */
export type BusLine = {
  readonly station: string;
  readonly plan: PollPlan;
  /** What commands may write on it. */
  readonly writes: readonly ModbusWrite[];
  /** What its DTU sends to keep the line. */
  readonly heartbeat: Uint8Array | null;
  /** Whether the mapping wants to be told of slaves that are gone. */
  readonly tellsGone: boolean;
};

/** What becomes of the frames that come through doors. */
export interface FrameDesk {
  station(door: DoorKey, station: string): DoorStation;
  /**
   * Takes a frame; what cannot be mapped of it is set aside with its bytes. `release` is called exactly once: `kept` when
   * all of it is durable, `failed` when nothing may be promised any more.
   */
  take(frame: ForeignFrame, release: (outcome: 'kept' | 'failed') => void): void;
  /** Whose line it is, by its registration packet; `null`: nobody's; `more`: what has come may still become one. */
  busLine(first: Uint8Array): BusLine | 'more' | null;
}
