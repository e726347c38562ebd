/** What became of a packet that was handed to the intake. */
export type Outcome = 'kept' | 'dropped' | 'failed';

/** One packet between the client and the journal: its acknowledgement waits here. */
export type Hold = {
  readonly bytes: number;
  readonly inOrder: boolean;
  readonly settle: (outcome: Outcome) => void;
  outcome: Outcome | null;
  settled: boolean;
};

/**
 * Acknowledgements held back until their packets are durable, let go strictly in the order of arrival:
 * MQTT asks for that order ([MQTT-4.6.0-2]), and aedes sends them in the order in which it is called back.
 */
export class Holds {
  #queue: Hold[] = [];
  #head = 0;
  #bytes = 0;
  #count = 0;
  #settling = false;
  #idle: (() => void)[] = [];
  readonly #broken: (e: unknown) => void;

  /** @param broken hears of a `settle` that threw; the others are settled all the same */
  constructor(broken: (e: unknown) => void) {
    this.#broken = broken;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  /** @param inOrder false for QoS 0, which has no acknowledgement and need not wait for those of others */
  take(bytes: number, inOrder: boolean, settle: (outcome: Outcome) => void): Hold {
    const hold: Hold = { bytes, inOrder, settle, outcome: null, settled: false };
    if (inOrder) this.#queue.push(hold);
    this.#bytes += bytes;
    this.#count++;
    return hold;
  }

  /** The first answer counts. */
  release(hold: Hold, outcome: Outcome): void {
    if (hold.outcome !== null) return;
    hold.outcome = outcome;
    if (!hold.inOrder) this.#settle(hold, outcome);
    else if (!this.#settling) this.#settleFront();
    if (this.#count === 0 && this.#idle.length > 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when nothing is held. */
  async empty(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #settleFront(): void {
    // A settled packet may close its client, whose last will is a packet again, released at once.
    this.#settling = true;
    for (let hold = this.#queue[this.#head]; hold?.outcome; hold = this.#queue[this.#head]) {
      this.#head++;
      this.#settle(hold, hold.outcome);
    }
    this.#settling = false;
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    } else if (this.#head > 1_000) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #settle(hold: Hold, outcome: Outcome): void {
    this.#bytes -= hold.bytes;
    this.#count--;
    hold.settled = true;
    try {
      hold.settle(outcome);
    } catch (e) {
      this.#broken(e);
    }
  }
}
