import { seconds } from '../../domain/time.ts';

/** The bounds of the live stream. */
export type LiveLimits = {
  /** Bytes that may wait for one console before it gets no more deltas and, once it has read on, a snapshot. */
  readonly buffered: number;
  /** A console that takes nothing for so long is cut off. */
  readonly stuck: number;
  /** Events replayed at most to a console that comes back; one that missed more gets a snapshot. */
  readonly replay: number;
  /** Bytes of one frame from a console. */
  readonly payload: number;
  readonly consoles: number;
  /** Frames from one console between two pings: a `watch` now and then is all there is to say. */
  readonly requests: number;
};

export const LIVE_LIMITS: LiveLimits = {
  buffered: 1_024 * 1_024,
  stuck: seconds(60),
  replay: 5_000,
  payload: 64 * 1_024,
  consoles: 2_000,
  requests: 100,
};

export const PING_EVERY = seconds(10);
/** Readings go out, sessions are looked at, those behind are helped on. */
export const TICK_EVERY = seconds(1);
/** Pings of the protocol left unanswered after which nobody is there any more. */
export const PINGS_UNANSWERED = 6;
/** How long a console may take to answer our good-bye; and all of them, when the service stops. */
export const GOOD_BYE = seconds(2);
export const LAST_GOOD_BYE = 500;
