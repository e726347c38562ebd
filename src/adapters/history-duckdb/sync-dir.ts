import { open } from 'node:fs/promises';

/** A file that was made or renamed is only there for good when its directory has been flushed as well. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
