import type { Hello } from '../../../adapters/control-socket/client.ts';
import { isLocked } from '../../../adapters/shared/directory-lock.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

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
