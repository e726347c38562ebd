import { constants, setPriority } from 'node:os';
import { parentPort, type Transferable } from 'node:worker_threads';
import type { News, Operations, Reply, Request } from './protocol.ts';
import { Store } from './store.ts';

/** The history thread: answers each request as soon as it can, not in the order in which they came. */
if (parentPort === null) throw new Error('this file runs as a worker thread, not by itself');
const port = parentPort;

// Where there is not enough of the processor for both, intake and alarms go first and the spool waits. On Linux alone
// this is about the calling thread; elsewhere it would be the whole service.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

let store: Store | null = null;
const inHand = new Set<Promise<unknown>>();

const opened = (): Store => {
  if (store === null) throw new Error('the history is not open: start() comes first');
  return store;
};

const operations: Operations = {
  open: async (options) => {
    store = await Store.open(options, (news: News) => port.postMessage(news));
  },
  cursor: async () => opened().cursor(),
  keep: (turns) => opened().keep(turns),
  raw: (q) => opened().raw(q),
  buckets: (q) => opened().buckets(q),
  latest: () => opened().latest(),
  frames: (q) => opened().frames(q),
  forgetBefore: (before) => opened().forgetBefore(before),
  standStill: () => opened().standStill(),
  goOn: async () => opened().goOn(),
  close: async () => {
    const closing = store;
    store = null;
    closing?.goOn();
    await Promise.allSettled(inHand);
    await closing?.close();
  },
};

port.on('message', ({ id, op, arg }: Request) => {
  const work = (async () => operations[op](arg as never))();
  if (op !== 'close') {
    inHand.add(work);
    work.catch(() => undefined).finally(() => inHand.delete(work));
  }
  work.then(
    (value: unknown) => port.postMessage({ id, ok: true, value } satisfies Reply, numbersOf(value)),
    (e: unknown) => {
      const error = e instanceof Error ? e : new Error(String(e));
      port.postMessage({ id, ok: false, message: error.message, stack: error.stack } satisfies Reply);
    },
  );
});

/** The typed arrays of an answer are handed over, not copied. */
function numbersOf(value: unknown): Transferable[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((v) => (ArrayBuffer.isView(v) ? [v.buffer as ArrayBuffer] : []));
}
