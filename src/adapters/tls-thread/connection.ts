import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Batches } from './batches.ts';
import { type FromThread, ON_THE_WAY, WORTH_A_WORD } from './protocol.ts';

/** The thread's end of one connection: first TCP, then what is within TLS. */
export class Connection {
  readonly id: number;
  readonly carrier: Socket;
  readonly #batches: Batches;
  readonly #tell: (m: FromThread) => void;
  #within: TLSSocket | null = null;
  /** Bytes handed over that the other side has not taken yet. */
  #handed = 0;
  /** Bytes given to the socket of which the other side has not heard that they are sent. */
  #given = 0;
  #why: string | null = null;
  onClosed: () => void = () => undefined;

  constructor(
    id: number,
    carrier: Socket,
    to: { readonly batches: Batches; readonly tell: (m: FromThread) => void },
  ) {
    this.id = id;
    this.carrier = carrier;
    this.#batches = to.batches;
    this.#tell = to.tell;
    carrier.on('error', (e) => this.#wrong(e));
    // A round later: why no TLS has come about is told after that.
    carrier.once('close', () =>
      setImmediate(() => {
        if (this.#within === null) this.#closed();
      }),
    );
  }

  /** TLS has come about. */
  secured(socket: TLSSocket, certificate: string | null): void {
    const { id } = this;
    this.#within = socket;
    // That the peer will send no more is known here before the other side has read what it sent, and answered.
    socket.allowHalfOpen = true;
    socket.on('error', (e) => this.#wrong(e));
    socket.once('end', () => this.#tell({ is: 'ended', id }));
    socket.once('close', () => this.#closed());
    this.#tell({ is: 'secured', id, certificate });
    socket.on('data', (bytes) => {
      this.#batches.data(id, bytes);
      this.#handed += bytes.length;
      if (this.#handed > ON_THE_WAY) socket.pause();
    });
  }

  taken(bytes: number): void {
    this.#handed -= bytes;
    if (this.#handed <= ON_THE_WAY) this.#within?.resume();
  }

  send(bytes: Buffer): void {
    if (this.#within === null || this.#within.destroyed) return;
    this.#given += bytes.length;
    if (this.#given < WORTH_A_WORD) {
      this.#within.write(bytes);
      return;
    }
    const given = this.#given;
    this.#given = 0;
    this.#within.write(bytes, () => this.#batches.taken(this.id, given));
  }

  end(): void {
    const { id } = this;
    if (this.#within === null) this.destroy();
    else this.#within.end(() => this.#tell({ is: 'finished', id }));
  }

  destroy(): void {
    this.#within?.destroy();
    this.carrier.destroy();
  }

  #wrong(e: Error): void {
    this.#why = (e as NodeJS.ErrnoException).code ?? e.message;
  }

  #closed(): void {
    this.#tell({ is: 'closed', id: this.id, code: this.#why });
    this.onClosed();
  }
}
