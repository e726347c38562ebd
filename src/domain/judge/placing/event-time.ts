import { type Duration, days, type Millis, minutes, seconds } from '../../time.ts';
import type { Taken } from '../clock.ts';

/** How long after its instant a reading still counts as live (promises C14). */
export const LATENESS: Duration = seconds(30);
export const OLDEST: Duration = days(7);
/** How far ahead of ours a device's clock may be and still be believed. */
export const AHEAD: Duration = minutes(2);

export type Timed = {
  readonly observedAt: Millis;
  /** The device's time could not be believed: the reading was placed at its receipt. */
  readonly clockOff: boolean;
  readonly late: boolean;
  /** The instant that tells a repetition from a newcomer; `null`: none that could. */
  readonly sentAt: Millis | null;
  /** It comes after all that is known of its series, whatever its place would be. */
  readonly isNext: boolean;
  /** It cannot be a repetition. */
  readonly isNew: boolean;
};

/** Whether a device's time lies within −7 d … +2 min of ours. Written so that NaN does not. */
export function isPlausible(deviceTime: Millis, receivedAt: Millis): boolean {
  const age = receivedAt - deviceTime;
  return age <= OLDEST && age >= -AHEAD;
}

/** Of what says nothing of its own instant that could be believed. */
export const undated = (observedAt: Millis, clockOff: boolean): Timed => ({
  ...{ observedAt, clockOff, late: false, sentAt: null, isNext: true, isNew: true },
});

/**
 * When a reading happened (promises C14): the device's time where it lies within −7 d … +2 min of ours, else
 * the time of receipt, flagged. A device a little ahead of us keeps its own time: its samples stay in their order.
 *
 * @param deviceTime the device's clock; `null` where it sent none, which is no fault
 * @param receivedAt our clock
 */
export function timeOf(deviceTime: Millis | null, receivedAt: Millis): Timed {
  if (deviceTime === null) return undated(receivedAt, false);
  if (!isPlausible(deviceTime, receivedAt)) return undated(receivedAt, true);
  const late = receivedAt - deviceTime > LATENESS;
  return { observedAt: deviceTime, clockOff: false, late, sentAt: deviceTime, isNext: false, isNew: false };
}

/** What a packet's clock is taken for, and by which of its instants the others are placed. */
export type Placing = {
  readonly taken: Taken;
  /** Newest plausible instant of the packet. */
  readonly newest: Millis;
  /** Newest instant of the packet before; NaN: of none that is known. */
  readonly after: Millis;
  /** Of a clock that is off by a steady amount. */
  readonly lag: Duration;
  /** Its instants say nothing: a clock that stands still. */
  readonly frozen: boolean;
  /** What comes after the packet before is no repetition, whatever was said of such an instant before the clock was off. */
  readonly goesOn: boolean;
  /** The device's clock is to blame; else it is one that was put right, or ours. */
  readonly flagged: boolean;
};

/**
 * An instant in its place by what is known of the device's clock.
 *
 * @param placed by its own word
 */
export function placeBy(by: Placing, placed: Timed, receivedAt: Millis): Timed {
  const { sentAt } = placed;
  if (by.taken === 'own' || sentAt === null) return placed;
  const error = by.taken === 'lag' ? by.lag : receivedAt - by.newest;
  const observedAt = Math.min(receivedAt, sentAt + error);
  return {
    observedAt,
    clockOff: by.flagged,
    late: receivedAt - observedAt > LATENESS,
    sentAt: by.frozen ? null : sentAt,
    isNext: by.taken === 'receipt' && (sentAt === by.newest || sentAt > by.after),
    isNew: by.goesOn && sentAt > by.after,
  };
}
