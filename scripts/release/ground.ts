import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** @throws with what the program said */
export function sh(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
) {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
}

/** 1980: sources that were handed on without their history have no time of their own. */
const WITHOUT_HISTORY = 315_532_800;

/** Of everything in a release, epoch seconds: of the commit it is made from. */
export function releaseTime(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) return Number(given);
  try {
    // Whoever builds need not be who checked out.
    return Number(
      sh('git', ['-c', `safe.directory=${ROOT}`, 'log', '-1', '--format=%ct'], { cwd: ROOT }).trim(),
    );
  } catch {
    return WITHOUT_HISTORY;
  }
}
