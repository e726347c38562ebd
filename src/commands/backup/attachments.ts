import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTACHMENTS } from '../../adapters/attachments-dir/index.ts';

const FOLDER = /^[0-9a-f]{2}$/;
const FILE = /^[0-9a-f]{64}$/;

/**
 * Files beside orders, as paths within a data directory. They are never changed once they are there, and are there before an order
 * refers to them: those that are found after the journal's moment was pinned have every one that it knows of.
 */
export async function attachmentsIn(dataDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of (await readdir(join(dataDir, ATTACHMENTS)).catch(() => [])).sort()) {
    if (!FOLDER.test(folder)) continue;
    for (const name of (await readdir(join(dataDir, ATTACHMENTS, folder))).sort())
      if (FILE.test(name)) found.push(`${ATTACHMENTS}/${folder}/${name}`);
  }
  return found;
}

export async function attachmentBytes(dataDir: string): Promise<number> {
  let bytes = 0;
  for (const path of await attachmentsIn(dataDir)) bytes += (await stat(join(dataDir, path))).size;
  return bytes;
}
