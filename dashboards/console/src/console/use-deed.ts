import type { Answer } from '../api/http.ts';
import { newCommandId } from '../api/ids.ts';
import { useConsole } from './console.ts';

/**
 * Commands on warnings and incidents. One whose answer was lost keeps its id: pressed again, it cannot happen twice (C10).
 *
 * @returns does it, and answers with the thing as it is then
 */
export function useDeed(): <T>(path: string, body: object) => Promise<Answer<T>> {
  const { api } = useConsole();
  const unanswered = new Map<string, string>();
  return async <T>(path: string, body: object): Promise<Answer<T>> => {
    const deed = JSON.stringify([path, body]);
    const commandId = unanswered.get(deed) ?? newCommandId(crypto);
    unanswered.set(deed, commandId);
    const answer: Answer<T> = await api.send('POST', path, { ...body, commandId });
    if (answer.ok || answer.problem.status !== 0) unanswered.delete(deed);
    return answer;
  };
}
