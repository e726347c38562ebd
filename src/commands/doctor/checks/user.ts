import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { bad, type Finding } from '../finding.ts';

/**
 * Of another user's data directory that cannot be entered nothing can be said but whose it is.
 *
 * @returns `null` where there is none yet, and where it can be looked into
 */
export function foreignUser(dataDir: string): Finding | null {
  const ours = process.geteuid?.();
  const owner = ownerOf(dataDir);
  if (ours === undefined || owner === null || owner === ours || mayRead(dataDir)) return null;
  const name = nameOf(owner);
  return bad(
    'user',
    `${dataDir} belongs to ${name}, and this is ${nameOf(ours)}: nothing in it was looked at; run this as that user: sudo -u ${name} lifeline doctor`,
  );
}

/** Whether this user may: a file that is locked looks like one that is broken. */
export function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | (statSync(path).isDirectory() ? constants.X_OK : 0));
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function ownerOf(path: string): number | null {
  try {
    return statSync(path).uid;
  } catch {
    return null;
  }
}

function nameOf(uid: number): string {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((l) => l.split(':')[2] === String(uid));
    return line?.split(':')[0] ?? `#${uid}`;
  } catch {
    return `#${uid}`;
  }
}
