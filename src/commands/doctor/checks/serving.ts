import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Hello } from '../../../adapters/control-socket/client.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

const BUSY = 5;

/** Who has the data directory, and whether he is well. */
export async function checkServing(
  dataDir: string,
  serving: Hello | null,
  version: string,
): Promise<readonly Finding[]> {
  if (serving === null) {
    return isLocked(dataDir)
      ? [
          bad(
            'service',
            `a service has ${dataDir} and does not answer at its control socket: it hangs, is of another user, or is just starting or stopping; look at its log`,
          ),
        ]
      : [ok('service', 'none is running here')];
  }
  const is = `process ${serving.pid}, version ${serving.version}, ${serving.http}`;
  if (serving.version !== version)
    return [warn('service', `${is}; what is installed here is ${version}: it changes with the next start`)];
  try {
    const { status } = await fetch(new URL('/readyz', serving.http), { signal: AbortSignal.timeout(5_000) });
    return [
      status === 200
        ? ok('service', `${is}, ready`)
        : bad('service', `${is}, not ready (${status}): look at its log`),
    ];
  } catch (cause) {
    return [bad('service', `${is}, does not answer over HTTP (${(cause as Error).name}): look at its log`)];
  }
}

/** Asks for no more than a look, so that a service that starts at this very moment is not kept out. */
function isLocked(dataDir: string): boolean {
  const path = join(dataDir, 'journal.lock');
  if (!existsSync(path)) return false;
  const db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (cause) {
    return (cause as { errcode?: number }).errcode === BUSY;
  } finally {
    db.close();
  }
}
