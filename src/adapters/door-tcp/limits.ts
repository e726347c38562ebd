import { type Duration, minutes, seconds } from '../../domain/time.ts';

/** Bounds of a door: these protocols know no password worth its name, so that nothing of a line is believed in advance. */
export type DoorLimits = {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly newPerSecondPerAddress: number;
  readonly newAtOncePerAddress: number;
  /** Loopback is a gateway, a simulator or a test on this machine: no bound per address. */
  readonly loopbackExempt: boolean;
  /** Bytes until the first good frame, and how long it may take. */
  readonly bytesBeforeFrame: number;
  readonly frameWithin: Duration;
  /** Bytes that were no frame, since the last good one. */
  readonly noiseBytes: number;
  /** A line that says nothing for so long is closed: three times a slow heartbeat. */
  readonly idle: Duration;
  /** Stations that one line may speak for: a gateway's. */
  readonly stationsPerLine: number;
  /** Frames a second of one line, for long, and at once after a quiet time: what was stored without a link. */
  readonly framesPerSecond: number;
  readonly framesAtOnce: number;
  /** Frames a second of stations that nobody knows, of one address: set aside, for a person to look at. */
  readonly unknownPerSecond: number;
  readonly unknownAtOnce: number;
  /** Taken from one line and not yet released; past it nothing more is read from it. */
  readonly heldBytesPerLine: number;
  readonly heldBytes: number;
  /** Answers that the other side does not read. */
  readonly unreadBytes: number;
};

export const DOOR_LIMITS: DoorLimits = {
  connections: 10_000,
  connectionsPerAddress: 500,
  newPerSecondPerAddress: 50,
  newAtOncePerAddress: 200,
  loopbackExempt: true,
  bytesBeforeFrame: 4 * 1024,
  frameWithin: seconds(60),
  noiseBytes: 64 * 1024,
  idle: minutes(15),
  stationsPerLine: 64,
  framesPerSecond: 50,
  framesAtOnce: 2_000,
  unknownPerSecond: 0.2,
  unknownAtOnce: 20,
  heldBytesPerLine: 128 * 1024,
  heldBytes: 16 * 1024 * 1024,
  unreadBytes: 256 * 1024,
};
