import { type Duration, days, type Millis, minutes, seconds } from '../time.ts';

/** How long after its instant a reading still counts as live (promises C14). */
export const LATENESS: Duration = seconds(30);
export const OLDEST: Duration = days(7);
export const AHEAD: Duration = minutes(2);

export type Placed = {
  readonly observedAt: Millis;
  /** The device's time could not be believed: the reading was placed at its receipt. */
  readonly clockOff: boolean;
  readonly late: boolean;
};

/**
 * When a reading happened (promises C14): the device's time where it lies within −7 d … +2 min of ours, else
 * the time of receipt, flagged. A device a little ahead of us keeps its own time: its samples stay in their order.
 *
 * @param deviceTime the device's clock; `null` where it sent none, which is no fault
 * @param receivedAt our clock
 */
export function placeInTime(deviceTime: Millis | null, receivedAt: Millis): Placed {
  if (deviceTime === null) return { observedAt: receivedAt, clockOff: false, late: false };
  const age = receivedAt - deviceTime;
  // Written so that NaN falls through to "off".
  if (age <= OLDEST && age >= -AHEAD) {
    return { observedAt: deviceTime, clockOff: false, late: age > LATENESS };
  }
  return { observedAt: receivedAt, clockOff: true, late: false };
}
