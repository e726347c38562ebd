import { asFailure, JournalFailure } from '../journal-rows/failure.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html) that a disk, a person or a bug can cause. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  3: 'SQLITE_PERM',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  26: 'SQLITE_NOTADB',
};

/** What would help, by code. */
export const HELP: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'free space on that disk, then start again',
  SQLITE_IOERR: 'check the disk, then start again',
  SQLITE_CORRUPT: 'the file is damaged: keep it, and restore a backup',
  SQLITE_NOTADB: 'the file is not a journal: name another data directory',
  SQLITE_CANTOPEN: 'check that the directory exists and may be written to',
  SQLITE_READONLY: 'check that the file and its directory may be written to',
  SQLITE_PERM: 'check that the file and its directory may be written to',
  SQLITE_BUSY: 'another program holds the file: end it, then start again',
};

/** As `asFailure`, of an error that may be SQLite's. */
export function asSqliteFailure(e: unknown): JournalFailure {
  const { errcode } = (e ?? {}) as { errcode?: unknown };
  if (e instanceof JournalFailure || !(e instanceof Error) || typeof errcode !== 'number')
    return asFailure(e);
  // node:sqlite gives the extended code; its lowest byte is the primary one.
  return new JournalFailure(NAMES[errcode & 0xff] ?? `SQLITE_${errcode}`, e.message, e);
}
