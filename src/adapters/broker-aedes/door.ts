import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import type { Meters } from '../../flow/meters.ts';
import type { Address, Offence, TlsMaterial } from '../../flow/ports/broker.ts';
import { type Connect, isConnect, packetLength, type Refusal, readConnect } from './connect-packet.ts';
import type { Limits } from './limits.ts';
import type { QuietLog } from './quiet-log.ts';
import { Turnstile } from './turnstile.ts';
import { WaitingRoom } from './waiting-room.ts';

/** A refused client gets this long to read its CONNACK. */
const LINGER = 1_000;
/** A peer that is gone without a word is noticed by TCP after this long. */
const TCP_KEEP_ALIVE = 60_000;

/** A client before the door, with a CONNECT that holds water. Its bytes are still unread in the socket. */
export type Knock = {
  readonly socket: Socket;
  readonly address: string;
  readonly connect: Connect;
  /** Common name of its certificate, which our authority has signed; `null`: none was asked for. */
  readonly certificate: string | null;
};

/** Lets the handshakes of a TLS listener take turns with everything else; tells of connections that never began one. */
export type PaceHandshakes = (server: TlsServer, late: (socket: Socket) => void) => unknown;

/**
 * Everything between the first TCP packet and aedes: how many, how fast, how large, how slow. aedes itself
 * buffers 200 MiB from a client that has not even said its name, so nobody reaches it without a whole,
 * small, well-formed CONNECT.
 */
export class Door {
  readonly #limits: Limits;
  readonly #meters: Meters;
  readonly #log: QuietLog;
  readonly #offended: (o: Offence) => void;
  /** Answers when the client is in (`null`), or why not. Looks at the socket again after every wait. */
  readonly #letIn: (knock: Knock) => Promise<Refusal | null>;
  readonly #turnstile: Turnstile;
  readonly #server: Server;
  readonly #asksCertificate: boolean;
  readonly #tlsServer: TlsServer | null;
  readonly #waiting: WaitingRoom<Socket>;
  readonly #open = new Set<Socket>();
  /** TCP connections whose TLS has not come about yet, by the peer's address and port. */
  readonly #shaking = new Map<string, Socket>();
  #connections = 0;

  constructor(o: {
    limits: Limits;
    meters: Meters;
    log: QuietLog;
    offended: (o: Offence) => void;
    /** Of the listener for TLS; `null`: there is none. */
    tls: TlsMaterial | null;
    pace: PaceHandshakes;
    letIn: (knock: Knock) => Promise<Refusal | null>;
  }) {
    this.#limits = o.limits;
    this.#meters = o.meters;
    this.#log = o.log;
    this.#offended = o.offended;
    this.#letIn = o.letIn;
    this.#turnstile = new Turnstile(o.limits);
    this.#waiting = new WaitingRoom(o.limits.waiting);
    const tcp = { noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE };
    this.#server = createServer(tcp, (socket) => {
      if (this.#arrive(socket)) this.#hear(socket, addressOf(socket), null);
    });
    this.#asksCertificate = o.tls?.ca != null;
    this.#tlsServer = o.tls === null ? null : this.#createTls(o.tls, tcp, o.pace);
    for (const server of [this.#server, this.#tlsServer]) {
      if (server === null) continue;
      server.maxConnections = o.limits.connections;
      server.on('drop', (peer) => {
        const why = `all ${o.limits.connections} connections are in use`;
        this.#refused(peer?.remoteAddress ?? 'unknown', 'full', why);
      });
    }
  }

