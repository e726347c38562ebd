import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate, type IConnackPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { minutes, seconds } from '../../domain/time.ts';
import type { BrokerPlace } from './place.ts';

/** Packets that we have and have not acknowledged: then the broker waits, and keeps what comes meanwhile. */
const RECEIVE_MAXIMUM = 2_048;
const SESSION_SECONDS = 0xff_ff_ff_ff;
const KEEP_ALIVE_SECONDS = 30;
const CONNECT_WITHIN = seconds(10);
/** Silent for longer than a ping and its answer take: it is gone. */
const SILENT_AT_MOST = seconds(KEEP_ALIVE_SECONDS) + minutes(0.25);
/** [MQTT-3.2.2]: unsupported protocol version, of MQTT 5 and of 3.1.1. */
const OTHER_VERSION = new Set([0x84, 1]);

export type LineHeard = {
  readonly connected: (connack: IConnackPacket, version: 5 | 4) => void;
  readonly publish: (packet: IPublishPacket) => void;
  readonly answer: (packet: Packet) => void;
  /** Told once; nothing is heard afterwards. */
  readonly lost: (why: string) => void;
};

/** The broker speaks an older MQTT than we asked for. */
export const SPEAKS_OLDER = 'it speaks MQTT 3.1.1';

/** One connection to a broker as a client. */
export class BrokerLine {
  readonly #socket: Socket;
  readonly #version: 5 | 4;
  #hasEnded = false;
  readonly #heard: LineHeard;
  #ping: NodeJS.Timeout | null = null;

  constructor(place: BrokerPlace, given: { clientId: string; version: 5 | 4; heard: LineHeard }) {
    const { host, port } = place;
    this.#heard = given.heard;
    this.#version = given.version;
    const socket = place.tls
      ? connectTls({ host, port, servername: /[a-z]/i.test(host) ? host : '' })
      : connectPlain({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_WITHIN, () => this.#end('it does not answer'));
    socket.once(place.tls ? 'secureConnect' : 'connect', () => this.#hello(place, given.clientId));
    const read = parser({ protocolVersion: given.version });
    read.on('packet', (packet) => this.#packet(packet));
    read.on('error', (e) => this.#end(`it sends what is no MQTT: ${e.message}`));
    socket.on('data', (bytes) => {
      if (!this.#hasEnded) read.parse(bytes);
    });
    socket.on('error', (e: NodeJS.ErrnoException) => this.#end(e.code ?? e.message));
    socket.on('close', () => this.#end('it ended the connection'));
  }

  get version(): 5 | 4 {
    return this.#version;
  }

  /** In one write. */
  send(packets: readonly Packet[]): void {
    if (this.#hasEnded || packets.length === 0) return;
    this.#socket.write(Buffer.concat(packets.map((p) => generate(p, { protocolVersion: this.#version }))));
  }

  /** @param why of ours */
  close(why: string): void {
    this.send([{ cmd: 'disconnect' } as Packet]);
    this.#end(why);
  }

  #hello(place: BrokerPlace, clientId: string): void {
    const v5 = this.#version === 5;
    this.send([
      {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: this.#version,
        clientId,
        clean: false,
        keepalive: KEEP_ALIVE_SECONDS,
        ...(place.user === null ? {} : { username: place.user, password: Buffer.from(place.password) }),
        ...(v5
          ? { properties: { sessionExpiryInterval: SESSION_SECONDS, receiveMaximum: RECEIVE_MAXIMUM } }
          : {}),
      },
    ]);
  }

  #packet(packet: Packet): void {
    if (this.#hasEnded) return;
    if (packet.cmd === 'connack') {
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      if (code !== 0) {
        this.#end(OTHER_VERSION.has(code) ? SPEAKS_OLDER : refusal(code));
        return;
      }
      this.#socket.setTimeout(SILENT_AT_MOST, () => this.#end('it has been silent'));
      this.#ping = setInterval(
        () => this.send([{ cmd: 'pingreq' }]),
        seconds(KEEP_ALIVE_SECONDS) / 2,
      ).unref();
      this.#heard.connected(packet, this.#version);
    } else if (packet.cmd === 'publish') this.#heard.publish(packet);
    else if (packet.cmd === 'disconnect') this.#end(refusal(packet.reasonCode ?? 0));
    else this.#heard.answer(packet);
  }

  #end(why: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#ping !== null) clearInterval(this.#ping);
    this.#socket.setTimeout(0);
    // A last word may still leave.
    this.#socket.end();
    this.#socket.destroySoon();
    this.#heard.lost(why);
  }
}

/** Reason codes that a city's engineer meets, in words; MQTT 3.1.1 has 4 and 5 for them. */
function refusal(code: number): string {
  const words: Readonly<Record<number, string>> = {
    4: 'it does not take this user name and password',
    5: 'it does not let us in: its access rules',
    134: 'it does not take this user name and password',
    135: 'it does not let us in: its access rules',
    142: 'another client has taken over our client id: is a second service running?',
    149: 'a packet was larger than it takes',
    151: 'its quota is used up',
  };
  return words[code] ?? `it ended with reason code ${code}`;
}
