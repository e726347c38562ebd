import type { Rule } from '../rule.ts';
import { kindOf } from './evaluate.ts';
import type { RuleMemory } from './memory.ts';
import type { Unjudged } from './signals/kind.ts';

/**
 * Whether a rule can be judged at a point, as of the last reading that it was shown.
 *
 * @param stored the point's stored baseline of the rule's metric
 * @returns `null` where it can
 */
export function unjudged({ signal }: Rule, memory: RuleMemory, stored: number | null): Unjudged | null {
  return kindOf(signal).unjudged?.(signal, memory.signal, stored) ?? null;
}
