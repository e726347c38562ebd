import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/**
 * Opens a database for reading only, without leaving anything beside it: a database that was closed in order
 * has no WAL, and then needs no helper files, which a full disk or a directory of another user would refuse.
 */
export function openDatabase(path: string, timeout = 5_000): DatabaseSync {
  if (existsSync(`${path}-wal`)) return new DatabaseSync(path, { readOnly: true, timeout });
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true, timeout });
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Whether an error of SQLite says that the file itself is damaged, and not that it cannot be reached. */
export const isDamage = (cause: unknown): boolean =>
  [CORRUPT, NOT_A_DATABASE].includes(Number((cause as { errcode?: number })?.errcode) & 0xff);
