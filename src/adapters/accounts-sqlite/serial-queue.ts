/**
 * Lets one in at a time, and a bounded number wait. Hashing a password is costly on purpose: whoever asks for a
 * thousand at once must not take the memory and the cores from the watch.
 */
export class Turnstile {
  readonly #room: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(room: number) {
    this.#room = room;
  }

  get full(): boolean {
    return this.#waiting >= this.#room;
  }

  /** Runs `work` after all that came before it; takes it even when full, so ask `full` first. */
  pass<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
