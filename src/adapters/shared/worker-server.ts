import type { Endpoint } from './worker-channel.ts';
import type { OperationsOf } from './worker-client.ts';
import { CLOSE, PING, type Reply, type Request, tellError } from './worker-messages.ts';

/**
 * The worker's side of a `WorkerClient`: every request is answered, with a value or with what went wrong. An
 * operation that answers at once is answered in order; one that takes its time, when it is done. Ends after
 * the answer to `close`.
 *
 * @returns a way to say what nobody asked for
 */
export function serve<O extends OperationsOf<O>, N = never>(
  endpoint: Endpoint,
  operations: O,
): (news: N) => void {
  const byName = new Map(Object.entries<(arg: never) => unknown>(operations));
  const answer = (op: string, reply: Reply): void => {
    try {
      endpoint.post(reply);
    } catch (e) {
      // An answer that cannot be sent is still an answer: its caller must not wait for ever.
      endpoint.post({ id: reply.id, ok: false, error: tellError(e) } satisfies Reply);
    }
    if (op === CLOSE) endpoint.close();
  };
  endpoint.onMessage((message) => {
    const { id, op, arg } = message as Request;
    if (op === PING) return endpoint.post({ id, ok: true, value: null } satisfies Reply);
    const failed = (e: unknown): void => answer(op, { id, ok: false, error: tellError(e) });
    try {
      const operation = byName.get(op);
      if (operation === undefined) throw new Error(`no operation ${op}`);
      const value = operation(arg as never);
      if (value instanceof Promise)
        value.then((v: unknown) => answer(op, { id, ok: true, value: v }), failed);
      else answer(op, { id, ok: true, value });
    } catch (e) {
      failed(e);
    }
  });
  return (news) => endpoint.post({ news });
}
