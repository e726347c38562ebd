/** So many take-overs within a minute are no reconnecting: a link that breaks is noticed, and waited for, before. */
const FROM_ONE_ADDRESS = 6;
/** … from different addresses: a device changes its network, but not to and fro. */
const FROM_SEVERAL = 3;
const WITHIN = 60_000;
/** Client ids remembered; beyond them the one that was taken over longest ago is forgotten. */
const REMEMBERED = 10_000;
/** Addresses of one fight that are told. */
const TOLD = 4;

type TakeOvers = { times: number; since: number; readonly addresses: Set<string> };

/** Several devices under one client id: each takes the connection over from the other, for ever ([MQTT-3.1.4-2]). */
export class ClientIdFights {
  readonly #now: () => number;
  readonly #ids = new Map<string, TakeOvers>();

  /** @param now milliseconds of a clock that is never set */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * A connection was taken over by another one of the same client id and the same credential.
   *
   * @returns between which addresses, sorted, when it is a fight; `null`: it may be one device that comes again
   */
  takenOver(clientId: string, from: string, by: string): readonly string[] | null {
    const now = this.#now();
    const before = this.#ids.get(clientId);
    const of =
      before !== undefined && now - before.since < WITHIN
        ? before
        : { times: 0, since: now, addresses: new Set<string>() };
    of.times++;
    for (const address of [from, by]) if (of.addresses.size < TOLD) of.addresses.add(address);
    this.#ids.delete(clientId);
    this.#ids.set(clientId, of);
    if (this.#ids.size > REMEMBERED) this.#ids.delete(this.#ids.keys().next().value as string);
    return of.times < (of.addresses.size > 1 ? FROM_SEVERAL : FROM_ONE_ADDRESS)
      ? null
      : [...of.addresses].sort();
  }
}
