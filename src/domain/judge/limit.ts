import { unreachable } from '../result.ts';
import type { Limit } from '../rule.ts';

/**
 * Whether a signal lies at or past a limit.
 *
 * @param slack moves the limit towards normal by this much: 0 while a step is off, its deadband while it is on,
 *   so that a deadband acts on letting go only (OPC UA Part 9 §5.8)
 */
export function passes(limit: Limit, slack: number, signal: number): boolean {
  switch (limit.is) {
    case 'above':
      return isAtLeast(signal, limit.limit - slack, limit.limit);
    case 'below':
      return isAtLeast(limit.limit + slack, signal, limit.limit);
    case 'outside':
      return (
        !isAtLeast(signal, limit.low + slack, limit.low) || !isAtLeast(limit.high - slack, signal, limit.high)
      );
    default:
      return unreachable(limit);
  }
}

/** Numbers that differ by less than a thousand-millionth of what they came of are the same decimal. */
const OF_THE_SAME_DECIMAL = 1e-9;
/** What 20000.3 − 20000.2 − 0.1 leaves of 0. */
const NOTHING = 1e-10;

/**
 * `a ≥ b` for numbers that people wrote as decimals and that were added and taken from each other since: 0.7 is at
 * least 0.8 − 0.1, as 7 is at least 8 − 1, although in binary it is not.
 *
 * @param of the largest number that either was made of; finer than its thousand-millionth no instrument resolves
 */
export function isAtLeast(a: number, b: number, of: number): boolean {
  return a >= b || b - a <= (of < 0 ? -of : of) * OF_THE_SAME_DECIMAL + NOTHING;
}
