import type { Duration, Millis } from '../../domain/time.ts';

/**
 * Our clock 本系统时钟: the flow's `now`. It never goes back and never jumps while it runs, whatever is done to the clock
 * of the machine. Tests drive a manual one.
 */
export interface Clock {
  now(): Millis;
  /** Calls `tell` every `period` until the returned function is called. */
  every(period: Duration, tell: () => void): () => void;
  /** Calls `tell` once after `delay` unless the returned function is called first. */
  after(delay: Duration, tell: () => void): () => void;
}

/** Our clock beside the machine's own, which people and NTP set. */
export interface WatchedClock extends Clock {
  /** What the machine's clock shows beyond ours; negative: it lies behind us. */
  apart(): Duration;
  /** Goes at this many of our milliseconds to one that passes, until it is told otherwise; above 0. */
  goAt(rate: number): void;
  /** Ours goes on from here at the earliest: what is written is not written again as the past. */
  notBefore(then: Millis): void;
  /**
   * Takes the machine's clock for ours, also backwards: only while nothing runs that has seen ours.
   *
   * @returns by how much ours has moved
   */
  adopt(): Duration;
}
