import { WorkerGone } from '../shared/worker-client.ts';

/**
 * A broken world as the journal tells it: what could not be done, where, why, and what would help.
 * `code` is stable: the engine's own name of the error (`SQLITE_FULL`, or a SQLSTATE such as `53100`), or one of ours:
 * `journal-in-use`, `journal-newer`, `journal-foreign`, `journal-order`, `journal-history-ahead`, `journal-moved`,
 * `journal-closed`, `journal-not-open`, `journal-thread-gone`, `bad-cursor`; on PostgreSQL those of its client, see
 * `PostgresFailure`.
 */
export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Any error with a stable code; one that has it stays the same object. */
export function asFailure(e: unknown): JournalFailure {
  if (e instanceof JournalFailure) return e;
  const error = e instanceof Error ? e : new Error(String(e));
  return new JournalFailure(codeOf(error), error.message, error);
}

/**
 * @param what could not be done, e.g. `turn 17 is not on disk`
 * @param help what would mend it, where that is known
 */
export function failed(what: string, where: string, cause: JournalFailure, help?: string): JournalFailure {
  const advice = help === undefined ? '' : `; ${help}`;
  return new JournalFailure(
    cause.code,
    `${what}: ${cause.message} (${cause.code}, ${where})${advice}`,
    cause,
  );
}

function codeOf(error: Error): string {
  if (error instanceof WorkerGone) return 'journal-thread-gone';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'journal-bug';
}
