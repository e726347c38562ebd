import { type Problem, sayProblem } from '../../api/problem.ts';
import { type PhoneSay, WORDS } from '../words.ts';

/** Why an act was not accepted, for who was there; else in the words of the service. */
export function refusalInWords(problem: Problem, say: PhoneSay): string {
  const ours = `why.${problem.code}`;
  return ours in WORDS ? say(ours as keyof typeof WORDS) : sayProblem(problem, say);
}
