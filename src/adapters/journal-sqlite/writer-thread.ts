import { randomUUID } from 'node:crypto';
import { JournalFailure } from '../journal-rows/failure.ts';
import type { WriterOperations } from '../journal-rows/protocol.ts';
import { lockDirectory } from '../shared/directory-lock.ts';
import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import { openForWriting, type SqliteOpenOptions } from './files.ts';
import { JournalWriter } from './writer.ts';

/** The journal's writing thread: holds the directory's lock and the one connection that writes. */
let lock: { letGo(): void } | null = null;
let open: JournalWriter | null = null;
let tidying = false;

function writer(): JournalWriter {
  if (open === null) throw new JournalFailure('journal-not-open', 'the writing thread has not been opened');
  return open;
}

/** After the answer has gone out, and piece by piece, so that a commit that has come in goes first. */
function tidySoon(): void {
  if (tidying) return;
  tidying = true;
  setImmediate(() => {
    tidying = false;
    try {
      if (open?.tidy()) tidySoon();
    } catch {
      // The writer remembers its failure: the next commit is refused with it.
    }
  });
}

serve<WriterOperations<SqliteOpenOptions>>(threadEndpoint(), {
  open(options) {
    lock = lockDirectory(options.dir);
    open = new JournalWriter(openForWriting(options.dir, randomUUID()), options);
    return open.begin();
  },
  commit(turn) {
    writer().commit(turn);
    tidySoon();
  },
  drained(upTo) {
    const bytes = writer().drained(upTo);
    tidySoon();
    return bytes;
  },
  spoolState: () => writer().spoolState(),
  asideState: () => writer().asideState(),
  stoppedCleanly: (at) => writer().stoppedCleanly(at),
  noteLosses(rows) {
    writer().noteLosses(rows);
    tidySoon();
  },
  close() {
    try {
      open?.close();
    } finally {
      open = null;
      lock?.letGo();
    }
  },
});
