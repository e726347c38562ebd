/** One at a time, first come first served: whoever holds the turn runs alone until its promise settles. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when everything that was asked for by now has settled, however it ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
