import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDir } from './sync-dir.ts';

const NAME = 'cursor';
/** Half written, if it is there. */
export const FLOOR_LEFTOVER = `${NAME}.new`;

/**
 * The cursor of a store that has no file of readings to keep it in: nothing has come yet, or the file that
 * had it went by age. It is where the cursor begins; day files go on from there.
 */
export async function readFloor(dir: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(join(dir, NAME), 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw e;
  }
  if (!/^\d+\n$/.test(text)) throw new Error(`${join(dir, NAME)} should hold one number, the last turn kept`);
  return Number(text);
}

export async function writeFloor(dir: string, turn: number): Promise<void> {
  const making = join(dir, FLOOR_LEFTOVER);
  const handle = await open(making, 'w');
  try {
    await handle.writeFile(`${turn}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(making, join(dir, NAME));
  await syncDir(dir);
}
