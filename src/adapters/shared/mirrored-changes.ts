import { SerialQueue } from './serial-queue.ts';

/**
 * Changes of what lies in a store and is mirrored in memory, one after the other: each sees what the one before has left.
 * Of one that fails nobody knows whether the store has it, since the line may have broken after it was carried out. It is
 * reported as failed, and the mirror read anew: at once, or, where the store is away, before the next change.
 */
export class MirroredChanges {
  readonly #queue = new SerialQueue();
  readonly #readAnew: () => Promise<void>;
  #inDoubt = false;

  constructor(readAnew: () => Promise<void>) {
    this.#readAnew = readAnew;
  }

  /** @param change writes to the store first and to the mirror after; what it throws is thrown on */
  run<T>(change: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      if (this.#inDoubt) await this.#settle();
      try {
        return await change();
      } catch (cause) {
        this.#inDoubt = true;
        await this.#settle().catch(() => undefined);
        throw cause;
      }
    });
  }

  async #settle(): Promise<void> {
    await this.#readAnew();
    this.#inDoubt = false;
  }
}
