import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
  readonly code = 'journal-in-use';
}

const BUSY = 5;
const lockFile = (dir: string): string => join(dir, 'journal.lock');

/**
 * Takes the data directory for this process alone, and makes it if it is not there. The lock is SQLite's own lock on
 * an empty file: it holds between processes and between threads, and the system drops it when the process dies,
 * however it dies, so there is never a stale one to clear away. The journal's file itself cannot carry it, because
 * the reading thread must be let in.
 *
 * @throws {DirectoryInUse}
 */
export function lockDirectory(dir: string): { letGo(): void } {
  makeDirectory(dir);
  const lock = new DatabaseSync(lockFile(dir), { timeout: 0 });
  try {
    // journal_mode MEMORY: the lock must not leave a rollback journal beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    throw new DirectoryInUse(
      `the data directory ${dir} is in use by a running service: stop that one first, or give this one a directory of its own`,
      { cause },
    );
  }
  return { letGo: () => lock.isOpen && lock.close() };
}

/** Asks for no more than a look, so that a service that starts at this very moment is not kept out. */
export function isLocked(dir: string): boolean {
  if (!existsSync(lockFile(dir))) return false;
  const db = new DatabaseSync(lockFile(dir), { readOnly: true, timeout: 0 });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (cause) {
    return isBusy(cause);
  } finally {
    db.close();
  }
}

const isBusy = (cause: unknown): boolean => (cause as { errcode?: number }).errcode === BUSY;

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
