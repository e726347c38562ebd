import type { Hello } from '../../../adapters/control-socket/client.ts';
import { isLocked } from '../../../adapters/shared/directory-lock.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';
import { askReady, Stranger } from '../ready.ts';

/** Who has the data directory, and whether they are well. @param cert see `askReady` */
export async function checkServing(
  dataDir: string,
  serving: Hello | null,
  version: string,
  cert: string | null,
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
  if (serving.role === 'standby')
    return [ok('service', `${is}, stands by: another machine writes (its /readyz says which)`)];
  try {
    const status = await askReady(serving.http, cert);
    return [
      status === 200
        ? ok('service', `${is}, ready`)
        : bad('service', `${is}, not ready (${status}): look at its log`),
    ];
  } catch (cause) {
    if (cause instanceof Stranger)
      return [
        bad(
          'service',
          `${is}, shows another certificate than the one that is configured here: run this with the service's environment, or see whether the file was changed and not taken (its log says why)`,
        ),
      ];
    return [bad('service', `${is}, does not answer over HTTP (${(cause as Error).name}): look at its log`)];
  }
}
