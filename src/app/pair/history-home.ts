import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/read.ts';
import type { WriterRow } from '../../flow/ports/pair/pair.ts';

const NOTE = 'history-home';
const FILE = join('history', 'home');

/**
 * Readings in files of a data directory are there and nowhere else: a second machine would show charts without a past, and each would
 * have what the other lacks. So the database knows which directory has them, and only that one may write beside it.
 *
 * @param how `look`: nothing is made yet; `make`: this machine writes, and the first directory becomes the one
 * @throws with a sentence where the readings lie elsewhere
 */
export async function checkHistoryHome(config: Config, row: WriterRow, how: 'look' | 'make'): Promise<void> {
  if (config.LIFELINE_INFLUX_URL !== undefined) return;
  const file = join(config.LIFELINE_DATA_DIR, FILE);
  const ours = existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  const known = await row.note(NOTE);
  if (known === null || known === '') {
    if (how === 'look') return;
    const id = ours ?? randomBytes(8).toString('hex');
    if (ours === null) {
      mkdirSync(join(config.LIFELINE_DATA_DIR, 'history'), { recursive: true, mode: 0o700 });
      writeFileSync(file, `${id}\n`, { mode: 0o600, flush: true });
    }
    await row.keepNote(NOTE, id);
  } else if (ours !== known)
    throw new Error(
      'the readings of this database lie in files of another data directory: two machines need LIFELINE_INFLUX_URL, on both. To move the only machine, copy its whole data directory here while it is stopped',
    );
}
