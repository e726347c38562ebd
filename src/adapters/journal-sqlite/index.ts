import { ThreadedJournal } from '../journal-rows/journal.ts';
import { boundsOf } from '../journal-rows/protocol.ts';
import { asSqliteFailure, HELP } from './failure.ts';
import { journalFile, type SqliteOpenOptions } from './files.ts';

export type JournalSqliteOptions = {
  /** The data directory; made if it is not there. Only one running service may have it. */
  readonly dir: string;
  /** Bound of the quarantine: beyond it the oldest packets go, and are counted. */
  readonly quarantineAtMost?: { readonly rows: number; readonly bytes: number };
  /** Bound of what devices themselves alarm on, in rows. */
  readonly deviceEventsAtMost?: number;
  /** Tests only: the file may have this many pages of 4 KB, so that the disk is "full" when a test wants it. */
  readonly maxPagesForTests?: number;
};

/** The journal 事件日志 on SQLite: one file `journal.sqlite` in the data directory. */
export class JournalSqlite extends ThreadedJournal<SqliteOpenOptions, { readonly dir: string }> {
  constructor({ dir, maxPagesForTests, ...bounds }: JournalSqliteOptions) {
    super({
      where: journalFile(dir),
      writer: {
        file: new URL('./writer-thread.ts', import.meta.url),
        openedWith: { ...boundsOf(bounds), dir, maxPagesForTests: maxPagesForTests ?? null },
      },
      reader: { file: new URL('./reader-thread.ts', import.meta.url), openedWith: { dir } },
      asFailure: asSqliteFailure,
      help: (code) => (code.startsWith('SQLITE_') ? HELP[code] : null),
    });
  }
}
