import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { currentOf, type Home } from '../lifeline/home.ts';

/** The version in use. */
export const versionInUse = (home: Home): string => basename(readlinkSync(currentOf(home)));

/** In one step, and on disk when it returns: a kill or a power cut leaves the old version or the new one. */
export function useVersion(home: Home, version: string): void {
  const next = join(home.dir, '.current');
  rmSync(next, { force: true });
  symlinkSync(`releases/${version}`, next);
  renameSync(next, currentOf(home));
  flushFolder(home.dir);
}

export function flushFolder(dir: string): void {
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A file that is there as a whole or not at all. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  flushFolder(dirname(file));
}

export const isReleaseThere = (home: Home, version: string): boolean =>
  existsSync(join(home.dir, 'releases', version, 'release.json'));
