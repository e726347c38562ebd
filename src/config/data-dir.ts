import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes the folder of the data where it is not there yet, and what is missing above it.
 *
 * @throws with one sentence that says what would be right, where it cannot be made or written
 */
export function makeDataDir(dir: string): void {
  try {
    // Folder by folder: Node's own way never ends where a folder cannot be made in one that is there (below /proc).
    for (const missing of missingFolders(resolve(dir))) mkdirSync(missing);
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new Error(
      `LIFELINE_DATA_DIR ${dir} cannot be used (${code}): a folder that this user may make and write would be right`,
      { cause },
    );
  }
}

/** The outermost first. */
function missingFolders(dir: string): string[] {
  if (existsSync(dir) || dirname(dir) === dir) return [];
  return [...missingFolders(dirname(dir)), dir];
}
