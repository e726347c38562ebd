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
      return signal >= limit.limit - slack;
    case 'below':
      return signal <= limit.limit + slack;
    case 'outside':
      return signal < limit.low + slack || signal > limit.high - slack;
    default:
      return unreachable(limit);
  }
}
