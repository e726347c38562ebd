import { WorkerGone } from '../shared/worker-client.ts';

/**
 * A broken world as the journal tells it: what could not be done, where, why, and what would help.
 * `code` is stable: SQLite's own name of the error (`SQLITE_FULL`), or one of ours:
 * `journal-in-use`, `journal-newer`, `journal-foreign`, `journal-order`, `journal-history-ahead`,
 * `journal-closed`, `journal-not-open`, `journal-thread-gone`, `bad-cursor`.
 */
export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

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

const HELP: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'free space on that disk, then start again',
  SQLITE_IOERR: 'check the disk, then start again',
  SQLITE_CORRUPT: 'the file is damaged: keep it, and restore a backup',
  SQLITE_NOTADB: 'the file is not a journal: name another data directory',
  SQLITE_CANTOPEN: 'check that the directory exists and may be written to',
  SQLITE_READONLY: 'check that the file and its directory may be written to',
  SQLITE_PERM: 'check that the file and its directory may be written to',
  SQLITE_BUSY: 'another program holds the file: end it, then start again',
};

/** Any error with a stable code; one that has it stays the same object. */
export function asFailure(e: unknown): JournalFailure {
  if (e instanceof JournalFailure) return e;
  const error = e instanceof Error ? e : new Error(String(e));
  return new JournalFailure(codeOf(error), error.message, error);
}

/** @param what could not be done, e.g. `turn 17 is not on disk` */
export function failed(what: string, where: string, cause: JournalFailure): JournalFailure {
  const help = HELP[cause.code];
  const advice = help === undefined ? '' : `; ${help}`;
  return new JournalFailure(
    cause.code,
    `${what}: ${cause.message} (${cause.code}, ${where})${advice}`,
    cause,
  );
}

function codeOf(error: Error): string {
  if (error instanceof WorkerGone) return 'journal-thread-gone';
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // node:sqlite gives the extended code; its lowest byte is the primary one.
  if (typeof errcode === 'number') return NAMES[errcode & 0xff] ?? `SQLITE_${errcode}`;
  return typeof code === 'string' ? code : 'journal-bug';
}
