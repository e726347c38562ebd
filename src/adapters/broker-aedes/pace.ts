/** Messages a second that go on for long, and how many may come at once after a quiet time. */
export type PaceLimit = { readonly perSecond: number; readonly atOnce: number };

/** What is left to send for one device, or for all of one address; below 0 it was faster than it may. */
export type Pace = { readonly limit: PaceLimit; credit: number; at: number; links: number };

/** How fast devices and addresses send. Nobody is dropped for being fast: nothing is read from him for a while. */
export class Paces {
  readonly #now: () => number;
  readonly #paces = new Map<string, Pace>();

  /** @param now milliseconds of a clock that is never set */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The pace of a name, shared by all its connections; `left` when one of them ends. */
  of(name: string, limit: PaceLimit): Pace {
    let pace = this.#paces.get(name);
    if (pace === undefined) {
      pace = { limit, credit: limit.atOnce, at: this.#now(), links: 0 };
      this.#paces.set(name, pace);
    }
    pace.links++;
    return pace;
  }

  /** Kept until its debt is paid, so that coming again does not make anybody faster. */
  left(name: string): void {
    const pace = this.#paces.get(name);
    if (pace === undefined) return;
    pace.links--;
    this.#refill(pace);
    if (pace.links <= 0 && pace.credit >= pace.limit.atOnce) this.#paces.delete(name);
    else if (pace.links <= 0 && this.#paces.size > REMEMBERED) this.#forgetPaid();
  }

  spend(pace: Pace): void {
    this.#refill(pace);
    pace.credit -= 1;
  }

  /** Milliseconds until it may go on; 0: at once. */
  wait(pace: Pace): number {
    if (pace.credit >= 0) return 0;
    this.#refill(pace);
    return pace.credit >= 0 ? 0 : Math.ceil((-pace.credit / pace.limit.perSecond) * 1_000);
  }

  #refill(pace: Pace): void {
    const now = this.#now();
    pace.credit = Math.min(pace.limit.atOnce, pace.credit + ((now - pace.at) / 1_000) * pace.limit.perSecond);
    pace.at = now;
  }

  #forgetPaid(): void {
    for (const [name, pace] of this.#paces) {
      this.#refill(pace);
      if (pace.links <= 0 && pace.credit >= 0) this.#paces.delete(name);
    }
  }
}

/** Names of whom nobody is connected, before those that owe nothing are forgotten. */
const REMEMBERED = 10_000;
