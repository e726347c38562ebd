import { readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * What root does to a data directory of the service's user it does as that user: a file of root's in it would keep
 * the service from starting. Everybody else stays who they are.
 */
export async function becomeOwner(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { values } = parseArgs({
    args: [...args],
    options: { 'data-dir': { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const given = values['data-dir'];
  const dir = typeof given === 'string' ? given : await configured(env);
  const owner = dir === null ? undefined : statSync(resolve(dir), { throwIfNoEntry: false });
  if (owner === undefined || owner.uid === 0 || !canReach(resolve(dir as string), owner)) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}

/** An owner who cannot come to it is nobody's service; whoever is root goes on as root, and the doctor says so. */
function canReach(dir: string, { uid, gid }: { readonly uid: number; readonly gid: number }): boolean {
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    readdirSync(dir);
    return true;
  } catch {
    return false;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** A configuration that is wrong is told by the command itself. */
async function configured(env: NodeJS.ProcessEnv): Promise<string | null> {
  const { readConfig } = await import('../../config/read.ts');
  try {
    return readConfig(env).LIFELINE_DATA_DIR;
  } catch {
    return null;
  }
}
