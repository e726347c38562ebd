import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type Packet as MqttPacket, parser } from 'mqtt-packet';
import { BrokerAedes, type BrokerAedesOptions } from '../../../src/adapters/broker-aedes/index.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Duration, Millis } from '../../../src/domain/time.ts';
import type { Admission, Intake, Packet } from '../../../src/flow/ports/broker.ts';
import type { Clock } from '../../../src/flow/ports/clock.ts';
import type { Log, LogFields } from '../../../src/flow/ports/log.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';

/** A clock that only says what it was told. */
export class SetClock implements Clock {
  at: Millis = 1_764_547_200_000;
  now(): Millis {
    return this.at;
  }
  every(_period: Duration, _tell: () => void): () => void {
    return () => {};
  }
  after(_delay: Duration, _tell: () => void): () => void {
    return () => {};
  }
}

/** A program log that keeps its lines. */
export class KeptLog implements Log {
  readonly lines: { level: 'info' | 'warn' | 'error'; msg: string; fields: LogFields }[] = [];
  info(msg: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', msg, fields });
  }
  warn(msg: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', msg, fields });
  }
  error(msg: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', msg, fields });
  }
  text(): string {
    return this.lines.map((l) => `${l.level} ${l.msg} ${JSON.stringify(l.fields)}`).join('\n');
  }
}

type Outcome = 'kept' | 'dropped' | 'failed';

/** An intake whose packets lie open, released at once or when the test says so. */
export class OpenIntake {
  readonly taken: (Packet & { text: string; release: (outcome?: Outcome) => void })[] = [];
  releaseAtOnce: Outcome | null = 'kept';
  #waiting: { n: number; tell: () => void }[] = [];

  readonly intake: Intake = (packet, release) => {
    const text = Buffer.from(packet.payload).toString();
    this.taken.push({ ...packet, text, release: (outcome = 'kept') => release(outcome, []) });
    if (this.releaseAtOnce !== null) release(this.releaseAtOnce, []);
    this.#waiting = this.#waiting.filter((w) => {
      if (this.taken.length < w.n) return true;
      w.tell();
      return false;
    });
  };

  /** Resolves when it has been given `n` packets in all. */
  async has(n: number): Promise<void> {
    if (this.taken.length >= n) return;
    await new Promise<void>((tell) => this.#waiting.push({ n, tell }));
  }

  texts(): string[] {
    return this.taken.map((p) => p.text);
  }
}

export type Bench = {
  readonly broker: BrokerAedes;
  readonly port: number;
  /** Of the listener for TLS; `null`: none was asked for. */
  readonly tlsPort: number | null;
  readonly intake: OpenIntake;
  readonly meters: Meters;
  readonly log: KeptLog;
  readonly clock: SetClock;
};

/**
 * A gate for tests: user name = a device's code, password "secret"; `system` is let in as a system; without
 * a user name a client is anonymous.
 */
export async function testGate(who: {
  username: string | null;
  password: Uint8Array | null;
}): Promise<Admission> {
  if (who.username === null) return { as: 'anonymous' };
  if (Buffer.from(who.password ?? []).toString() !== 'secret')
    return { as: 'refused', why: 'wrong password' };
  return who.username === 'system' ? { as: 'system' } : { as: 'device', device: as.device(who.username) };
}

/** Starts a broker on a free loopback port; `stops` is where its stop is registered. */
export async function startBroker(
  stops: (() => Promise<unknown> | unknown)[],
  options: Partial<BrokerAedesOptions> = {},
): Promise<Bench> {
  const intake = new OpenIntake();
  const meters = new Meters();
  const log = new KeptLog();
  const clock = new SetClock();
  const broker = new BrokerAedes({
    host: '127.0.0.1',
    port: 0,
    intake: intake.intake,
    gate: testGate,
    clock,
    meters,
    log,
    ...options,
  });
  const { port, tls } = await broker.start();
  stops.push(() => broker.stop());
  return { broker, port, tlsPort: tls?.port ?? null, intake, meters, log, clock };
}

/** Waits for something that happens in this process and says so to nobody. */
export async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export const telemetry = (device: string, lifeline = 'gas'): string =>
  `lifeline/v1/${lifeline}/${device}/telemetry`;
export const status = (device: string): string => `lifeline/v1/gas/${device}/status`;

type ConnectOptions = {
  clientId?: string;
  clean?: boolean;
  keepalive?: number;
  username?: string;
  password?: string;
  will?: { topic: string; payload: string; qos?: 0 | 1 | 2; retain?: boolean };
  /** The address that it dials from. */
  from?: string;
  /** Let go on close; default is to read on its own. */
  frozen?: boolean;
};

