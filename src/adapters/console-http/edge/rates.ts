import type { Clock } from '../../../flow/ports/clock.ts';
import { addressBlock } from '../../shared/peer-address.ts';
import { type BucketLimit, TokenBuckets } from '../../shared/token-bucket.ts';

/** Clients remembered; beyond them the one that was quiet longest is forgotten, and begins with a full bucket. */
const REMEMBERED = 20_000;
/** Seconds' worth of requests that may come at once: a console that opens asks for much. */
const BURST = 10;
/** Of the rate of somebody who is known. */
const STRANGERS_SHARE = 0.2;

/** How fast one client may ask: an account wherever it sits, a stranger by their address. */
export class Rates {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #known: BucketLimit;
  readonly #stranger: BucketLimit;
  readonly #clients = new TokenBuckets(REMEMBERED);

  /** @param perSecond requests a second and client, over time */
  constructor(clock: Pick<Clock, 'now'>, perSecond: number) {
    this.#clock = clock;
    this.#known = { perSecond, atOnce: perSecond * BURST };
    const share = perSecond * STRANGERS_SHARE;
    this.#stranger = { perSecond: share, atOnce: share * BURST };
  }

  /** @returns `null`: go on; else how long to wait, in ms */
  take(client: string, isKnown: boolean): number | null {
    const now = this.#clock.now();
    const bucket = isKnown
      ? this.#clients.of(`a${client}`, this.#known, now)
      : this.#clients.of(`f${addressBlock(client)}`, this.#stranger, now);
    return bucket.take(now) ? null : bucket.wait(now, 1);
  }
}