  #createTls(tls: TlsMaterial, tcp: object, pace: PaceHandshakes): TlsServer {
    const server = createTlsServer({
      ...tcp,
      ...secrets(tls),
      minVersion: 'TLSv1.2',
      handshakeTimeout: this.#limits.connectWithin,
      // Mutual: without a certificate of our authority nobody gets as far as a CONNECT.
      requestCert: this.#asksCertificate,
      rejectUnauthorized: this.#asksCertificate,
    });
    pace(server, (socket) => this.#refused(addressOf(socket), 'tls', 'it never began TLS'));
    server.on('connection', (socket) => {
      if (!this.#arrive(socket)) return;
      const peer = peerOf(socket);
      this.#shaking.set(peer, socket);
      socket.once('close', () => {
        if (this.#shaking.get(peer) === socket) this.#shaking.delete(peer);
      });
    });
    server.on('secureConnection', (socket) => {
      const address = addressOf(socket);
      // From here on the socket within TLS stands for both: it sends last words, and they end together.
      const below = this.#shaking.get(peerOf(socket));
      this.#shaking.delete(peerOf(socket));
      if (below !== undefined) {
        this.#open.delete(below);
        this.#waiting.leave(below, address);
      }
      const certificate = this.#asksCertificate ? commonName(socket) : null;
      socket.on('error', ignore);
      if (this.#asksCertificate && certificate === null) {
        this.#refused(address, 'certificate', 'its certificate has not exactly one common name');
        socket.destroy();
        return;
      }
      this.#makeRoom(socket, address);
      this.#hear(socket, address, certificate);
    });
    server.on('tlsClientError', (error, socket) => {
      // Whose certificate is not good is cut off by Node, which then says that the client has gone.
      const code = String(
        socket.authorizationError ?? (error as NodeJS.ErrnoException).code ?? error.message,
      );
      // Not by us, but by a client that has gone or that does not trust our certificate.
      if (code === 'ECONNRESET') this.#meters.count('mqtt_refused_total{why="tls-broken-off"}');
      else {
        const why = `no TLS came about (${code}); TLS 1.2 or 1.3${this.#asksCertificate ? ' with a certificate of our authority' : ''} would be right`;
        this.#refused(addressOf(carrierOf(socket)), 'tls', why);
      }
      socket.destroy();
    });
    return server;
  }

  /** New certificates, for connections from now on. @throws when they are none; the old ones stay then */
  renew(tls: TlsMaterial): void {
    this.#tlsServer?.setSecureContext(secrets(tls));
  }

  async listen(host: string, port: number): Promise<Address> {
    return listen(this.#server, host, port, this.#log);
  }

  async listenTls(host: string, port: number): Promise<Address> {
    if (this.#tlsServer === null) throw new Error('a listener for TLS needs a certificate');
    return listen(this.#tlsServer, host, port, this.#log);
  }

  /** No new connections, and whoever has not come through yet goes. */
  shut(): void {
    this.#server.close();
    this.#tlsServer?.close();
    for (const socket of this.#waiting.all) socket.destroy();
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

  /** A TCP connection, TLS or not. @returns false when it is refused */
  #arrive(socket: Socket): boolean {
    socket.on('error', ignore);
    const address = addressOf(socket);
    const why = this.#turnstile.enter(address);
    if (why !== null) {
      this.#refused(address, why, 'it opens too many connections, or too many at once');
      socket.destroy();
      return false;
    }
    this.#open.add(socket);
    this.#meters.set('mqtt_connections', ++this.#connections);
    socket.once('close', () => {
      this.#waiting.leave(socket, address);
      this.#open.delete(socket);
      this.#turnstile.leave(address);
      this.#meters.set('mqtt_connections', --this.#connections);
    });
    this.#makeRoom(socket, address);
    return !socket.destroyed;
  }

  /** It waits for its CONNECT now; if that is one too many, somebody goes. */
  #makeRoom(socket: Socket, address: string): void {
    const tooMany = this.#waiting.enter(socket, address);
    if (tooMany === null) return;
    this.#refused(tooMany.address, 'waiting', 'too many connections wait without a CONNECT');
    this.#waiting.leave(tooMany.waiter, tooMany.address);
    tooMany.waiter.destroy();
  }

  /** Waits for the CONNECT, and asks whether it may come in. */
  #hear(socket: Socket, address: string, certificate: string | null): void {
    this.#open.add(socket);
    const late = setTimeout(() => {
      this.#refused(address, 'late', `no CONNECT was complete within ${this.#limits.connectWithin} ms`);
      socket.destroy();
    }, this.#limits.connectWithin);
    socket.once('close', () => {
      clearTimeout(late);
      this.#waiting.leave(socket, address);
      this.#open.delete(socket);
    });
    let by: string | null = certificate;
    const settle = (answer: Refusal | null) => {
      clearTimeout(late);
      if (answer === null) return;
      this.#refused(address, answer.code, answer.why, by);
      if (answer.returnCode === null) socket.destroy();
      else goodbye(socket, answer.returnCode);
    };
    collectConnect(socket, this.#limits.connectBytes, (packet) => {
      this.#waiting.leave(socket, address);
      const read = packet.ok ? readConnect(packet.bytes, this.#limits.clientIdChars) : packet;
      if (!read.ok) return settle(read.error);
      by = strangersName(read.value.username) ?? certificate;
      this.#letIn({ socket, address, connect: read.value, certificate }).then(settle, (e: unknown) => {
        settle({ returnCode: 3, code: 'gate-failed', why: `the gate could not answer: ${String(e)}` });
      });
    });
  }

  #refused(address: string, code: string, why: string, by: string | null = null): void {
    this.#meters.count(`mqtt_refused_total{why="${code}"}`);
    this.#offended({ by, address, code, why });
    this.#log.warn(address, code, `an MQTT client was refused: ${why}`, { code });
  }
}

async function listen(server: Server, host: string, port: number, log: QuietLog): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', (e) => log.warn(host, 'listen', 'the MQTT port has an error', { error: String(e) }));
      resolve();
    });
  });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error(`MQTT listens on ${at}, which is no port`);
  return { host: at.address, port: at.port };
}

/** What somebody calls himself before he has shown a key: never to be read as one of those who have. */
const strangersName = (username: string | null): string | null =>
  username !== null && /^(device|system) /.test(username) ? JSON.stringify(username) : username;

const addressOf = (socket: Socket): string => socket.remoteAddress ?? 'unknown';

/** Node has closed the socket within TLS by then, which forgets where it came from; the one that carried it does not. */
const carrierOf = (socket: TLSSocket): Socket => (socket as { readonly _parent?: Socket })._parent ?? socket;

const peerOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;

const secrets = ({ cert, key, ca }: TlsMaterial) => ({ cert, key, ...(ca === null ? {} : { ca }) });

/** Of several common names none counts: whose it would be is a matter of taste. */
function commonName(socket: TLSSocket): string | null {
  const name: unknown = socket.authorized ? socket.getPeerCertificate().subject?.CN : null;
  return typeof name === 'string' && name !== '' ? name : null;
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
