import { existsSync, readFileSync } from 'node:fs';
import { type Finding, ok, warn } from '../finding.ts';

const LIMITS = '/proc/self/limits';
/** Day files, threads and consoles need a few hundred; the rest is for devices, one each. */
const FEW = 4_096;

export function checkOpenFiles(
  text = existsSync(LIMITS) ? readFileSync(LIMITS, 'utf8') : '',
): readonly Finding[] {
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  if (soft === undefined) return [ok('open files', 'this system does not tell its limit')];
  const most = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  const says = `at most ${soft}`;
  if (most >= FEW) return [ok('open files', `${says}: a connected device takes one`)];
  return [
    warn(
      'open files',
      `${says}: a connected device takes one; ulimit -n 65536, or LimitNOFILE=65536 in the unit`,
    ),
  ];
}
