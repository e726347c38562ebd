import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { writeAgain } from '../shared/write-again.ts';
import { JournalFailure } from './failure.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

export const journalFile = (dir: string): string => join(dir, 'journal.sqlite');

/**
 * Takes the data directory for this process alone. The lock is SQLite's own lock on an empty file: it
 * holds between processes and between threads, and the system drops it when the process dies, however it
 * dies, so there is never a stale one to clear away. The journal's file itself cannot carry it, because
 * the reading thread must be let in.
 */
export function lockDirectory(dir: string): DatabaseSync {
  makeDirectory(dir);
  const lock = new DatabaseSync(join(dir, 'journal.lock'), { timeout: 0 });
  try {
    // journal_mode MEMORY: the lock must not leave a rollback journal beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (e) {
    lock.close();
    if ((e as { errcode?: number }).errcode !== 5) throw e;
    throw new JournalFailure(
      'journal-in-use',
      `the data directory ${dir} is in use by a running service: stop that one first, or give this one a directory of its own`,
      e,
    );
  }
  return lock;
}

export function openForWriting(dir: string, epochIfNew: string): DatabaseSync {
  writeAgain(`${journalFile(dir)}-wal`);
  // A person's sqlite3 or a backup may hold the file for a moment; a commit waits that long, no longer.
  const db = new DatabaseSync(journalFile(dir), { timeout: 5_000 });
  try {
    refuseForeign(db, dir);
    setUpWriter(db);
    migrate(db, epochIfNew);
    return db;
  } catch (e) {
    db.close();
    throw e;
  }
}

/** Only lists and look-ups; WAL lets it read the last committed state while the writer writes. */
export function openForReading(dir: string): DatabaseSync {
  const db = new DatabaseSync(journalFile(dir), { readOnly: true, timeout: 5_000 });
  // 8 MB of pages: lists walk the same index pages again and again.
  db.exec('PRAGMA query_only = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY');
  return db;
}

function setUpWriter(db: DatabaseSync): void {
  // WAL: a commit is one append and one flush of one file, and readers never stop it.
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') {
    throw new JournalFailure(
      'journal-foreign',
      `this file system does not let the journal use WAL (it stays in mode ${String(mode)}): put the data directory on a local disk`,
    );
  }
  db.exec(`
    -- FULL: the WAL is flushed at every commit. This line is what an acknowledgement stands on; with NORMAL,
    -- the default of many set-ups for WAL, the last commits before a power failure are gone.
    PRAGMA synchronous = FULL;
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
  `);
}

function refuseForeign(db: DatabaseSync, dir: string): void {
  const version = pragma(db, 'user_version');
  const application = pragma(db, 'application_id');
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n);
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0 || tables !== 0)) {
    throw new JournalFailure(
      'journal-foreign',
      `${journalFile(dir)} is a database of another program: give the service a data directory of its own`,
    );
  }
  if (version > MIGRATIONS.length) {
    throw new JournalFailure(
      'journal-newer',
      `${journalFile(dir)} was written by a newer version of this service (schema ${version}, this one knows up to ${MIGRATIONS.length}): start that version, or restore a backup made before it`,
    );
  }
}

function migrate(db: DatabaseSync, epochIfNew: string): void {
  const from = pragma(db, 'user_version');
  if (from === MIGRATIONS.length) return;
  // One transaction: a kill in the middle leaves the old version whole.
  db.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(from)) db.exec(step);
  if (from === 0) {
    db.prepare(`INSERT INTO meta VALUES (1, ?, 1, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL)`).run(
      epochIfNew,
    );
  }
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function makeDirectory(dir: string): void {
  if (mkdirSync(dir, { recursive: true }) === undefined) return;
  // A new directory's name lives in its parent: flush that, or a power failure takes the journal with it.
  const parent = openSync(dirname(dir), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
