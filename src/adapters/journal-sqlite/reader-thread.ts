import { JournalFailure } from '../journal-rows/failure.ts';
import type { ReaderOperations } from '../journal-rows/protocol.ts';
import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import { openForReading } from './files.ts';
import { JournalReader } from './reader.ts';

/**
 * The journal's reading thread: lists, stories and the drain's batches. A thread of its own, because a
 * commit must not wait until somebody's list of ten thousand alarms has been read.
 */
let open: JournalReader | null = null;

function reader(): JournalReader {
  if (open === null) throw new JournalFailure('journal-not-open', 'the reading thread has not been opened');
  return open;
}

serve<ReaderOperations<{ readonly dir: string }>>(threadEndpoint(), {
  open({ dir }) {
    open = new JournalReader(openForReading(dir));
  },
  spooled: (q) => reader().spooled(q),
  eventsAfter: (q) => reader().eventsAfter(q),
  lastBefore: (at) => reader().lastBefore(at),
  response: (id) => reader().response(id),
  responseEvents: (id) => reader().responseEvents(id),
  responses: (q) => reader().responses(q),
  exchangedUnder: (q) => reader().exchangedUnder(q),
  drilled: (q) => reader().drilled(q),
  drilledEvents: (q) => reader().drilledEvents(q),
  toldOf: (subject) => reader().toldOf(subject),
  citizens: (q) => reader().citizens(q),
  citizen: (id) => reader().citizen(id),
  commandsOf: (q) => reader().commandsOf(q),
  eventsOf: (alarm) => reader().eventsOf(alarm),
  alarm: (id) => reader().alarm(id),
  alarms: (q) => reader().alarms(q),
  briefEvents: (q) => reader().briefEvents(q),
  quarantine: (q) => reader().quarantine(q),
  quarantinedDevices: (q) => reader().quarantinedDevices(q),
  losses: (q) => reader().losses(q),
  close: () => open?.close(),
});
