import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import type { AuditOperations } from './protocol.ts';
import { AuditStore } from './store.ts';

/** The thread that writes: a flush to a slow disk must not hold up the thread that watches the city. */
let store: AuditStore | null = null;

function opened(): AuditStore {
  if (store === null) throw new Error('the audit journal has not been opened');
  return store;
}

serve<AuditOperations>(threadEndpoint(), {
  open({ file, key }) {
    store = new AuditStore(file, key);
  },
  append: (texts) => opened().append(texts),
  probe: (at) => opened().probe(at),
  entries: (q) => opened().entries(q),
  anchor: () => opened().anchor(),
  forgetBefore: (then) => opened().forgetBefore(then),
  close: () => store?.close(),
});
