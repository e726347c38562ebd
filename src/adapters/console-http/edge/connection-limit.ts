import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressesIn, isLoopback } from '../../shared/peer-address.ts';

/**
 * Connections of one address at once are bounded: otherwise a stranger's unfinished requests take every place that
 * there is, and no console gets in.
 *
 * @param spared who stands for many: proxies, and this machine itself
 */
export function limitConnections(
  server: Server,
  {
    atMost,
    spared,
    turnedAway,
  }: {
    readonly atMost: number;
    readonly spared: (address: string) => boolean;
    readonly turnedAway: (address: string) => void;
  },
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    // Asked for here, also because Node tells it after the client has gone only to whoever has asked before.
    const address = socket.remoteAddress;
    if (address === undefined || spared(address)) return;
    const now = open.get(address) ?? 0;
    if (now >= atMost) {
      turnedAway(address);
      socket.destroy();
      return;
    }
    open.set(address, now + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}

/** This machine, and proxies whose word is believed: addresses or networks. */
export function sparedOf(proxies: readonly string[]): (address: string) => boolean {
  const isProxy = addressesIn(proxies);
  return (address) => isLoopback(address) || isProxy(address);
}
