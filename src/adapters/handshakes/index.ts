import type { Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { Duration } from '../../domain/time.ts';
import { clientHello } from './client-hello.ts';

/** Of each round of the event loop, for handshakes: what else there is to do, alarms before all, waits no longer. */
const MS_A_ROUND = 10;
const MOST_A_ROUND = 64;

type Begin = (socket: Socket) => void;

/**
 * Lets TLS handshakes take turns. The answer to a ClientHello is a signature: a third of a millisecond with an
 * elliptic curve, 6 ms with RSA-4096, on the thread that has the listener. When a district comes back after a power cut, or somebody
 * sends the same hello a thousand times, which costs them nothing, alarms must not wait until all of them are answered.
 * So a connection is held until its hello is whole, and then it queues.
 */
export class Handshakes {
  readonly #helloWithin: Duration;
  readonly #queue: (() => void)[] = [];
  #scheduled = false;
  /** Milliseconds, as the last ones took. */
  #each = 1;

  /** @param helloWithin from the TCP connection to the whole ClientHello */
  constructor(helloWithin: Duration) {
    this.#helloWithin = helloWithin;
  }

  /**
   * From now on this listener's handshakes take turns; to be called before it listens.
   *
   * @param late hears of a connection that is closed because its hello did not come in time
   * @returns ends the connections that are still held
   */
  pace(server: TlsServer, late: (socket: Socket) => void = () => undefined): () => void {
    // Node's own listener, which begins the handshake at once.
    const [begin, ...others] = server.listeners('connection') as Begin[];
    if (begin === undefined || others.length > 0)
      throw new Error(`a TLS listener begins handshakes in one place, not in ${others.length + 1}`);
    const held = new Set<Socket>();
    server.off('connection', begin);
    server.on('connection', (socket: Socket) => {
      held.add(socket);
      const timer = setTimeout(() => {
        late(socket);
        socket.destroy();
      }, this.#helloWithin);
      const letGo = () => {
        clearTimeout(timer);
        held.delete(socket);
      };
      socket.on('error', ignore);
      socket.once('close', letGo);
      collectHello(socket, () =>
        this.#inTurn(() => {
          if (socket.destroyed) return;
          letGo();
          socket.off('close', letGo);
          begin.call(server, socket);
        }),
      );
    });
    return () => {
      for (const socket of held) socket.destroy();
    };
  }

  #inTurn(begin: () => void): void {
    this.#queue.push(begin);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => this.#round());
  }

  #round(): void {
    const since = performance.now();
    const most = Math.min(MOST_A_ROUND, Math.max(1, Math.floor(MS_A_ROUND / this.#each)));
    const some = this.#queue.splice(0, most);
    for (const begin of some) begin();
    // Node reads a hello that is there in the next tick, before this one.
    process.nextTick(() => {
      this.#each = (performance.now() - since) / some.length;
      this.#scheduled = false;
      this.#schedule();
    });
  }
}

/** Tells when a whole ClientHello can be read from the socket, or something that is none: TLS will say what is wrong. */
function collectHello(socket: Socket, tell: () => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const end = () => socket.destroy();
  const onReadable = () => {
    for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    }
    if (bytes.length === 0 || clientHello(bytes) === 'part') return;
    socket.off('readable', onReadable).off('end', end);
    socket.unshift(bytes);
    tell();
  };
  // Gone before it has said anything.
  socket.once('end', end);
  socket.on('readable', onReadable);
}

function ignore(): void {}
