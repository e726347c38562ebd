import type { Clock } from '../../flow/ports/clock.ts';

type Bucket = { left: number; at: number };

/** Clients remembered; beyond them the one that was quiet longest is forgotten, and begins with a full bucket. */
const REMEMBERED = 20_000;
/** Seconds' worth of requests that may come at once: a console that opens asks for much. */
const BURST = 10;
/** Of the rate of somebody who is known. */
const STRANGERS_SHARE = 0.2;

/** How fast one client may ask: an account wherever it sits, a stranger by his address. */
export class Rates {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param perSecond requests a second and client, over time */
  constructor(clock: Pick<Clock, 'now'>, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** @returns `null`: go on; else how long to wait, in ms */
  take(client: string, isKnown: boolean): number | null {
    const rate = this.#perSecond * (isKnown ? 1 : STRANGERS_SHARE);
    const now = this.#clock.now();
    const key = `${isKnown ? 'a' : 'f'}${client}`;
    const before = this.#buckets.get(key);
    // A clock stepped back gives nothing and takes nothing.
    const gained = before === undefined ? 0 : Math.max(0, ((now - before.at) / 1_000) * rate);
    const left = before === undefined ? rate * BURST : Math.min(rate * BURST, before.left + gained);
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: Math.max(0, left - (left >= 1 ? 1 : 0)), at: now });
    if (this.#buckets.size > REMEMBERED) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return left >= 1 ? null : Math.ceil(((1 - left) / rate) * 1_000);
  }
}
