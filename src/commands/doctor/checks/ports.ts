import { createServer } from 'node:net';
import type { Hello } from '../../../adapters/control-socket/client.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

type Port = {
  readonly name: 'http' | 'mqtt' | 'mqtts';
  readonly key: string;
  readonly host: string;
  readonly port: number;
};

/** Free, held by our own service, or held by somebody else. */
export async function checkPort(port: Port, serving: Hello | null): Promise<Finding> {
  const check = `port ${port.name}`;
  const wanted = `${port.host}:${port.port}`;
  if (serving !== null) {
    const held = port.name === 'http' ? new URL(serving.http).host : (serving[port.name] ?? 'none');
    // By number: a service that listens on all addresses tells one of them.
    if (port.port === 0 || held.endsWith(`:${port.port}`))
      return ok(check, `${held} is held by the service that runs here (process ${serving.pid})`);
    return warn(
      check,
      `the running service has ${held}, the configuration seen here says ${wanted}: it was started with another one, or changes after the next start`,
    );
  }
  if (port.port === 0) return ok(check, `any free one on ${port.host}`);
  const why = await tryToListen(port);
  return why === null ? ok(check, `${wanted} is free`) : bad(check, why);
}

function tryToListen({ host, port, key }: Port): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => resolve(reason(code, message)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });

  function reason(code: string | undefined, message: string): string {
    if (code === 'EADDRINUSE')
      return `${host}:${port} is in use by another program: stop that one, or set ${key}_PORT`;
    if (code === 'EACCES')
      return `${host}:${port} needs rights that this user has not: choose a port from 1024 on for ${key}_PORT`;
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      return `${host} is no address of this machine: set ${key}_HOST to one that is, or to 127.0.0.1`;
    return `${host}:${port} cannot be listened on: ${message}`;
  }
}
