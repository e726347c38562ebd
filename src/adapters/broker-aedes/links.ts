import type { AdmittedClient, Offence } from '../../flow/ports/broker.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { ClientIdFights } from './client-id-fights.ts';
import type { Limits } from './limits.ts';
import type { CutOffTeller, DeviceLink } from './link.ts';
import type { QuietLog } from './quiet-log.ts';
import { identity } from './rights.ts';

/** Who is connected: a client id has one holder, from the moment of admission on; an identity so many connections. */
export class Links {
  readonly #limits: Limits;
  readonly #meters: Meters;
  readonly #log: QuietLog;
  readonly #offended: (o: Offence) => void;
  readonly #cutOff: CutOffTeller;
  readonly #holders = new Map<string, DeviceLink>();
  /** Connections of one identity, the oldest first. */
  readonly #byIdentity = new Map<string, Set<DeviceLink>>();
  readonly #fights = new ClientIdFights();

  constructor(o: {
    limits: Limits;
    meters: Meters;
    log: QuietLog;
    offended: (o: Offence) => void;
    cutOff: CutOffTeller;
  }) {
    this.#limits = o.limits;
    this.#meters = o.meters;
    this.#log = o.log;
    this.#offended = o.offended;
    this.#cutOff = o.cutOff;
  }

  holder(clientId: string): DeviceLink | undefined {
    return this.#holders.get(clientId);
  }

  /** Its client id is its own from now on, whoever had it ([MQTT-3.1.4-2]). */
  enter(link: DeviceLink): void {
    const taken = this.#holders.get(link.clientId);
    if (taken !== undefined) this.#takenOver(taken, link);
    this.#holders.set(link.clientId, link);
    this.#makeRoom(link);
  }

  /** @returns whether it had its client id to the end; taken over, it is another connection's by now */
  leave(link: DeviceLink): boolean {
    const name = identity(link.who);
    const links = this.#byIdentity.get(name);
    links?.delete(link);
    if (links?.size === 0) this.#byIdentity.delete(name);
    if (this.#holders.get(link.clientId) !== link) return false;
    this.#holders.delete(link.clientId);
    return true;
  }

  /** Of one identity, the oldest first. */
  ofIdentity(name: string): readonly DeviceLink[] {
    return [...(this.#byIdentity.get(name) ?? [])];
  }

  /** Those of whom it is so, as of now. */
  of(whose: (who: AdmittedClient) => boolean): DeviceLink[] {
    return [...this.#byIdentity.values()].flatMap((links) => [...links].filter((link) => whose(link.who)));
  }

  /** Two devices with one client id throw each other out: the log says so once a minute, with both addresses. */
  #takenOver(from: DeviceLink, by: DeviceLink): void {
    this.#meters.count('mqtt_taken_over_total');
    const addresses = this.#fights.takenOver(by.clientId, from.address, by.address);
    if (addresses === null) return;
    const [address = by.address] = addresses;
    const { clientId } = by;
    const why = `several clients, at ${addresses.join(' and ')}, come as ${JSON.stringify(clientId)} and throw each other out; a client id, and a credential, for each would be right`;
    this.#meters.count('mqtt_client_id_fights_total');
    this.#offended({ by: identity(by.who), address, code: 'client-id-fight', why });
    this.#log.warn(address, `client-id-fight ${clientId}`, `an MQTT client id is used twice: ${why}`, {
      clientId,
      addresses: addresses.join(', '),
    });
  }

  /** With one connection too many, the device's own oldest goes: mostly it is a dead peer. */
  #makeRoom(link: DeviceLink): void {
    const name = identity(link.who);
    const links = this.#byIdentity.get(name) ?? new Set();
    this.#byIdentity.set(name, links.add(link));
    if (link.who.as !== 'device') return;
    for (const old of links) {
      if (links.size <= this.#limits.connectionsPerDevice) return;
      links.delete(old);
      this.#cutOff(old, 'device-full', `it has ${this.#limits.connectionsPerDevice} newer connections`);
      old.socket.destroy();
    }
  }
}
