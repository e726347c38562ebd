import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTACHMENTS } from '../../adapters/attachments-dir/index.ts';
import { attachmentBytes } from './attachments.ts';

/** What lies in a data directory, by how it is to be copied. */
export type Contents = {
  /** SQLite databases: each as of one moment. */
  readonly databases: readonly string[];
  /** Anything else that is a file: as it stands. */
  readonly files: readonly string[];
  /** Neither, and no part of a running service that a copy can do without. */
  readonly leftOut: readonly string[];
  readonly bytes: number;
};

/** Of a running service only, of the backup that it was restored from, or helpers of a database that its copy does not have. */
const OF_NO_USE = /^(control\.sock|journal\.lock|configuration\.env)$|-(wal|shm|journal)$/;
/** Copied by hands of their own. */
const FOLDERS: readonly string[] = ['history', ATTACHMENTS];
const SQLITE = 'SQLite format 3\0';

export async function contentsOf(dir: string): Promise<Contents> {
  const databases: string[] = [];
  const files: string[] = [];
  const leftOut: string[] = [];
  let bytes = 0;
  for (const entry of (await readdir(dir, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const { name } = entry;
    if (OF_NO_USE.test(name) || (entry.isDirectory() && FOLDERS.includes(name))) continue;
    if (!entry.isFile() || name.startsWith('.')) {
      leftOut.push(name);
      continue;
    }
    bytes += (await stat(join(dir, name))).size;
    ((await isSqlite(join(dir, name))) ? databases : files).push(name);
  }
  return {
    databases,
    files,
    leftOut,
    bytes: bytes + (await sizeOf(join(dir, 'history'))) + (await attachmentBytes(dir)),
  };
}

async function isSqlite(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SQLITE.length), 0, SQLITE.length, 0);
    return bytesRead === SQLITE.length && buffer.toString('latin1') === SQLITE;
  } finally {
    await handle.close();
  }
}

async function sizeOf(dir: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(dir).catch(() => [])) {
    bytes += await stat(join(dir, name)).then(
      (s) => s.size,
      () => 0,
    );
  }
  return bytes;
}
