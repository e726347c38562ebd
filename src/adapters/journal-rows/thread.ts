import { threadOf } from '../shared/thread-channel.ts';
import { type OperationsOf, WorkerClient } from '../shared/worker-client.ts';
import type { JournalFailure } from './failure.ts';

export type JournalThread<O extends OperationsOf<O>> = WorkerClient<O>;

/** A thread of the journal; every error that it answers with is a `JournalFailure`. */
export const journalThread = <O extends OperationsOf<O>>(
  name: string,
  file: URL,
  asError: (e: unknown) => JournalFailure,
): JournalThread<O> => new WorkerClient<O>({ name, open: threadOf(file, { name }), asError });
