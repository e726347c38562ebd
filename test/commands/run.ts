import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** A program of `src/commands` as a person runs it: its own process, its exit code, what it printed. */
export async function run(
  program: 'backup' | 'restore' | 'doctor',
  args: readonly string[],
  env: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [`src/commands/${program}.ts`, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
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
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
