import { asFailure } from '../journal-rows/failure.ts';
import { ThreadedJournal } from '../journal-rows/journal.ts';
import { boundsOf } from '../journal-rows/protocol.ts';
import type { Fence } from '../postgres/database.ts';
import { placeOf } from '../postgres/place.ts';
import type { PostgresOpenOptions } from './writer.ts';

export type JournalPostgresOptions = {
  /** See `Database.connect`. */
  readonly url: string;
  /** Of the lease: every transaction begins with it. Left out: nobody else writes here, which a lock on the database sees to. */
  readonly fence?: Fence | undefined;
  /** A file in the data directory: with it, a start notices that the database lacks what was acknowledged on this machine. */
  readonly seenIn?: string | undefined;
  /** As in SQLite. */
  readonly quarantineAtMost?: { readonly rows: number; readonly bytes: number };
  readonly deviceEventsAtMost?: number;
  /** Tests only: a piece of the spool is full with so much. */
  readonly pieceBytesForTests?: number;
};

/** The journal 事件日志 on PostgreSQL: one transaction a turn, in one round trip. `fenced`: another is the writer now. */
export class JournalPostgres extends ThreadedJournal<PostgresOpenOptions, { readonly url: string }> {
  constructor({ url, fence, seenIn, pieceBytesForTests, ...bounds }: JournalPostgresOptions) {
    super({
      where: placeOf(url),
      writer: {
        file: new URL('./writer-thread.ts', import.meta.url),
        openedWith: {
          ...boundsOf(bounds),
          url,
          fence: fence ?? null,
          seenIn: seenIn ?? null,
          pieceBytesForTests: pieceBytesForTests ?? null,
        },
      },
      reader: { file: new URL('./reader-thread.ts', import.meta.url), openedWith: { url } },
      asFailure,
      // What the client says has its advice with it.
      help: () => null,
    });
  }
}
