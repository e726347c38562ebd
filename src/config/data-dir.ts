import {
  accessSync,
  chmodSync,
  constants,
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What files are made with, by SQLite, DuckDB or tar: password hashes and keys lie among them. */
export const OF_OWNER_ALONE = 0o077;
/** On a folder such as /tmp: it is everybody's, and not ours to close. */
const STICKY = 0o1000;

/**
 * Makes the folder of the data where it is not there yet, and what is missing above it.
 *
 * @throws with one sentence that says what would be right, where it cannot be made or written
 */
export function makeDataDir(dir: string): void {
  try {
    // Folder by folder: Node's own way never ends where a folder cannot be made in one that is there (below /proc).
    for (const missing of missingFolders(resolve(dir))) mkdirSync(missing, { mode: 0o700 });
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

/**
 * Closes what lies in the data directory to other users of the machine: a former version, a copy or an unpacked archive
 * may have left it open. What belongs to somebody else stays as it is, and `lifeline doctor` names it.
 *
 * @returns how many files and folders were open
 */
export function closeToOthers(dir: string): number {
  let closed = 0;
  for (const path of openToOthers(dir)) {
    try {
      chmodSync(path, lstatSync(path).mode & 0o700);
      closed += 1;
    } catch (cause) {
      if (!['EPERM', 'EROFS', 'ENOENT'].includes(String((cause as NodeJS.ErrnoException).code))) throw cause;
    }
  }
  return closed;
}

/** The directory and whatever of it other users of this machine may read, write or enter. */
export function openToOthers(dir: string): string[] {
  const ours = (lstatSync(dir).mode & STICKY) === 0 ? [dir] : [];
  return [...ours, ...within(dir)].filter(
    (path) => ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
  );
}

function within(dir: string): string[] {
  // A link's own mode says nothing, and where it leads is not ours.
  return entriesOf(dir).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? [path, ...within(path)] : [path];
  });
}

/** What we may not look into (lost+found of a disk), or has just gone, is no reason not to start. */
function entriesOf(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
