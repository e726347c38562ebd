const FIRST = 256 * 1024;

/**
 * Text as bytes, piece by piece. What is made in slices must not be put together in one at the end: seventeen megabytes
 * take a tenth of a second as one text, and fifteen milliseconds as forty pieces.
 */
export class GrowingBytes {
  #bytes: Buffer;
  #length = 0;

  /** @param capacity about as many as there will be */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(FIRST, capacity));
  }

  push(text: string): void {
    const end = this.#length + Buffer.byteLength(text);
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.write(text, this.#length);
    this.#length = end;
  }

  /** All so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
