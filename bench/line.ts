import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectFrame, readingTemplate, stamp, type Template } from './frames.ts';
import type { Histogram } from './histogram.ts';

const NOTHING = Buffer.alloc(0);

export type LineOptions = {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly devices: readonly string[];
  /** TLS with this authority, and the secret of the device that the client id is. */
  readonly ca?: string;
  readonly secret?: string;
};

/**
 * One MQTT 3.1.1 connection on a bare socket, publishing for its devices in turn. At QoS 1 a broker sends
 * such a client nothing but CONNACK and PUBACK, each four bytes long, so reading them is counting to four.
 */
export class Line {
  sent = 0;
  acked = 0;
  inFlight = 0;
  readonly #options: LineOptions;
  readonly #templates: Record<0 | 1, Template[]>;
  readonly #lastTs: number[];
  readonly #sentAt = new Float64Array(65536);
  #socket: Socket | null = null;
  #packetId = 0;
  #turn = 0;
  #partial: Buffer = Buffer.alloc(0);
  #latencies: Histogram | null = null;
  #onAck: (freed: number) => void = () => {};
  #onLoss: (why: string) => void = () => {};

  constructor(options: LineOptions) {
    this.#options = options;
    this.#templates = {
      0: options.devices.map((d) => readingTemplate(d, 0)),
      1: options.devices.map((d) => readingTemplate(d, 1)),
    };
    this.#lastTs = options.devices.map(() => 0);
  }

  /** Connects; resolves when the broker has said yes. */
  open(onLoss: (why: string) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const { host, port, clientId, ca, secret } = this.#options;
      // One buffer for all that comes: beside ours, the broker's costs are to be seen.
      const onread = {
        buffer: Buffer.allocUnsafe(4096),
        callback: (n: number, bytes: Uint8Array) => {
          hear(Buffer.from(bytes.buffer, bytes.byteOffset, n));
          return true;
        },
      };
      const tcp = { host, port, noDelay: true, onread };
      const socket = ca === undefined ? connect(tcp) : connectTls({ ...tcp, ca, servername: 'localhost' });
      this.#socket = socket;
      this.#onLoss = reject;
      let greeted = false;
      socket.on(ca === undefined ? 'connect' : 'secureConnect', () =>
        socket.write(
          secret === undefined ? connectFrame(clientId) : connectFrame(clientId, clientId, secret),
        ),
      );
      socket.on('error', (e) => this.#onLoss(e.message));
      socket.on('close', () => this.#onLoss('closed by the broker'));
      const hear = (chunk: Buffer): void => {
        const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
        let at = 0;
        let acks = 0;
        const now = performance.now();
        for (; at + 4 <= bytes.length; at += 4) {
          const kind = bytes[at];
          if (kind === 0x40) {
            acks++;
            this.#latencies?.add(now - (this.#sentAt[bytes.readUInt16BE(at + 2)] ?? now));
          } else if (kind === 0x20 && bytes[at + 3] === 0 && !greeted) {
            greeted = true;
            this.#onLoss = onLoss;
            resolve();
          } else {
            this.#onLoss(`unexpected bytes ${bytes.subarray(at, at + 4).toString('hex')}`);
            return;
          }
        }
        this.#partial = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
        if (acks > 0) {
          this.acked += acks;
          this.inFlight -= acks;
          this.#onAck(acks);
        }
      };
    });
  }

  /** From now on: where acknowledgement times go, and who is told that places became free. */
  watch(latencies: Histogram | null, onAck: (freed: number) => void): void {
    this.#latencies = latencies;
    this.#onAck = onAck;
  }

  /** Publishes `n` readings in one write. */
  publish(n: number, qos: 0 | 1): void {
    const templates = this.#templates[qos];
    const size = templates.reduce((most, t) => Math.max(most, t.bytes.length), 0);
    const out = Buffer.allocUnsafe(n * size);
    const now = Date.now();
    const sentAt = performance.now();
    let end = 0;
    for (let i = 0; i < n; i++) {
      const device = this.#turn;
      this.#turn = (this.#turn + 1) % templates.length;
      const template = templates[device];
      if (template === undefined) throw new Error('a line needs at least one device');
      // Two readings of a device never share an instant: they would be one reading sent twice.
      const ts = Math.max(now, (this.#lastTs[device] ?? 0) + 1);
      this.#lastTs[device] = ts;
      this.#packetId = this.#packetId === 65535 ? 1 : this.#packetId + 1;
      if (qos === 1) this.#sentAt[this.#packetId] = sentAt;
      end = stamp(template, out, end, this.#packetId, ts);
    }
    this.sent += n;
    if (qos === 1) this.inFlight += n;
    this.#socket?.write(out.subarray(0, end));
  }

  close(): void {
    this.#onLoss = () => {};
    this.#socket?.end(Buffer.from([0xe0, 0x00]));
    this.#socket?.destroySoon();
  }
}
