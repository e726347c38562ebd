import { type BucketLimit, type TokenBucket, TokenBuckets } from '../shared/token-bucket.ts';

/** What is left to send for one device, or for all of one address; below 0 it was faster than it may. */
export type PublishPace = TokenBucket;

/** Names of whom nobody is connected that are remembered. */
const REMEMBERED = 10_000;

/** How fast devices and addresses send. Nobody is dropped for being fast: nothing is read from them for a while. */
export class Paces {
  readonly #now: () => number;
  readonly #paces = new TokenBuckets(REMEMBERED);

  /** @param now milliseconds of a clock that is never set */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The pace of a name, shared by all its connections; `left` when one of them ends. */
  of(name: string, limit: BucketLimit): PublishPace {
    return this.#paces.hold(name, limit, this.#now());
  }

  /** Kept until its debt is paid, so that coming again does not make anybody faster. */
  left(name: string): void {
    this.#paces.release(name, this.#now());
  }

  spend(pace: PublishPace): void {
    pace.spend(this.#now());
  }

  /** Milliseconds until it may go on; 0: at once. */
  wait(pace: PublishPace): number {
    return pace.wait(this.#now(), 0);
  }
}
