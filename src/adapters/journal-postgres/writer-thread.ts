import { JournalFailure } from '../journal-rows/failure.ts';
import type { WriterOperations } from '../journal-rows/protocol.ts';
import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import { asPostgresJournalFailure } from './failure.ts';
import { PostgresJournalWriter, type PostgresOpenOptions } from './writer.ts';

/**
 * The journal's writing thread: holds the one connection that writes. A thread of its own, because half a megabyte a turn is to be
 * laid out for the wire, and the thread that judges has better things to do.
 */
let open: PostgresJournalWriter | null = null;

function writer(): PostgresJournalWriter {
  if (open === null) throw new JournalFailure('journal-not-open', 'the writing thread has not been opened');
  return open;
}

type Operations = WriterOperations<PostgresOpenOptions>;
type Later = {
  [K in keyof Operations]: (of: Parameters<Operations[K]>[0]) => Promise<ReturnType<Operations[K]>>;
};

serve<Later>(threadEndpoint(), {
  async open(options) {
    try {
      const made = await PostgresJournalWriter.open(options);
      open = made.writer;
      return made.opened;
    } catch (e) {
      throw asPostgresJournalFailure(e);
    }
  },
  async commit(turn) {
    await writer().commit(turn);
    writer().tidy();
  },
  async drained(upTo) {
    const bytes = await writer().drained(upTo);
    writer().tidy();
    return bytes;
  },
  spoolState: async () => writer().spoolState(),
  asideState: async () => writer().asideState(),
  stoppedCleanly: async (at) => writer().stoppedCleanly(at),
  noteLosses: async (rows) => writer().noteLosses(rows),
  async close() {
    await open?.close();
    open = null;
  },
});
