import type { Refusal } from '../../../../domain/refusals.ts';
import type { Result } from '../../../../domain/result.ts';
import { refused } from '../../answer/problem.ts';

/** @throws HttpProblem */
export function granted<T>(answer: Result<T, Refusal>): T {
  if (!answer.ok) throw refused(answer.error);
  return answer.value;
}
