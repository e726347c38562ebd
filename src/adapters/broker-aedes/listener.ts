import { createServer, type Server } from 'node:net';
import type { Address, Offence, TlsMaterial } from '../../flow/ports/broker.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import type { TlsHears, TlsListener, TlsSetup } from '../../flow/ports/tls-listener.ts';
import { nameToShow } from '../../wire/mqtt/token.ts';
import { type Connect, type ConnectRefusal, isConnect, packetLength, readConnect } from './connect-packet.ts';
import { ConnectionRate } from './connection-rate.ts';
import type { Limits } from './limits.ts';
import type { Conn } from './link.ts';
import { whyNoTls } from './no-tls.ts';
import { PendingConnects } from './pending-connects.ts';
import type { QuietLog } from './quiet-log.ts';

/** A refused client gets this long to read its CONNACK. */
const LINGER = 1_000;
/** A peer that is gone without a word is noticed by TCP after this long. */
const TCP_KEEP_ALIVE = 60_000;

/** A client before the door, with a CONNECT that holds water. Its bytes are still unread in the socket. */
export type ConnectRequest = {
  readonly socket: Conn;
  readonly address: string;
  readonly connect: Connect;
  /** What has come behind the CONNECT ([MQTT-3.1.4-5] lets it); unread in the socket too. */
  readonly early: Uint8Array;
  readonly connectBytes: number;
  /** Common name of its certificate, which our authority has signed; `null`: none was asked for. */
  readonly certificate: string | null;
};

/** Opens the listener whose TLS is ended before the door. @throws when the material is none */
export type OpenTls = (o: TlsSetup & { readonly hears: TlsHears<Conn> }) => TlsListener;

/**
 * Everything between the first TCP packet and aedes: how many, how fast, how large, how slow. aedes itself
 * buffers 200 MiB from a client that has not even said its name, so nobody reaches it without a whole,
 * small, well-formed CONNECT.
 */
export class Listener {
  readonly #limits: Limits;
  readonly #meters: Meters;
  readonly #log: QuietLog;
  readonly #offended: (o: Offence) => void;
  /** Answers when the client is in (`null`), or why not. Looks at the socket again after every wait. */
  readonly #admit: (request: ConnectRequest) => Promise<ConnectRefusal | null>;
  readonly #rate: ConnectionRate;
  readonly #server: Server;
  readonly #tls: TlsListener | null;
  readonly #waiting: PendingConnects<Conn>;
  readonly #open = new Set<Conn>();
  #connections = 0;

