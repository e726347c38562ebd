import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/read.ts';
import type { WriterRow } from '../../flow/ports/pair/pair.ts';

const NOTE = 'history-home';

/**
 * Readings in files of a data directory are there and nowhere else: a second machine would show charts without a past, and each would
 * have what the other lacks. So the database knows which directory has them, and only that one may write beside it.
 *
 * @returns one sentence where they lie elsewhere; `null`: here, nowhere yet, or in a store of their own
 */
export async function historyElsewhere(config: Config, row: WriterRow): Promise<string | null> {
  if (config.LIFELINE_INFLUX_URL !== undefined) return null;
  const known = await row.note(NOTE);
  return known === null || known === homeIn(config)
    ? null
    : 'the readings of this database lie in files of another data directory: two machines need LIFELINE_INFLUX_URL, on both (docs/scale.md). To move the only machine, copy its whole data directory here while it is stopped';
}

/** This machine writes: the first directory that does so becomes the one. */
export async function makeHistoryHome(config: Config, row: WriterRow): Promise<void> {
  if (config.LIFELINE_INFLUX_URL !== undefined || (await row.note(NOTE)) !== null) return;
  let home = homeIn(config);
  if (home === null) {
    home = randomBytes(8).toString('hex');
    mkdirSync(join(config.LIFELINE_DATA_DIR, 'history'), { recursive: true, mode: 0o700 });
    writeFileSync(fileIn(config), `${home}\n`, { mode: 0o600, flush: true });
  }
  await row.keepNote(NOTE, home);
}

const fileIn = (config: Config): string => join(config.LIFELINE_DATA_DIR, 'history', 'home');

function homeIn(config: Config): string | null {
  const file = fileIn(config);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}
