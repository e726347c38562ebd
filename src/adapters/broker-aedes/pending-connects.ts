/** What waits: a connection that has come and has not said yet who it is. */
type Waiter = { destroy(): unknown };

/**
 * Connections that have not sent a whole CONNECT yet. When there are too many, the address that has most of them gives:
 * its longest waiting goes, or, where that address is the newcomer's own, the newcomer. So a stranger who dials without
 * end crowds out themselves. And when a whole district comes back after a power cut, over a network that takes a second
 * for an answer, those who are on their way in stay so until they are in, and the rest try again; if the longest
 * waiting went each time, nobody would ever get as far as a CONNECT.
 */
export class PendingConnects<W extends Waiter> {
  readonly #room: number;
  /** By address, the longest waiting first. */
  readonly #byAddress = new Map<string, Set<W>>();
  #count = 0;

  constructor(room: number) {
    this.#room = room;
  }

  get all(): readonly W[] {
    return [...this.#byAddress.values()].flatMap((waiters) => [...waiters]);
  }

  /** @returns who has to go, and their address; `null`: there is room. May be the newcomer, who is in until they leave. */
  enter(waiter: W, address: string): { readonly waiter: W; readonly address: string } | null {
    const own = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, own.add(waiter));
    if (++this.#count <= this.#room) return null;
    let most = { address, waiters: own };
    for (const [a, waiters] of this.#byAddress)
      if (waiters.size > most.waiters.size) most = { address: a, waiters };
    const [longest] = most.waiters;
    return most.waiters === own || longest === undefined
      ? { waiter, address }
      : { waiter: longest, address: most.address };
  }

  leave(waiter: W, address: string): void {
    const waiters = this.#byAddress.get(address);
    if (waiters === undefined || !waiters.delete(waiter)) return;
    this.#count--;
    if (waiters.size === 0) this.#byAddress.delete(address);
  }
}
