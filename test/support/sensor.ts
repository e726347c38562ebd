import { connect, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';

type Sent = { readonly id: number; readonly topic: string; readonly payload: string; readonly tag: unknown };

/**
 * A sensor as the field has them: QoS 1, a window of messages in flight, and everything that was not
 * acknowledged is sent again, in order, after the link is back. Persistent session.
 */
export class Sensor {
  readonly clientId: string;
  readonly acked: unknown[] = [];
  readonly #window: number;
  readonly #port: () => number;
  #inFlight: Sent[] = [];
  #waiting: { topic: string; payload: string; tag: unknown }[] = [];
  #socket: Socket | null = null;
  #connected = false;
  #nextId = 1;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(clientId: string, port: () => number, window = 20) {
    this.clientId = clientId;
    this.#port = port;
    this.#window = window;
    this.#connect();
  }

  get backlog(): number {
    return this.#inFlight.length + this.#waiting.length;
  }

  publish(topic: string, payload: string, tag: unknown): void {
    this.#waiting.push({ topic, payload, tag });
    this.#send();
  }

  /** Everything published so far has been acknowledged. */
  async settled(): Promise<void> {
    if (this.backlog === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#closed) return;
    const socket = connect(this.#port(), '127.0.0.1');
    socket.setNoDelay(true);
    this.#socket = socket;
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on('packet', (p: Packet) => this.#receive(p));
    socket.on('connect', () =>
      this.#write({
        cmd: 'connect',
        clientId: this.clientId,
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: false,
        keepalive: 60,
      } as Packet),
    );
    socket.on('data', (d) => parser.parse(d));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#connected = false;
      if (!this.#closed) setTimeout(() => this.#connect(), 50);
    });
  }

  #receive(p: Packet): void {
    if (p.cmd === 'connack') {
      this.#connected = true;
      for (const m of this.#inFlight) this.#write(this.#packet(m, true));
      this.#send();
    }
    if (p.cmd !== 'puback') return;
    const at = this.#inFlight.findIndex((m) => m.id === p.messageId);
    if (at < 0) return;
    const [done] = this.#inFlight.splice(at, 1);
    this.acked.push(done?.tag);
    this.#send();
    if (this.backlog === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  #send(): void {
    while (this.#connected && this.#inFlight.length < this.#window) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const m: Sent = { id: this.#nextId, ...next };
      this.#nextId = (this.#nextId % 65_000) + 1;
      this.#inFlight.push(m);
      this.#write(this.#packet(m, false));
    }
  }

  #packet(m: Sent, dup: boolean): Packet {
    return {
      cmd: 'publish',
      qos: 1,
      dup,
      retain: false,
      messageId: m.id,
      topic: m.topic,
      payload: m.payload,
    } as Packet;
  }

  #write(p: Packet): void {
    this.#socket?.write(mqttPacket.generate(p));
  }
}
