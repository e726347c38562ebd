import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JournalFailure } from '../journal-rows/failure.ts';
import type { AsideBounds } from '../journal-rows/protocol.ts';
import { NotOurs, openSqlite } from '../shared/sqlite.ts';
import { writeAgain } from '../shared/write-again.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/** What the file is opened with. */
export type SqliteOpenOptions = AsideBounds & {
  readonly dir: string;
  readonly maxPagesForTests: number | null;
};

export const JOURNAL_NAME = 'journal.sqlite';
export const journalFile = (dir: string): string => join(dir, JOURNAL_NAME);

const WRITER = `
  -- We checkpoint ourselves, after the answer has gone out and where an error is seen: SQLite's own
  -- checkpoint runs inside a commit, makes it wait, and hides a failing disk.
  PRAGMA wal_autocheckpoint = 0;
  -- After a burst the WAL shrinks back to this; below it its space is written over in place, which makes
  -- a flush cheaper than one that also has to grow the file.
  PRAGMA journal_size_limit = 67108864;
  -- 16 MB of pages: the inner pages of every table and the leaves that rule memories go round in.
  PRAGMA cache_size = -16000;
  -- Sorting needs no file of its own, on a disk that may be full.
  PRAGMA temp_store = MEMORY;
  -- Nothing in the file may run code of its own: a file restored from elsewhere stays data.
  PRAGMA trusted_schema = OFF;
  -- mmap stays off (the default): an I/O error would arrive as a signal that ends the process, not as
  -- a refused commit.
`;

export function openForWriting(dir: string, epochIfNew: string): DatabaseSync {
  writeAgain(`${journalFile(dir)}-wal`);
  try {
    return openSqlite({
      file: journalFile(dir),
      migrations: MIGRATIONS,
      program: APPLICATION_ID,
      pragmas: WRITER,
      begin: (db) =>
        db
          .prepare('INSERT INTO meta VALUES (1, ?, 1, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL)')
          .run(epochIfNew),
      // A person's sqlite3 or a backup may hold the file for a moment; a commit waits that long, no longer.
      timeout: 5_000,
    });
  } catch (cause) {
    throw cause instanceof NotOurs ? refused(cause, dir) : cause;
  }
}

/** Only lists and look-ups; WAL lets it read the last committed state while the writer writes. */
export function openForReading(dir: string): DatabaseSync {
  const db = new DatabaseSync(journalFile(dir), { readOnly: true, timeout: 5_000 });
  // 8 MB of pages: lists walk the same index pages again and again.
  db.exec('PRAGMA query_only = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY');
  return db;
}

function refused(cause: NotOurs, dir: string): JournalFailure {
  switch (cause.is) {
    case 'foreign':
      return new JournalFailure(
        'journal-foreign',
        `${journalFile(dir)} is a database of another program: give the service a data directory of its own`,
        cause,
      );
    case 'newer':
      return new JournalFailure(
        'journal-newer',
        `${journalFile(dir)} was written by a newer version of this service (schema ${cause.version}, this one knows up to ${MIGRATIONS.length}): start that version, or restore a backup made before it`,
        cause,
      );
    case 'no-wal':
      return new JournalFailure(
        'journal-foreign',
        `${cause.message}: put the data directory on a local disk`,
        cause,
      );
  }
}
