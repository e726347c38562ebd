import { asFailure, JournalFailure } from '../journal-rows/failure.ts';
import { SOMEBODY_CAME_BETWEEN } from './meta.ts';

/** In the journal's words where it has its own; what the client of PostgreSQL says, with its advice, as it is. */
export function asPostgresJournalFailure(e: unknown): JournalFailure {
  const failure = asFailure(e);
  if (failure.code === 'newer-schema') return new JournalFailure('journal-newer', failure.message, failure);
  if (failure.code === SOMEBODY_CAME_BETWEEN)
    return new JournalFailure(
      'journal-moved',
      'another service has written to this journal meanwhile: nothing of this is kept. Give each its own database, or let one be the standby of the other',
      failure,
    );
  return failure;
}
