import { closeSync, existsSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';

const PIECE = 1024 * 1024;

/**
 * Writes a file's bytes over themselves and flushes them. After a flush that failed, the system shows what was
 * written and takes it for stored, though the disk may not have it: whoever reads the file then and builds on
 * it would lose what was built with the next power failure. Written again it is on the disk, or this throws.
 *
 * For logs that a run left behind, before they are read; in place, so that a full disk does not matter.
 */
export function writeAgain(file: string): void {
  if (!existsSync(file)) return;
  const fd = openSync(file, 'r+');
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    for (let place = 0; ; ) {
      const n = readSync(fd, piece, 0, PIECE, place);
      if (n === 0) break;
      for (let done = 0; done < n; ) done += writeSync(fd, piece, done, n - done, place + done);
      place += n;
    }
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
