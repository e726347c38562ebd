import type { Duration } from '../../domain/time.ts';

const GOOD_UNTIL = 0;
const ALIVE_AT = 1;
const WORDS = 2;
/** Another machine has it: no instant is before it. */
const TAKEN = -1n;
const MICROS = 1_000;

/** Milliseconds since the machine was started: the same for every thread, and nobody can set it. */
export const sinceStart = (): Duration => Number(process.hrtime.bigint() / 1_000n) / MICROS;

/**
 * What the thread that renews and the one that judges know of each other, without a message that either would have to come to read.
 * Instants are of `sinceStart`.
 */
export class LeaseBoard {
  readonly memory: SharedArrayBuffer;
  readonly #words: BigInt64Array;

  /** @param memory another thread's board; left out: a new one, of a lease that is not good */
  constructor(memory = new SharedArrayBuffer(WORDS * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new BigInt64Array(memory);
  }

  /** `null`: another machine has it, for good. */
  get goodUntil(): Duration | null {
    const kept = Atomics.load(this.#words, GOOD_UNTIL);
    return kept === TAKEN ? null : Number(kept) / MICROS;
  }

  set goodUntil(at: Duration | null) {
    Atomics.store(this.#words, GOOD_UNTIL, at === null ? TAKEN : micros(at));
  }

  /** When the thread that judges was last seen to run. */
  get aliveAt(): Duration {
    return Number(Atomics.load(this.#words, ALIVE_AT)) / MICROS;
  }

  set aliveAt(at: Duration) {
    Atomics.store(this.#words, ALIVE_AT, micros(at));
  }
}

const micros = (at: Duration): bigint => BigInt(Math.floor(at * MICROS));
