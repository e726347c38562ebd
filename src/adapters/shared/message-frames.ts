import { deserialize, serialize } from 'node:v8';

const HEAD = 4;
/** No message of ours is nearly as long: a length beyond it is not a length. */
const LONGEST = 1024 * 1024 * 1024;

/** A message as it goes through a pipe: its length in four bytes, then what `structuredClone` would copy. */
export function frameOf(message: unknown): Buffer[] {
  const body = serialize(message);
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(body.byteLength);
  return [head, body];
}

/** Puts the pieces that a pipe brings together again. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Of the message that is coming, its head included; `null`: the head is not there yet. */
  #wanted: number | null = null;

  /**
   * @returns what is whole now, in order
   * @throws where what came is no message; then nothing that comes after it is one either
   */
  push(piece: Buffer): unknown[] {
    const messages: unknown[] = [];
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    for (;;) {
      if (this.#wanted === null) {
        if (this.#bytes < HEAD) return messages;
        const length = this.#joined().readUInt32LE(0);
        if (length > LONGEST) throw new Error(`a message of ${length} bytes was announced`);
        this.#wanted = HEAD + length;
      }
      if (this.#bytes < this.#wanted) return messages;
      const all = this.#joined();
      messages.push(deserialize(all.subarray(HEAD, this.#wanted)));
      const rest = all.subarray(this.#wanted);
      this.#pieces = rest.byteLength === 0 ? [] : [rest];
      this.#bytes = rest.byteLength;
      this.#wanted = null;
    }
  }

  /** A long message comes in many pieces: they are joined when it is whole, not one by one. */
  #joined(): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && this.#pieces.length === 1) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}
