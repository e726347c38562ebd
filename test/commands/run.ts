import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROCESS_ENV } from '../support/process-env.ts';

const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

type Program =
  | 'backup'
  | 'restore'
  | 'doctor'
  | 'parts'
  | 'device'
  | 'audit'
  | 'bundle'
  | 'account'
  | 'backtest'
  | 'migrate'
  | 'import'
  | 'export';

/** A program of `src/commands` as `npm run` starts it: its own process, its exit code, what it printed. */
export function run(
  program: Program,
  args: readonly string[],
  env: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
): Promise<Ran> {
  return start(program, args, env, as).ended;
}

/** As `run`, and can be listened to and stopped. */
export function start(
  program: Program,
  args: readonly string[],
  env: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
): { kill(signal: NodeJS.Signals): void; readonly ended: Promise<Ran> } {
  const [, ...script] = scripts[program]?.split(' ') ?? ['node', 'src/lifeline.ts', program];
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: ROOT,
    env: { ...PROCESS_ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...as,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (d) => {
    out += d;
  });
  child.stderr.on('data', (d) => {
    err += d;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return { kill: (signal) => child.kill(signal), ended };
}
