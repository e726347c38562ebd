import { parentPort } from 'node:worker_threads';
import { JournalFailure, tellError } from './failure.ts';
import type { Reply, Request } from './thread.ts';

/** The worker's end of a `Thread`: one synchronous answer per request, in order. Ends after `close`. */
export function serve<O extends { [K in keyof O]: (arg: never) => unknown }>(operations: O): void {
  const port = parentPort;
  if (port === null) throw new Error('this file runs as a worker thread, not by itself');
  const byName = new Map(Object.entries<(arg: never) => unknown>(operations));
  port.on('message', ({ id, op, arg }: Request) => {
    let reply: Reply;
    try {
      const operation = byName.get(op);
      if (operation === undefined) throw new JournalFailure('journal-bug', `no operation ${op}`);
      reply = { id, ok: true, value: operation(arg as never) };
    } catch (e) {
      reply = { id, ok: false, error: tellError(e) };
    }
    port.postMessage(reply);
    if (op === 'close') port.close();
  });
}
