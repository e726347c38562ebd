import { BlockList, isIP } from 'node:net';
import { addressesIn, plainAddress } from './peer-address.ts';

/** Where nobody outside may be meant: this machine, private nets, links, shared space, documentation, multicast. */
const NOT_PUBLIC = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8', '2001:db8::/32', '100::/64'],
  // Addresses of IPv4 in other clothes: what is inside could be any of the above. (`::ffff:…` is looked at as what is in it.)
  ...['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32', '::/96'],
];

const isNotPublic = addressesIn(NOT_PUBLIC);

const NETWORK = /^\[?([0-9A-Fa-f:.]+?)\]?(?:\/(\d{1,3}))?$/;
const NAME =
  /^(\*\.)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::(\d{1,5}))?$/;

type Name = { readonly name: string; readonly below: boolean; readonly port: number | null };

/**
 * Where messages may go: hosts by name (`oapi.dingtalk.com`, `*.city.example`, `mail.city.example:465`) and addresses or
 * networks (`10.3.0.0/16`).
 *
 * A name that is allowed says nothing of where it leads: an address that is not public is gone to only where it lies in a
 * network of the list, whatever the name's DNS answers today.
 */
export class OutHosts {
  readonly #names: readonly Name[];
  readonly #listed: (address: string) => boolean;

  /** @throws TypeError on an entry that is none */
  constructor(entries: readonly string[]) {
    const names: Name[] = [];
    const networks: string[] = [];
    for (const entry of entries) {
      const network = networkOf(entry);
      if (network !== null) networks.push(network);
      else names.push(nameOf(entry));
    }
    this.#names = names;
    this.#listed = addressesIn(networks);
  }

  /** Whether a host may be asked at all, by name or as an address. */
  allowsHost(host: string, port: number): boolean {
    const plain = bare(host);
    if (isIP(plain) !== 0) return this.#listed(plain);
    const name = plain.toLowerCase().replace(/\.$/, '');
    return this.#names.some(
      (n) =>
        (n.port === null || n.port === port) &&
        (n.below ? name.endsWith(`.${n.name}`) && name.length > n.name.length + 1 : name === n.name),
    );
  }

  /** Whether an address that a name leads to may be gone to. */
  allowsAddress(address: string): boolean {
    const plain = bare(address);
    if (isIP(plain) === 0) return false;
    return this.#listed(plain) || !isNotPublic(plainAddress(plain));
  }
}

/** Without the brackets of a URL's IPv6 host, and without a zone. */
const bare = (host: string): string => host.replace(/^\[|\]$/g, '').split('%', 1)[0] ?? '';

function networkOf(entry: string): string | null {
  const [, address = '', bits] = NETWORK.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0) return null;
  if (bits === undefined) return address;
  // Throws where there are more bits than an address has.
  new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return `${address}/${bits}`;
}

function nameOf(entry: string): Name {
  const [, below, name, port] = NAME.exec(entry.toLowerCase()) ?? [];
  // What looks like a number is an address to somebody: `127.1`, `0x7f.1`.
  if (name === undefined || /^(0x[0-9a-f]*|\d+)$/.test(name.split('.').at(-1) ?? ''))
    throw new TypeError(`${entry} is neither a host nor an address`);
  return { name, below: below !== undefined, port: port === undefined ? null : Number(port) };
}
