import type { Rule } from '../../src/domain/rule.ts';
import { PACKS } from '../../src/packs/index.ts';
import type { Expected } from './scenario.ts';

/** A scenario may not be built on a knife's edge: this much of a limit must lie between it and the value reached. */
const CLEAR_OF_LIMITS = 0.04;

/**
 * The alarm that a value held for so long must raise, read from the rule in the pack: change a limit there, and
 * the expectation follows, or says that the scenario no longer shows what it is for.
 *
 * @param value what the rule's signal reaches, in its unit
 * @param heldMs how long it stays there, event time
 */
export function mustRaise(
  point: string,
  rule: string,
  { value, heldMs }: { readonly value: number; readonly heldMs: number },
  late = false,
): Expected {
  const level = levelReached(rule, value, heldMs);
  if (level === null) throw new Error(`${rule}: ${value} for ${heldMs / 1000} s at ${point} raises nothing`);
  const waits = ruleOf(rule).steps.find((step) => step.level === level)?.onDelay ?? 0;
  return { point, rule, level, late, ...(waits > 0 ? { upToSpeed: Math.floor(heldMs / waits) } : {}) };
}

function ruleOf(id: string): Rule {
  const rule = PACKS.flatMap((p) => p.rules).find((r) => r.id === id);
  if (rule === undefined) throw new Error(`no pack has a rule ${id}`);
  return rule;
}

/** The gravest level that a value held for so long reaches; `null`: none. Throws where it is too close to call. */
export function levelReached(ruleId: string, value: number, heldMs: number): Expected['level'] | null {
  const rule = ruleOf(ruleId);
  let level: Expected['level'] | null = null;
  for (const step of rule.steps) {
    const { limit } = step;
    const bounds = limit.is === 'outside' ? [limit.low, limit.high] : [limit.limit];
    for (const bound of bounds) {
      // A flag is 0 or 1 and its limit is 1: nothing lies between.
      if (value !== 0 && value !== bound && Math.abs(value - bound) < Math.abs(bound) * CLEAR_OF_LIMITS) {
        throw new Error(`${ruleId}: ${value} is too close to the limit ${bound} for a scenario`);
      }
    }
    const past =
      limit.is === 'above'
        ? value >= limit.limit
        : limit.is === 'below'
          ? value <= limit.limit
          : value < limit.low || value > limit.high;
    if (past && heldMs >= step.onDelay && (level === null || step.level < level)) level = step.level;
  }
  return level;
}
