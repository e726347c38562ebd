import type { Limits } from './limits.ts';

/** Addresses remembered at once, before those that have been quiet are forgotten. */
const ADDRESSES = 10_000;

export const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./.test(address);

/** Counts connections by address, and says when one address opens too many or too fast. */
export class Turnstile {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #addresses = new Map<string, { open: number; credit: number; at: number }>();

  /** @param now milliseconds of a clock that is never set */
  constructor(limits: Limits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** @returns why it may not come in; `null` when it is in, and then it leaves by `leave` */
  enter(address: string): 'address-full' | 'address-rate' | null {
    if (this.#exempt(address)) return null;
    const now = this.#now();
    if (this.#addresses.size > ADDRESSES) this.#forgetQuiet(now);
    const { newAtOncePerAddress: atOnce, newPerSecondPerAddress: perSecond } = this.#limits;
    const a = this.#addresses.get(address) ?? { open: 0, credit: atOnce, at: now };
    a.credit = Math.min(atOnce, a.credit + ((now - a.at) / 1000) * perSecond);
    a.at = now;
    this.#addresses.set(address, a);
    if (a.credit < 1) return 'address-rate';
    a.credit -= 1;
    if (a.open >= this.#limits.connectionsPerAddress) return 'address-full';
    a.open++;
    return null;
  }

  leave(address: string): void {
    const a = this.#addresses.get(address);
    if (a !== undefined && a.open > 0) a.open--;
  }

  #exempt(address: string): boolean {
    return this.#limits.loopbackExempt && isLoopback(address);
  }

  #forgetQuiet(now: number): void {
    const full = (this.#limits.newAtOncePerAddress / this.#limits.newPerSecondPerAddress) * 1000;
    for (const [address, a] of this.#addresses) {
      if (a.open === 0 && now - a.at > full) this.#addresses.delete(address);
    }
  }
}
