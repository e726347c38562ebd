import type { IncomingMessage } from 'node:http';
import { addressesIn } from '../shared/peer-address.ts';

/**
 * Whose request it is: the address that the connection comes from, or, where that is a trusted proxy, the nearest one
 * in `X-Forwarded-For` that is none. The same answer as Fastify's `request.ip` gives to HTTP.
 *
 * @param proxies addresses or networks, e.g. `10.0.0.5`, `10.1.0.0/16`
 */
export function clientAddress(proxies: readonly string[]): (request: IncomingMessage) => string | null {
  const isTrusted = addressesIn(proxies);
  return (request) => {
    const peer = request.socket.remoteAddress ?? null;
    if (peer === null || proxies.length === 0) return peer;
    const said = [request.headers['x-forwarded-for'] ?? []].flat().join(',');
    const hops = said
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => hop !== '')
      .reverse();
    let at = peer;
    for (const hop of hops) {
      if (!isTrusted(at)) break;
      at = hop;
    }
    return at;
  };
}
