import { median } from '../median.ts';

/** A device apart from its neighbours by more than so many of their usual distances (D; 6 σ of a normal spread). */
const APART = 6;
/** And by more than this share of the metric's range: neighbours that agree to the last digit are no measure. */
const OF_RANGE = 0.02;

/**
 * Which of several values of one quantity at one asset disagrees with all the others, by the median and the median
 * distance from it: two that are wrong together do not outvote the rest.
 *
 * @param span of the metric's range
 * @returns indices; empty with fewer than three values
 */
export function apartFrom(values: readonly number[], span: number): readonly number[] {
  if (values.length < 3) return [];
  const apart: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const others = values.filter((_, j) => j !== i);
    const middle = median(others);
    const usual = 1.4826 * median(others.map((x) => Math.abs(x - middle)));
    const distance = Math.abs((values[i] as number) - middle);
    if (distance > APART * usual && distance > OF_RANGE * span) apart.push(i);
  }
  // When nobody agrees with anybody, nobody can be blamed.
  return apart.length * 2 < values.length ? apart : [];
}
