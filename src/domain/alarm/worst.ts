import { isGraver } from '../level.ts';
import { unreachable } from '../result.ts';
import type { Limit } from '../rule.ts';
import type { Alarm } from './alarm.ts';
import type { WorstSeen } from './events.ts';

/**
 * The worse of what an occurrence has shown so far and what was seen since: by level, then by how far the
 * value lies past the limit. Past another side of a rule that watches both, the newer one is always further.
 *
 * @param limit the limit that `seen` passed, if known; else the one of the raise
 */
export function worse(alarm: Alarm, seen: WorstSeen, limit: Limit = alarm.trigger.limit): Alarm['worst'] {
  const known = alarm.worst;
  if (seen === null || isGraver(known.level, seen.level)) return known;
  if (isGraver(seen.level, known.level)) return seen;
  if (seen.value === null) return known;
  if (known.value === null) return seen;
  return depth(limit, seen.value) > depth(limit, known.value) ? seen : known;
}

/** How far past the limit a value of the rule's signal lies; larger is worse, and only the order means something. */
export function depth(limit: Limit, value: number): number {
  switch (limit.is) {
    case 'above':
      return value;
    case 'below':
      return -value;
    case 'outside':
      return Math.max(value - limit.high, limit.low - value);
    default:
      return unreachable(limit);
  }
}
