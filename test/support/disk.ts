import { execFileSync, spawnSync } from 'node:child_process';

const PRLIMIT = 'prlimit';
export const hasPrlimit = spawnSync(PRLIMIT, ['--version']).status === 0;

/** No file may be written any more, which to the writer is a full disk (a mount of our own needs rights a test has not). */
export function disk(pid: number | undefined, room: 'none' | 'unlimited'): void {
  execFileSync(PRLIMIT, ['--pid', String(pid), `--fsize=${room === 'none' ? '1' : 'unlimited'}:`]);
}
