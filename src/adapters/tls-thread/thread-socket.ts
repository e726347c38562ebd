import { Duplex } from 'node:stream';
import { ON_THE_WAY, WORTH_A_WORD } from './protocol.ts';

type Write = (this: Duplex, ...of: unknown[]) => boolean;

/** What a socket tells the thread that has its connection. */
export type ToConnection = {
  data(bytes: Uint8Array): void;
  /** This side is done with so many bytes of what came. */
  taken(bytes: number): void;
  /** Nothing more will be sent. */
  end(): void;
  destroy(): void;
};

/** What goes through a connection whose TLS another thread has ended: as a `net.Socket`, as far as a broker needs one. */
export class ThreadSocket extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Is given what comes while nothing is buffered, without the stream's ceremony; `false`: it goes into the stream. */
  taker: ((bytes: Buffer) => boolean) | null = null;
  readonly #to: ToConnection;
  #received = 0;
  #told = 0;
  /** Bytes given to the thread that it has not sent yet. */
  #unsent = 0;
  #mayGoOn: (() => void) | null = null;
  #finished: (() => void) | null = null;
  #hasEnded = false;
  #isGone = false;

  constructor(to: ToConnection, remoteAddress: string, remotePort: number) {
    super({ allowHalfOpen: false, highWaterMark: ON_THE_WAY });
    this.#to = to;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  /** Sends what is still to be sent, and is destroyed then. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override read(n?: number): unknown {
    const chunk: unknown = super.read(n);
    this.#tellTaken();
    return chunk;
  }

  /** As of every stream; what can leave at once does, without its ceremony. */
  override write(bytes: unknown, ...more: unknown[]): boolean {
    const atOnce =
      more.length === 0 &&
      bytes instanceof Buffer &&
      this.writable &&
      this.writableLength === 0 &&
      this.writableCorked === 0;
    if (!atOnce || this.#unsent > ON_THE_WAY) return (super.write as Write).call(this, bytes, ...more);
    this.#to.data(bytes);
    this.#unsent += bytes.length;
    return true;
  }

  /** Bytes from the peer. */
  heard(bytes: Buffer): void {
    this.#received += bytes.length;
    if (this.#hasEnded) return;
    if (this.readableLength === 0 && this.taker?.(bytes) === true) this.#tellTaken();
    else this.push(bytes);
  }

  #tellTaken(): void {
    // What was read may have been put back: then it counts as not taken.
    const taken = this.#received - this.readableLength - this.#told;
    if (taken < WORTH_A_WORD || this.#isGone) return;
    this.#told += taken;
    this.#to.taken(taken);
  }

  /** The thread has sent so many bytes. */
  sent(bytes: number): void {
    this.#unsent -= bytes;
    if (this.#unsent > ON_THE_WAY) return;
    const goOn = this.#mayGoOn;
    this.#mayGoOn = null;
    goOn?.();
  }

  /** The peer will send no more. */
  ended(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.push(null);
  }

  /** Everything that was written has been sent. */
  finished(): void {
    const done = this.#finished;
    this.#finished = null;
    done?.();
  }

  /** The connection is no more. What came over it before may still be read. */
  gone(code: string | null): void {
    this.#isGone = true;
    if (code !== null || !this.#hasEnded) {
      this.destroy(code === null ? undefined : Object.assign(new Error(code), { code }));
      return;
    }
    this.#unsent = 0;
    this.sent(0);
    this.finished();
  }

  override _read(): void {
    // It comes by itself, as long as there is room.
  }

  override _write(bytes: Buffer, _encoding: string, done: (e?: Error | null) => void): void {
    this.#to.data(bytes);
    this.#unsent += bytes.length;
    if (this.#unsent > ON_THE_WAY && !this.#isGone) this.#mayGoOn = done;
    else done();
  }

  // In one piece, so that it is one record.
  override _writev(chunks: { chunk: Buffer }[], done: (e?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map((c) => c.chunk)), 'buffer', done);
  }

  override _final(done: () => void): void {
    if (this.#isGone) done();
    else {
      this.#finished = done;
      this.#to.end();
    }
  }

  override _destroy(e: Error | null, done: (e: Error | null) => void): void {
    if (!this.#isGone) this.#to.destroy();
    this.#isGone = true;
    done(e);
  }
}
