import type { Duration, Millis } from '../../domain/time.ts';

/** Our clock. Tests drive a manual one. */
export interface Clock {
  now(): Millis;
  /** Calls `tell` every `period` until the returned function is called. */
  every(period: Duration, tell: () => void): () => void;
  /** Calls `tell` once after `delay` unless the returned function is called first. */
  after(delay: Duration, tell: () => void): () => void;
}
