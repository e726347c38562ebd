import { type Duration, minutes } from '../time.ts';

/** Fewer witnesses are none: two gateways of one vendor may share one mistake. */
const AT_LEAST = 3;
/** So many of them must say the same … */
const SHARE = 0.6;
/** … to within this. */
const ALIKE: Duration = minutes(1);

/** Whether a device's clock is off as those of the others are: then it is not its own fault. */
export const isCommon = (offset: Duration, common: Duration): boolean => Math.abs(offset - common) <= ALIKE;

/**
 * By how much the clocks of many devices are apart from ours, where most of them are by the same: then it is ours that is
 * wrong, for they are set by different hands.
 *
 * @param offsets of each device, its clock less ours
 * @returns `null`: too few, or they do not agree
 */
export function commonOffset(offsets: readonly Duration[]): Duration | null {
  if (offsets.length < AT_LEAST) return null;
  const sorted = Float64Array.from(offsets).sort();
  const middle = sorted[sorted.length >> 1] as Duration;
  const alike = sorted.filter((o) => Math.abs(o - middle) <= ALIKE).length;
  return alike >= SHARE * sorted.length ? middle : null;
}
