import { Buffer } from 'node:buffer';

/** How much is put together before it is sent in any case. */
const BYTES = 128 * 1024;
const HEAD = 8;
/** Of the second word: whether it is a number of bytes that were taken, or the length of bytes that follow. */
const TAKEN = 0x80000000;

export type Hears = {
  /** Bytes of a connection; they lie in the batch, which nobody else has. */
  data(connection: number, bytes: Buffer): void;
  /** The other side is done with so many bytes of what it was sent for this connection. */
  taken(connection: number, bytes: number): void;
};

/**
 * What one turn of a thread has for the other one, of all connections, in one message: a message of its own for
 * each would cost more than the TLS it carries.
 */
export class Batches {
  readonly #send: (batch: ArrayBuffer) => void;
  readonly #bytes = Buffer.from(new ArrayBuffer(BYTES));
  #used = 0;
  #scheduled = false;

  constructor(send: (batch: ArrayBuffer) => void) {
    this.#send = send;
  }

  /** In the order of the calls; the bytes are copied. */
  data(connection: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += BYTES - HEAD) {
      const part = bytes.length <= BYTES - HEAD ? bytes : bytes.subarray(at, at + BYTES - HEAD);
      this.#head(connection, part.length, HEAD + part.length);
      this.#bytes.set(part, this.#used);
      this.#used += part.length;
    }
  }

  taken(connection: number, bytes: number): void {
    this.#head(connection, (TAKEN | bytes) >>> 0, HEAD);
  }

  /** Sends what there is: before anything else that must not overtake it. */
  flush(): void {
    if (this.#used === 0) return;
    const batch = this.#bytes.buffer.slice(0, this.#used);
    this.#used = 0;
    this.#send(batch);
  }

  #head(connection: number, word: number, needs: number): void {
    if (this.#used + needs > BYTES) this.flush();
    this.#bytes.writeUInt32LE(connection, this.#used);
    this.#bytes.writeUInt32LE(word, this.#used + 4);
    this.#used += HEAD;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

export function readBatch(batch: ArrayBuffer, hears: Hears): void {
  const bytes = Buffer.from(batch);
  for (let at = 0; at < bytes.length; ) {
    const connection = bytes.readUInt32LE(at);
    const word = bytes.readUInt32LE(at + 4);
    at += HEAD;
    if (word >= TAKEN) hears.taken(connection, word - TAKEN);
    else {
      hears.data(connection, bytes.subarray(at, at + word));
      at += word;
    }
  }
}