/** A client that sends and sees single packets, right or wrong. */
export class RawClient {
  readonly socket: Socket;
  readonly got: MqttPacket[] = [];
  readonly #parser = parser({ protocolVersion: 4 });
  #waiting: (() => void)[] = [];
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#parser.on('packet', (packet: MqttPacket) => {
      this.got.push(packet);
      this.#wake();
    });
    socket.on('data', (chunk) => this.#parser.parse(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  /** A TCP connection, and nothing sent. */
  static async dial(port: number, from = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Dials and says CONNECT; the CONNACK is the first packet got. */
  static async connect(port: number, o: ConnectOptions = {}): Promise<RawClient> {
    const client = await RawClient.dial(port, o.from);
    client.hello(o);
    await client.next('connack');
    return client;
  }

  hello(o: ConnectOptions = {}): void {
    const { clientId = '', clean = true, keepalive = 60, username, password, will } = o;
    this.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId,
      clean,
      keepalive,
      ...(username === undefined ? {} : { username, password: Buffer.from(password ?? 'secret') }),
      ...(will === undefined
        ? {}
        : {
            will: {
              topic: will.topic,
              payload: Buffer.from(will.payload),
              qos: will.qos ?? 0,
              retain: will.retain ?? false,
            },
          }),
    });
  }

  send(packet: MqttPacket | Uint8Array): void {
    this.socket.write(packet instanceof Uint8Array ? packet : generate(packet));
  }

  publish(
    topic: string,
    payload: string,
    qos: 0 | 1 | 2,
    messageId?: number,
    more: { dup?: boolean; retain?: boolean } = {},
  ): void {
    this.send({
      cmd: 'publish',
      topic,
      payload,
      qos,
      dup: more.dup ?? false,
      retain: more.retain ?? false,
      ...(messageId === undefined ? {} : { messageId }),
    });
  }

  async subscribe(topic: string, qos: 0 | 1 | 2 = 0, messageId = 60_000): Promise<number> {
    this.send({ cmd: 'subscribe', messageId, subscriptions: [{ topic, qos }] });
    const suback = await this.next('suback');
    return (suback.granted as number[])[0] as number;
  }

  /**
   * What is retained under a filter. A PINGRESP would not tell: aedes sends what is retained one by one, a turn for
   * each, and answers a PING meanwhile. But it keeps to the order of the filters of one SUBSCRIBE.
   *
   * @param last a topic that something is retained under, and that `filter` does not match
   */
  async retained(filter: string, last: string): Promise<Extract<MqttPacket, { cmd: 'publish' }>[]> {
    const subscriptions = [filter, last].map((topic) => ({ topic, qos: 1 as const }));
    this.send({ cmd: 'subscribe', messageId: 59_999, subscriptions });
    const found = [];
    for (;;) {
      const packet = await this.next('publish');
      if (packet.topic === last) return found;
      found.push(packet);
    }
  }

  /** The next packet of this kind that nobody has asked for yet; throws when the connection ends first. */
  async next<C extends MqttPacket['cmd']>(cmd: C): Promise<Extract<MqttPacket, { cmd: C }>> {
    for (;;) {
      const i = this.got.findIndex((p) => p.cmd === cmd);
      if (i >= 0) return this.got.splice(i, 1)[0] as Extract<MqttPacket, { cmd: C }>;
      if (this.closed) throw new Error(`the connection ended before a ${cmd} came`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async ended(): Promise<void> {
    while (!this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Gone without DISCONNECT. */
  drop(): void {
    this.socket.destroy();
  }

  disconnect(): void {
    this.socket.end(generate({ cmd: 'disconnect' }));
  }

  /**
   * Everything sent so far has been read, and answered where the answer waits for nothing: a PING has come back. Says
   * nothing of retained messages: see `retained`.
   */
  async pinged(): Promise<void> {
    this.send({ cmd: 'pingreq' });
    await this.next('pingresp');
  }

  #wake(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

/** A PUBLISH whose topic a well-behaved library would not send. */
export function rawPublish(
  topic: string | Uint8Array,
  payload: string,
  qos: 0 | 1 = 0,
  messageId = 1,
): Buffer {
  const t = Buffer.from(topic);
  const body = Buffer.concat([
    Buffer.of(t.length >> 8, t.length & 255),
    t,
    qos === 0 ? Buffer.alloc(0) : Buffer.of(messageId >> 8, messageId & 255),
    Buffer.from(payload),
  ]);
  return Buffer.concat([Buffer.of(0x30 | (qos << 1)), varint(body.length), body]);
}

/** A CONNECT from its parts, however wrong. */
export function rawConnect(o: {
  protocol?: string;
  level?: number;
  flags?: number;
  fields: readonly (string | Uint8Array)[];
  tail?: Uint8Array;
}): Buffer {
  const field = (x: string | Uint8Array): Buffer => {
    const b = Buffer.from(x);
    return Buffer.concat([Buffer.of(b.length >> 8, b.length & 255), b]);
  };
  const body = Buffer.concat([
    field(o.protocol ?? 'MQTT'),
    Buffer.of(o.level ?? 4, o.flags ?? 2, 0, 60),
    ...o.fields.map(field),
    o.tail ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([Buffer.of(0x10), varint(body.length), body]);
}

export function varint(n: number): Buffer {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(n / 128);
    bytes.push((n % 128) | (rest > 0 ? 0x80 : 0));
    n = rest;
  } while (n > 0);
  return Buffer.from(bytes);
}
