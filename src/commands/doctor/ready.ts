import { X509Certificate } from 'node:crypto';
import { get as plainly } from 'node:http';
import { get as overTls } from 'node:https';
import type { TLSSocket } from 'node:tls';

const WITHIN = 5_000;

/** Whoever answers shows another certificate than the configured one, and none that this machine trusts. */
export class Stranger extends Error {
  override readonly name = 'Stranger';
}

/**
 * Asks a service of this machine whether it is ready.
 *
 * @param cert what its listener is configured with, PEM: trusted as it is, whichever authority has issued it and for
 *   whatever name; `null`: none is known, and the machine's own authorities decide
 * @returns the status of its answer
 */
export function askReady(service: string, cert: string | null): Promise<number> {
  const url = new URL('/readyz', service);
  const options = { signal: AbortSignal.timeout(WITHIN), agent: false, rejectUnauthorized: false } as const;
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? overTls : plainly;
    get(url, options, (answer) => {
      const { socket } = answer;
      answer.resume();
      if (url.protocol === 'https:' && !isKnown(socket as TLSSocket, cert))
        reject(new Stranger('it shows another certificate than the configured one'));
      else resolve(answer.statusCode ?? 0);
    }).once('error', reject);
  });
}

function isKnown(socket: TLSSocket, cert: string | null): boolean {
  if (socket.authorized) return true;
  return (
    cert !== null &&
    socket.getPeerX509Certificate()?.fingerprint256 === new X509Certificate(cert).fingerprint256
  );
}
