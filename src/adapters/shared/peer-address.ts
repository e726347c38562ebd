import { BlockList, isIP } from 'node:net';

/** A socket that listens for both families calls an IPv4 peer `::ffff:10.0.0.5`. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * Whether an address is among these; what is no address is among none.
 *
 * @param entries addresses or networks, e.g. `10.0.0.5`, `10.1.0.0/16`, `fd00::/8`
 */
export function addressesIn(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(bits), family(address));
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, family(plain));
  };
}

/** This machine itself: whoever comes from there may stand for many. */
export const isLoopback = addressesIn(['127.0.0.0/8', '::1']);

/** As `isLoopback`, for a host as it is configured. */
export const isLoopbackHost = (host: string): boolean => host === 'localhost' || isLoopback(host);

/**
 * Who counts as one client by address: an IPv4 address; of IPv6 the network of 64 bits, since whoever has one address of
 * it has them all. What is no address is its own.
 */
export function addressBlock(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = (plain.split('%', 1)[0] ?? '').split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [first, last] = [groups(head), groups(tail)];
  // The last two groups may be written as an IPv4 address.
  const length = first.length + last.length + (last.at(-1)?.includes('.') ? 1 : 0);
  const whole = tail === undefined ? first : [...first, ...Array<string>(8 - length).fill('0'), ...last];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
