import { type Finding, ok, warn } from '../finding.ts';

/** Below it this program does not even start; which one it is still matters for what has been tried. */
export function checkNode(pinned: string, running = process.version): readonly Finding[] {
  const where = `Node ${running} on ${process.platform} ${process.arch}, SQLite ${process.versions.sqlite}`;
  if (running === `v${pinned}`) return [ok('node', where)];
  const same = running.split('.')[0] === `v${pinned.split('.')[0]}`;
  const says = `${where}; the one that was tested is ${pinned}: npm run … uses it by itself after npm ci`;
  return [same ? ok('node', says) : warn('node', says)];
}
