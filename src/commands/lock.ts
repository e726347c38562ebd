import { JournalFailure } from '../adapters/journal-sqlite/failure.ts';
import { lockDirectory } from '../adapters/journal-sqlite/files.ts';
import { NotDone } from './command.ts';

/**
 * Takes a data directory, so that no service starts on it meanwhile.
 *
 * @param otherwise what to tell when a service has it
 */
export function lockFor(dataDir: string, otherwise: string): { letGo(): void } {
  try {
    const lock = lockDirectory(dataDir);
    return { letGo: () => lock.isOpen && lock.close() };
  } catch (cause) {
    if (cause instanceof JournalFailure && cause.code === 'journal-in-use')
      throw new NotDone(otherwise, cause);
    throw cause;
  }
}