  constructor(o: {
    limits: Limits;
    meters: Meters;
    log: QuietLog;
    offended: (o: Offence) => void;
    /** Of the listener for TLS; `null`: there is none. */
    tls: (TlsMaterial & { readonly open: OpenTls }) | null;
    admit: (request: ConnectRequest) => Promise<ConnectRefusal | null>;
  }) {
    this.#limits = o.limits;
    this.#meters = o.meters;
    this.#log = o.log;
    this.#offended = o.offended;
    this.#admit = o.admit;
    this.#rate = new ConnectionRate(o.limits);
    this.#waiting = new PendingConnects(o.limits.waiting);
    const tcp = { noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE };
    this.#server = createServer(tcp, (socket) => {
      if (this.#arrive(socket)) this.#awaitConnect(socket, addressOf(socket), null);
    });
    this.#server.maxConnections = o.limits.connections;
    this.#server.on('drop', (peer) => this.#full(peer?.remoteAddress ?? 'unknown'));
    this.#tls = o.tls === null ? null : this.#openTls(o.tls, o.tls.open);
  }

  #openTls({ cert, key, ca }: TlsMaterial, open: OpenTls): TlsListener {
    const asksCertificate = ca !== null;
    return open({
      material: { cert, key, ca },
      within: this.#limits.connectWithin,
      connections: this.#limits.connections,
      tcpKeepAlive: TCP_KEEP_ALIVE,
      hears: {
        arrived: (socket) => void this.#arrive(socket),
        secured: (socket, certificate) => {
          const address = addressOf(socket);
          if (asksCertificate && certificate === null) {
            this.#refused(address, 'certificate', 'its certificate has not exactly one common name');
            socket.destroy();
            return;
          }
          this.#awaitConnect(socket, address, certificate);
        },
        failed: (socket, code) => {
          // Not by us, but by a client that has gone or that does not trust our certificate.
          if (code === 'ECONNRESET') this.#meters.count('mqtt_refused_total{why="tls-broken-off"}');
          else this.#refused(addressOf(socket), 'tls', whyNoTls(code, asksCertificate));
        },
        late: (socket) => this.#refused(addressOf(socket), 'tls', 'it never began TLS'),
        full: (address) => this.#full(address),
        trouble: (why) => this.#log.warn('tls', 'listen', why, {}),
      },
    });
  }

  #full(address: string): void {
    this.#refused(address, 'full', `all ${this.#limits.connections} connections are in use`);
  }

  /** New certificates, for connections from now on. @throws when they are none; the old ones stay then */
  renew({ cert, key, ca }: TlsMaterial): void {
    this.#tls?.renew({ cert, key, ca });
  }

  async listen(host: string, port: number): Promise<Address> {
    return listen(this.#server, host, port, this.#log);
  }

  async listenTls(host: string, port: number): Promise<Address> {
    if (this.#tls === null) throw new Error('a listener for TLS needs a certificate');
    return this.#tls.listen(host, port);
  }

  /** No new connections, and whoever has not come through yet goes. */
  shut(): void {
    this.#server.close();
    this.#tls?.close();
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
    await this.#tls?.end();
  }

  /** A TCP connection, TLS or not. @returns false when it is refused */
  #arrive(socket: Conn): boolean {
    socket.on('error', ignore);
    const address = addressOf(socket);
    // With and without TLS together.
    if (this.#connections >= this.#limits.connections) {
      this.#full(address);
      socket.destroy();
      return false;
    }
    const why = this.#rate.enter(address);
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
      this.#rate.leave(address);
      this.#meters.set('mqtt_connections', --this.#connections);
    });
    this.#makeRoom(socket, address);
    return !socket.destroyed;
  }

  /** It waits for its CONNECT now; if that is one too many, somebody goes. */
  #makeRoom(socket: Conn, address: string): void {
    const tooMany = this.#waiting.enter(socket, address);
    if (tooMany === null) return;
    this.#refused(tooMany.address, 'waiting', 'too many connections wait without a CONNECT');
    this.#waiting.leave(tooMany.waiter, tooMany.address);
    tooMany.waiter.destroy();
  }

  /** Waits for the CONNECT, and asks whether it may come in. */
  #awaitConnect(socket: Conn, address: string, certificate: string | null): void {
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
    const settle = (answer: ConnectRefusal | null) => {
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
      by = claimedName(read.value.username) ?? certificate;
      const { bytes, early } = packet as Extract<Collected, { ok: true }>;
      const connectBytes = bytes.length;
      this.#admit({ socket, address, connect: read.value, early, connectBytes, certificate }).then(
        settle,
        (e: unknown) => {
          settle({ returnCode: 3, code: 'gate-failed', why: `the gate could not answer: ${String(e)}` });
        },
      );
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

/** What somebody calls themselves before they have shown a key: never to be read as one of those who have. */
const claimedName = (username: string | null): string | null =>
  username === null
    ? null
    : /^(device|system) /.test(username)
      ? JSON.stringify(username)
      : nameToShow(username);

const addressOf = (socket: Conn): string => socket.remoteAddress ?? 'unknown';

type Collected =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly early: Uint8Array }
  | { readonly ok: false; readonly error: ConnectRefusal };

/** Reads until one whole packet has come, and puts everything back for aedes to read. */
function collectConnect(socket: Conn, most: number, tell: (packet: Collected) => void): void {
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
        return end({ ok: true, bytes: all.subarray(0, length), early: all.subarray(length) });
      }
    }
  };
  socket.on('readable', onReadable);
}

/** CONNACK with a return code, then the end ([MQTT-3.2.2-5]); what the client still sends is thrown away. */
function goodbye(socket: Conn, returnCode: number): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.end(Buffer.of(0x20, 0x02, 0x00, returnCode));
  const late = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(late));
}

function ignore(): void {}
