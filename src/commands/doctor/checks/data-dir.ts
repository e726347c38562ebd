import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openToOthers } from '../../../config/data-dir.ts';
import { median } from '../../../domain/median.ts';
import { megabytes } from '../../progress.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

/** `f_type` of statfs: file systems on which a promise to keep something is worth less, or nothing. */
const DOUBTFUL: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs, which is gone after a restart of the machine: use a disk'],
  [0x794c7630, "a container's own layer, which is gone with the container: mount a volume there"],
  [0x6969, 'NFS, where locks and flushes are not what they are on a local disk: use a local disk'],
  [0xff534d42, 'CIFS, where locks and flushes are not what they are on a local disk: use a local disk'],
  [0xfe534d42, 'SMB, where locks and flushes are not what they are on a local disk: use a local disk'],
  [0x65735546, 'FUSE, whose flush may not reach a disk: use a local disk'],
]);
/** Below it, a single checkpoint may fail. */
const LEAST_FREE = 200e6;
const FLUSHES = 9;
const SLOW_FLUSH_MS = 50;

/** The folder that everything acknowledged lies in: whose it is, and whether a disk takes and keeps what is written. */
export function checkDataDir(
  dir: string,
  spoolMaxMb: number,
  uid = process.getuid?.() ?? 0,
): readonly Finding[] {
  if (!existsSync(dir)) return [missing(dir)];
  const stat = statSync(dir);
  if (!stat.isDirectory()) return [bad('data directory', `${dir} is a file: name a folder`)];
  const flush = tryFlush(dir);
  if (typeof flush === 'string') return [bad('data directory', flush), space(dir, spoolMaxMb)];
  return [
    stat.uid === uid
      ? ok('data directory', `${dir}, writable`)
      : warn(
          'data directory',
          `${dir} belongs to user ${stat.uid}, and this runs as ${uid}: run the service, backup and doctor as one user`,
        ),
    modes(dir),
    flushed(flush),
    space(dir, spoolMaxMb),
    fileSystem(dir),
  ];
}

function modes(dir: string): Finding {
  const open = openToOthers(dir);
  if (open.length === 0) return ok('file modes', 'of the owner alone');
  return warn(
    'file modes',
    `${open.length} files or folders can be read by others of this machine (${open[0]}): the next start closes those that are this user's; chmod -R go= ${dir} closes them now`,
  );
}

function missing(dir: string): Finding {
  const parent = dirname(dir);
  if (!existsSync(parent))
    return bad(
      'data directory',
      `${dir} is not there, and neither is ${parent}: make it, or set LIFELINE_DATA_DIR`,
    );
  return ok('data directory', `${dir} is not there yet: the first start makes it`);
}

/** @returns milliseconds of each flush, or what is wrong */
function tryFlush(dir: string): number[] | string {
  const path = join(dir, `.doctor-${process.pid}`);
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      return Array.from({ length: FLUSHES }, () => {
        const began = performance.now();
        writeSync(fd, Buffer.alloc(4_096, 1));
        fsyncSync(fd);
        return performance.now() - began;
      });
    } finally {
      closeSync(fd);
      rmSync(path, { force: true });
    }
  } catch (cause) {
    return cannotWrite(dir, cause as NodeJS.ErrnoException);
  }
}

function cannotWrite(dir: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `${dir} cannot be written by this user: run as its owner, or give it to this one (chown)`;
    case 'EROFS':
      return `${dir} is on a file system that is mounted read-only: mount it for writing, or look for what the kernel says of the disk`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `${dir} has no room left: acknowledging stops until there is; free some`;
    default:
      return `${dir} cannot be written: ${message}`;
  }
}

function flushed(times: readonly number[]): Finding {
  const usual = median(times);
  const says = `a flush takes ${usual.toFixed(1)} ms (median of ${times.length})`;
  if (usual <= SLOW_FLUSH_MS) return ok('flush', says);
  return warn(
    'flush',
    `${says}: every acknowledgement waits for one; use a faster disk, or one that nobody else keeps busy`,
  );
}

function space(dir: string, spoolMaxMb: number): Finding {
  const { bavail, bsize, blocks, ffree, files } = statfsSync(dir);
  const free = bavail * bsize;
  const says = `${megabytes(free)} free of ${megabytes(blocks * bsize)}`;
  if (files > 0 && ffree === 0)
    return bad('space', `${says}, but no file more can be made (inodes): delete many small files`);
  if (free < LEAST_FREE)
    return bad('space', `${says}: at least ${megabytes(LEAST_FREE)} are needed; free some`);
  if (free < spoolMaxMb * 1e6)
    return warn(
      'space',
      `${says}: less than the spool may take while the store is away (LIFELINE_SPOOL_MAX_MB=${spoolMaxMb}); the disk would be full before it`,
    );
  return ok('space', says);
}

function fileSystem(dir: string): Finding {
  const doubt = DOUBTFUL.get(statfsSync(dir).type);
  return doubt === undefined
    ? ok('file system', 'one that keeps what is flushed, as far as it says')
    : warn('file system', `${dir} is on ${doubt}`);
}
