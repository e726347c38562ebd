import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

/** Files and connections that this process may have open at once (RLIMIT_NOFILE); `null`: the system does not say. */
export function openFilesLimit(): number | null {
  try {
    return limitIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return null;
  }
}

/** @param limits as Linux writes them, proc(5); @returns `null`: not said, or none */
export function limitIn(limits: string): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(limits);
  return soft === null ? null : Number(soft[1]);
}

/** How many there are now; `null` as above. */
export async function openFiles(): Promise<number | null> {
  return readdir('/proc/self/fd').then(
    (all) => all.length,
    () => null,
  );
}
