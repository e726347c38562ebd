import { constants, setPriority } from 'node:os';
import { processEndpoint } from '../shared/process-channel.ts';
import { serve } from '../shared/worker-server.ts';
import type { News, Operations } from './protocol.ts';
import { DayStore } from './store.ts';

/** The history process: answers each request as soon as it can, not in the order in which they came. */

// Where there is not enough of the processor for both, intake and alarms go first and the spool waits.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

let store: DayStore | null = null;
const inHand = new Set<Promise<unknown>>();

const opened = (): DayStore => {
  if (store === null) throw new Error('the history is not open: start() comes first');
  return store;
};

/** A close waits for it. */
function held<T>(work: Promise<T>): Promise<T> {
  inHand.add(work);
  work.catch(() => undefined).finally(() => inHand.delete(work));
  return work;
}

const tell: (news: News) => void = serve<Operations, News>(processEndpoint(), {
  open: async (options) => {
    store = await DayStore.open(options, (news) => tell(news));
  },
  cursor: async () => opened().cursor(),
  keep: (turns) => held(opened().keep(turns)),
  raw: (q) => held(opened().raw(q)),
  buckets: (q) => held(opened().buckets(q)),
  window: (q) => held(opened().window(q)),
  latest: () => held(opened().latest()),
  frames: (q) => held(opened().frames(q)),
  forgetBefore: (before) => held(opened().forgetBefore(before)),
  standStill: () => held(opened().standStill()),
  goOn: async () => opened().goOn(),
  close: async () => {
    const closing = store;
    store = null;
    closing?.goOn();
    await Promise.allSettled(inHand);
    await closing?.close();
  },
});
