import { createServer, type Server, type Socket } from 'node:net';
import type { Meters } from '../../flow/meters.ts';
import { type Connect, isConnect, packetLength, type Refusal, readConnect } from './connect-packet.ts';
import type { Limits } from './limits.ts';
import type { QuietLog } from './quiet-log.ts';
import { Turnstile } from './turnstile.ts';

/** A refused client gets this long to read its CONNACK. */
const LINGER = 1_000;
/** A peer that is gone without a word is noticed by TCP after this long. */
const TCP_KEEP_ALIVE = 60_000;

/** A client before the door, with a CONNECT that holds water. Its bytes are still unread in the socket. */
export type Knock = { readonly socket: Socket; readonly address: string; readonly connect: Connect };

/**
 * Everything between the first TCP packet and aedes: how many, how fast, how large, how slow. aedes itself
 * buffers 200 MiB from a client that has not even said its name, so nobody reaches it without a whole,
 * small, well-formed CONNECT.
 */
export class Door {
  readonly #limits: Limits;
  readonly #meters: Meters;
  readonly #log: QuietLog;
  /** Answers when the client is in (`null`), or why not. Looks at the socket again after every wait. */
  readonly #letIn: (knock: Knock) => Promise<Refusal | null>;
  readonly #turnstile: Turnstile;
  readonly #server: Server;
  /** Sockets that have not sent a whole CONNECT yet, the longest waiting first. */
  readonly #waiting = new Set<Socket>();
  readonly #open = new Set<Socket>();

  constructor(o: {
    limits: Limits;
    meters: Meters;
    log: QuietLog;
    letIn: (knock: Knock) => Promise<Refusal | null>;
  }) {
    this.#limits = o.limits;
    this.#meters = o.meters;
    this.#log = o.log;
    this.#letIn = o.letIn;
    this.#turnstile = new Turnstile(o.limits);
    this.#server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE },
      (socket) => this.#arrive(socket),
    );
    this.#server.maxConnections = o.limits.connections;
    this.#server.on('drop', (peer) => {
      this.#refused(
        peer?.remoteAddress ?? 'unknown',
        'full',
        `all ${o.limits.connections} connections are in use`,
      );
    });
  }

  async listen(host: string, port: number): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (e) =>
          this.#log.warn(host, 'listen', 'the MQTT port has an error', { error: String(e) }),
        );
        resolve();
      });
    });
    const at = this.#server.address();
    if (at === null || typeof at === 'string') throw new Error(`MQTT listens on ${at}, which is no port`);
    return { host: at.address, port: at.port };
  }

  /** No new connections, and whoever has not come through yet goes. */
  shut(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }

  /** Sends what is still to be sent, and ends every connection within `within` milliseconds. */
  async clear(within: number): Promise<void> {
    const gone = [...this.#open].map((s) => new Promise<void>((resolve) => s.once('close', () => resolve())));
    for (const socket of this.#open) socket.destroySoon();
    const late = setTimeout(() => {
      for (const socket of this.#open) socket.destroy();
    }, within);
    await Promise.all(gone);
    clearTimeout(late);
  }

  #arrive(socket: Socket): void {
    socket.on('error', ignore);
    const address = socket.remoteAddress ?? 'unknown';
    const why = this.#turnstile.enter(address);
    if (why !== null) {
      this.#refused(address, why, 'it opens too many connections, or too many at once');
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    this.#waiting.add(socket);
    this.#meters.set('mqtt_connections', this.#open.size);
    const late = setTimeout(() => {
      this.#refused(address, 'late', `no CONNECT was complete within ${this.#limits.connectWithin} ms`);
      socket.destroy();
    }, this.#limits.connectWithin);
    socket.once('close', () => {
      clearTimeout(late);
      this.#waiting.delete(socket);
      this.#open.delete(socket);
      this.#turnstile.leave(address);
      this.#meters.set('mqtt_connections', this.#open.size);
    });
    if (this.#waiting.size > this.#limits.waiting) {
      const [longest] = this.#waiting;
      this.#refused(
        longest?.remoteAddress ?? 'unknown',
        'waiting',
        'too many connections wait without a CONNECT',
      );
      longest?.destroy();
    }

    const settle = (answer: Refusal | null) => {
      clearTimeout(late);
      if (answer === null) return;
      this.#refused(address, answer.code, answer.why);
      if (answer.returnCode === null) socket.destroy();
      else goodbye(socket, answer.returnCode);
    };
    collectConnect(socket, this.#limits.connectBytes, (packet) => {
      this.#waiting.delete(socket);
      const read = packet.ok ? readConnect(packet.bytes, this.#limits.clientIdChars) : packet;
      if (!read.ok) return settle(read.error);
      this.#letIn({ socket, address, connect: read.value }).then(settle, (e: unknown) => {
        settle({ returnCode: 3, code: 'gate-failed', why: `the gate could not answer: ${String(e)}` });
      });
    });
  }

  #refused(address: string, code: string, why: string): void {
    this.#meters.count(`mqtt_refused_total{why="${code}"}`);
    this.#log.warn(address, code, `an MQTT client was refused: ${why}`, { code });
  }
}

type Collected =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly error: Refusal };

/** Reads until one whole packet has come, and puts everything back for aedes to read. */
function collectConnect(socket: Socket, most: number, tell: (packet: Collected) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let length = 0;
  const end = (packet: Collected) => {
    socket.off('readable', onReadable);
    tell(packet);
  };
  const refuse = (code: string, why: string) => end({ ok: false, error: { returnCode: null, code, why } });
  const onReadable = () => {
    for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
      chunks.push(chunk);
      size += chunk.length;
      if (length === 0) {
        const head = chunks.length === 1 ? chunk : Buffer.concat(chunks);
        if (!isConnect(head[0] as number)) return refuse('not-mqtt', 'its first packet is no CONNECT');
        const l = packetLength(head);
        if (l === 'malformed')
          return refuse('malformed-connect', 'the length of its first packet is malformed');
        if (l > most)
          return refuse('connect-too-large', `its CONNECT has ${l} bytes; at most ${most} are allowed`);
        length = l;
      }
      if (length > 0 && size >= length) {
        const all = chunks.length === 1 ? chunk : Buffer.concat(chunks);
        chunks = [];
        socket.unshift(all);
        return end({ ok: true, bytes: all.subarray(0, length) });
      }
    }
  };
  socket.on('readable', onReadable);
}

/** CONNACK with a return code, then the end ([MQTT-3.2.2-5]); what the client still sends is thrown away. */
function goodbye(socket: Socket, returnCode: number): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.end(Buffer.of(0x20, 0x02, 0x00, returnCode));
  const late = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(late));
}

function ignore(): void {}
