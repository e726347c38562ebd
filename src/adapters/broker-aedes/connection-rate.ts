import { isLoopback } from '../shared/peer-address.ts';
import { type BucketLimit, TokenBuckets } from '../shared/token-bucket.ts';
import type { Limits } from './limits.ts';

/** Addresses without a connection that are remembered. */
const REMEMBERED = 10_000;

/** Counts connections by address, and says when one address opens too many or too fast. */
export class ConnectionRate {
  readonly #limits: Limits;
  readonly #rate: BucketLimit;
  readonly #now: () => number;
  readonly #addresses = new TokenBuckets(REMEMBERED);

  /** @param now milliseconds of a clock that is never set */
  constructor(limits: Limits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#rate = { perSecond: limits.newPerSecondPerAddress, atOnce: limits.newAtOncePerAddress };
    this.#now = now;
  }

  /** @returns why it may not come in; `null` when it is in, and then it leaves by `leave` */
  enter(address: string): 'address-full' | 'address-rate' | null {
    if (this.#exempt(address)) return null;
    const now = this.#now();
    const bucket = this.#addresses.of(address, this.#rate, now);
    if (!bucket.take(now)) return 'address-rate';
    if (bucket.holders >= this.#limits.connectionsPerAddress) return 'address-full';
    this.#addresses.hold(address, this.#rate, now);
    return null;
  }

  leave(address: string): void {
    this.#addresses.release(address, this.#now());
  }

  #exempt(address: string): boolean {
    return this.#limits.loopbackExempt && isLoopback(address);
  }
}
