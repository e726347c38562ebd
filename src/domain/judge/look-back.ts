import type { Rule } from '../rule.ts';
import type { Duration } from '../time.ts';
import { kindOf } from './evaluate.ts';

/** How much of the past a rule that has no memory yet must see, to say what it would say had it always been there. */
export function lookBackOf({ signal, steps }: Rule): Duration {
  const delays = Math.max(0, ...steps.map((s) => s.onDelay + s.offDelay));
  const farthest = Math.max(0, ...steps.map((s) => (s.limit.is === 'above' ? s.limit.limit : 0)));
  return delays + kindOf(signal).lookBack(signal, farthest);
}
