import { readFileSync, statSync } from 'node:fs';
import { bad, type Finding } from '../finding.ts';

/**
 * Of a data directory that is another user's nothing true can be said: a locked file looks like a broken one.
 *
 * @returns `null` where there is none yet, where it is ours, and for root, who may read everything
 */
export function foreignUser(dataDir: string): Finding | null {
  const ours = process.geteuid?.();
  const owner = ownerOf(dataDir);
  if (ours === undefined || ours === 0 || owner === null || owner === ours) return null;
  const name = nameOf(owner);
  return bad(
    'user',
    `${dataDir} belongs to ${name}, and this is ${nameOf(ours)}: nothing in it was looked at; run this as that user: sudo -u ${name} npm run doctor`,
  );
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
