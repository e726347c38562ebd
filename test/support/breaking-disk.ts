import { execFileSync, spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

/** Numbers of Linux; `hangs`: the call comes back when the disk is mended. */
const ERRNO = { EIO: 5, EACCES: 13, ENOSPC: 28, EMFILE: 24, hangs: 0 } as const;

export type Break = {
  readonly call: 'open' | 'write' | 'fsync';
  /** In the path of the file. */
  readonly of: string;
  readonly with: keyof typeof ERRNO;
  /** Of the matching calls from now on; left out: all. */
  readonly only?: { readonly first: number; readonly last: number };
};

/** A disk that breaks on demand, for a service started with `env`. */
export class BreakingDisk {
  readonly env: Record<string, string>;
  readonly #plan: string;

  /** @param dir of this test alone; not the service's */
  constructor(dir: string) {
    const library = join(dir, 'breaking-disk.so');
    const source = join(import.meta.dirname, '../faults/storage/breaking-disk.c');
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl', '-lpthread']);
    this.#plan = join(dir, 'plan');
    this.env = { LD_PRELOAD: library, BREAKING_DISK: this.#plan };
    this.mend();
  }

  break(...breaks: readonly Break[]): void {
    const lines = breaks.map(
      (b) => `${b.call} ${b.of} ${ERRNO[b.with]} ${b.only?.first ?? 1} ${b.only?.last ?? 0}\n`,
    );
    // Whole or not at all: it is read at every call.
    writeFileSync(`${this.#plan}.new`, lines.join(''));
    renameSync(`${this.#plan}.new`, this.#plan);
  }

  mend(): void {
    this.break();
  }
}
