/** One frame's answer in its place. */
type Slot = { bytes: Uint8Array | null; isReady: boolean };

/** Answers of one line, let go strictly in the order of its frames. */
export class Answers {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #slots: Slot[] = [];

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  get waiting(): number {
    return this.#slots.length;
  }

  /** @returns says what the answer is (`null`: none), when it may leave */
  take(): (bytes: Uint8Array | null) => void {
    const slot: Slot = { bytes: null, isReady: false };
    this.#slots.push(slot);
    return (bytes) => {
      slot.bytes = bytes;
      slot.isReady = true;
      let go = 0;
      for (; this.#slots[go]?.isReady === true; go++) {
        const { bytes: answer } = this.#slots[go] as Slot;
        if (answer !== null) this.#send(answer);
      }
      this.#slots.splice(0, go);
    };
  }
}
