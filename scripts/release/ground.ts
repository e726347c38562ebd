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

/** Of everything in a release, epoch seconds: of the commit it is made from. */
export function releaseTime(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  return Number(given ?? sh('git', ['log', '-1', '--format=%ct'], { cwd: ROOT }).trim());
}
