import type { Server } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';

/**
 * Connections of one address at once are bounded: otherwise a stranger's unfinished requests take every place that
 * there is, and no console gets in.
 *
 * @param spared who stands for many: proxies, and this machine itself
 */
export function boundCrowds(
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
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    // A socket that listens for both calls an IPv4 peer `::ffff:10.0.0.5`.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}
