/**
 * Watches the packets of one connection go by and knows the length of each before its body has come. It
 * keeps no bytes: aedes itself collects a packet of any length before anybody may object.
 */
export class FrameMeter {
  readonly #packetBytes: number;
  /** Bytes of the packet in passing that are still to come. */
  #rest = 0;
  /** Value and place of the length being read; place 0: the next byte begins a packet. */
  #length = 0;
  #place = 0;

  constructor(packetBytes: number) {
    this.#packetBytes = packetBytes;
  }

  /** True where the next byte begins a packet. */
  get isBetween(): boolean {
    return this.#rest === 0 && this.#place === 0;
  }

  /** @returns what is wrong with the bytes; `null` while nothing is */
  pass(chunk: Uint8Array): string | null {
    for (let i = 0; i < chunk.length; ) {
      if (this.#rest > 0) {
        const step = Math.min(this.#rest, chunk.length - i);
        this.#rest -= step;
        i += step;
      } else if (this.#place === 0) {
        this.#place = 1;
        this.#length = 0;
        i++;
      } else {
        const byte = chunk[i++] as number;
        this.#length += (byte & 0x7f) * 128 ** (this.#place - 1);
        if (this.#length > this.#packetBytes) {
          return `a packet of ${this.#length} bytes or more; at most ${this.#packetBytes} are allowed`;
        }
        if (byte < 0x80) {
          this.#rest = this.#length;
          this.#place = 0;
        } else if (++this.#place > 4) {
          return 'a packet length of more than four bytes';
        }
      }
    }
    return null;
  }
}
