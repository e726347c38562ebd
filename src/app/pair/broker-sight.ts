import { type BrokerPlace, brokerPlaces } from '../../adapters/broker-outside/place.ts';
import { reachesOne } from '../../adapters/broker-outside/reach.ts';
import { type Duration, seconds } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';

const LOOK_EVERY: Duration = seconds(3);

/** Whether this machine reaches the broker that others run: asked while it stands by as well as while it writes. */
export class BrokerSight {
  readonly #places: readonly BrokerPlace[] | null;
  #reaches: boolean | null = null;
  #looking = false;
  readonly #end: () => void;

  /** @param address of the configuration; left out: devices come to the machine itself, and there is nothing to be seen */
  constructor(address: string | undefined, clock: Clock) {
    this.#places = address === undefined ? null : brokerPlaces(address);
    this.#end = this.#places === null ? () => undefined : clock.every(LOOK_EVERY, () => void this.#look());
    void this.#look();
  }

  /** `null`: there is none, or it is not known yet. */
  reaches = (): boolean | null => this.#reaches;

  end(): void {
    this.#end();
  }

  async #look(): Promise<void> {
    if (this.#places === null || this.#looking) return;
    this.#looking = true;
    this.#reaches = await reachesOne(this.#places);
    this.#looking = false;
  }
}
