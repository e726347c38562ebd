import type { TurnNumber } from '../../domain/ids.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Histogram, Meters } from '../ports/meters.ts';

/** One turn a second is followed to the store: enough for how long it takes. */
const FOLLOWED_EVERY = seconds(1);
/** … over an outage of an hour; of a longer one, no more than what its first hour says. */
const FOLLOWED_AT_MOST = 3_600;

/** From durable to stored in the history, for `/metrics`. */
export class DrainLag {
  readonly #clock: Clock;
  readonly #lag: Histogram;
  /** On their way, oldest first. */
  readonly #followed: { readonly turn: TurnNumber; readonly at: Millis }[] = [];

  constructor({ clock, meters }: { readonly clock: Clock; readonly meters: Meters }) {
    this.#clock = clock;
    this.#lag = meters.histogram('history_drain_seconds');
  }

  durable(turn: TurnNumber): void {
    const at = this.#clock.now();
    const last = this.#followed.at(-1);
    if (last !== undefined && (at - last.at < FOLLOWED_EVERY || this.#followed.length >= FOLLOWED_AT_MOST))
      return;
    this.#followed.push({ turn, at });
  }

  stored(upTo: TurnNumber): void {
    const now = this.#clock.now();
    while (this.#followed[0] !== undefined && this.#followed[0].turn <= upTo) {
      this.#lag.took((now - this.#followed[0].at) / 1_000);
      this.#followed.shift();
    }
  }
}
