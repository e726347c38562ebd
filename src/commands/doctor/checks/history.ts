import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fromFileName } from '../../../adapters/history-duckdb/index.ts';
import { lookAt } from '../../../adapters/history-duckdb/look.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';
import { mayRead } from './user.ts';

/** DuckDB's mark, and where it stands in a file. */
const MARK = { text: 'DUCK', at: 8 };

/** The day files of the embedded history: opened when nobody has them, looked at from outside while the service does. */
export async function checkHistory(
  dataDir: string,
  serving: boolean,
  lastTurn: number | null,
): Promise<readonly Finding[]> {
  const dir = join(dataDir, 'history');
  if (!existsSync(dir)) return [ok('history', 'not there yet')];
  const names = readdirSync(dir);
  const aside = names.filter((n) => /\.corrupt(-\d+)?$/.test(n));
  const setAside =
    aside.length === 0
      ? []
      : [
          warn(
            'history aside',
            `${aside.length} damaged files were set aside (${aside[0]}): what is in them is missing in charts; restore them from a backup, or delete them`,
          ),
        ];
  const locked = names.filter((n) => fromFileName(n) !== null && !mayRead(join(dir, n)));
  if (locked.length > 0)
    return [
      bad(
        'history',
        `${locked[0]}${locked.length > 1 ? ` and ${locked.length - 1} more` : ''} may not be read by this user: nothing is said of whether it is whole; run this as the service's own user`,
      ),
      ...setAside,
    ];
  return [serving ? fromOutside(dir, names) : await opened(dir, lastTurn), ...setAside];
}

function fromOutside(dir: string, names: readonly string[]): Finding {
  const files = names.filter((n) => fromFileName(n) !== null);
  const strange = files.filter((n) => !isMarked(join(dir, n)));
  if (strange.length === 0) return ok('history', `${files.length} day files, in use by the service`);
  return bad(
    'history',
    `${strange.join(', ')}: no database of DuckDB; stop the service, keep the file, and restore it from a backup`,
  );
}

async function opened(dir: string, lastTurn: number | null): Promise<Finding> {
  const { files, cursor, unreadable } = await lookAt(dir);
  const [first] = unreadable;
  if (first !== undefined) {
    const more = unreadable.length > 1 ? ` (and ${unreadable.length - 1} more)` : '';
    return bad(
      'history',
      `${first.file}${more} cannot be read: ${first.why}. The service will set it aside; restore it from a backup`,
    );
  }
  if (lastTurn === null) return ok('history', `${files} day files, up to turn ${cursor}`);
  if (cursor > lastTurn)
    return bad(
      'history',
      `it goes up to turn ${cursor}, the journal only to ${lastTurn}: they do not belong together; restore both from one backup`,
    );
  return ok('history', `${files} day files, up to turn ${cursor} of ${lastTurn}`);
}

function isMarked(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MARK.text.length);
    readSync(fd, bytes, 0, bytes.length, MARK.at);
    return bytes.toString('latin1') === MARK.text;
  } finally {
    closeSync(fd);
  }
}
