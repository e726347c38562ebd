import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import { AuditFile } from './sqlite-file.ts';
import type { AuditOperations } from './sqlite-protocol.ts';

/** The thread that writes: a flush to a slow disk must not hold up the thread that watches the city. */
let file: AuditFile | null = null;

function opened(): AuditFile {
  if (file === null) throw new Error('the audit journal has not been opened');
  return file;
}

serve<AuditOperations>(threadEndpoint(), {
  open(given) {
    file = new AuditFile(given.file, given.key);
  },
  append: (texts) => opened().append(texts),
  probe: (at) => opened().probe(at),
  entries: (asked) => opened().entries(asked),
  anchor: () => opened().anchor(),
  forgetBefore: (then) => opened().forgetBefore(then),
  close: () => file?.close(),
});
