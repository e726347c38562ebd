import { JournalFailure } from '../journal-rows/failure.ts';
import type { ReaderOperations } from '../journal-rows/protocol.ts';
import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import { PostgresJournalReader } from './reader.ts';

/** The journal's reading thread: what long lists are made of is taken apart here, beside the thread that judges. */
let open: PostgresJournalReader | null = null;

function reader(): PostgresJournalReader {
  if (open === null) throw new JournalFailure('journal-not-open', 'the reading thread has not been opened');
  return open;
}

type Operations = ReaderOperations<{ readonly url: string }>;
type Later = {
  [K in keyof Operations]: (of: Parameters<Operations[K]>[0]) => Promise<ReturnType<Operations[K]>>;
};

serve<Later>(threadEndpoint(), {
  async open({ url }) {
    open = new PostgresJournalReader(url);
  },
  spooled: async (q) => reader().spooled(q),
  eventsAfter: async (q) => reader().eventsAfter(q),
  lastBefore: async (at) => reader().lastBefore(at),
  response: async (id) => reader().response(id),
  responseEvents: async (id) => reader().responseEvents(id),
  responses: async (q) => reader().responses(q),
  exchangedUnder: async (q) => reader().exchangedUnder(q),
  drilled: async (q) => reader().drilled(q),
  drilledEvents: async (q) => reader().drilledEvents(q),
  toldOf: async (subject) => reader().toldOf(subject),
  citizens: async (q) => reader().citizens(q),
  citizen: async (id) => reader().citizen(id),
  commandsOf: async (q) => reader().commandsOf(q),
  eventsOf: async (alarm) => reader().eventsOf(alarm),
  alarm: async (id) => reader().alarm(id),
  alarms: async (q) => reader().alarms(q),
  briefEvents: async (q) => reader().briefEvents(q),
  quarantine: async (q) => reader().quarantine(q),
  quarantinedDevices: async (q) => reader().quarantinedDevices(q),
  losses: async (q) => reader().losses(q),
  async close() {
    await open?.close();
    open = null;
  },
});
