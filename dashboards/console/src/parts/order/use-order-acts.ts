import type { Order } from '../../api/answers.ts';
import type { Answer } from '../../api/http.ts';
import { newCommandId } from '../../api/ids.ts';
import { useConsole } from '../../console/console.ts';

/** Of this page: a command whose answer was lost keeps its id, so that pressed again it cannot happen twice. */
const unanswered = new Map<string, string>();

/** Makes an order and acts on it, now or not at all; what the answer says is shown ahead of its event. */
export function useOrderActs(): {
  create(body: Record<string, unknown>): Promise<Answer<Order>>;
  act(order: Order, verb: string, body: Record<string, unknown>): Promise<Answer<Order>>;
} {
  const { api, live, say } = useConsole();

  async function ask(path: string, body: Record<string, unknown>): Promise<Answer<Order>> {
    const deed = JSON.stringify([path, body]);
    const commandId = unanswered.get(deed) ?? newCommandId(crypto);
    unanswered.set(deed, commandId);
    const answer = await api.send<Order>('POST', path, { ...body, commandId });
    if (!answer.ok && answer.problem.status === 0)
      return { ok: false, problem: { ...answer.problem, words: say('act.noAnswer') } };
    unanswered.delete(deed);
    if (answer.ok) live.learnOrder(answer.value);
    return answer;
  }

  return {
    create: (body) => ask('/orders', body),
    act: (order, verb, body) =>
      ask(`/orders/${encodeURIComponent(order.id)}/${verb}`, { ...body, seenRevision: order.revision }),
  };
}
