import { DirectoryInUse, lockDirectory } from '../adapters/shared/directory-lock.ts';
import { NotDone } from './command.ts';

/**
 * Takes a data directory, so that no service starts on it meanwhile.
 *
 * @param otherwise what to tell when a service has it
 */
export function lockFor(dataDir: string, otherwise: string): { letGo(): void } {
  try {
    return lockDirectory(dataDir);
  } catch (cause) {
    if (cause instanceof DirectoryInUse) throw new NotDone(otherwise, cause);
    throw cause;
  }
}
