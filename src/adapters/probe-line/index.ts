import type { MqttClient } from 'mqtt';
import { WebSocket } from 'ws';
import type { ProbeLine } from '../../flow/ports/probe-line.ts';
import { LIVE_PATH, liveFrame } from '../../wire/live/live.ts';

/** A connection that was lost is tried again with the next beat; one that does not come about is given up by then. */
const CONNECT_WITHIN = 5_000;

export type ProbeLineOptions = {
  /** `mqtt://127.0.0.1:1883`: the broker's own listener. `null`: it does not listen yet. */
  readonly broker: () => string | null;
  /** Where the consoles are served; `null`: not yet. */
  readonly http: () => string | null;
  readonly topic: string;
  readonly device: string;
  /** Opens both doors, in this process alone. */
  readonly secret: string;
  readonly lifeline: string;
};

/** The probe over real sockets: an MQTT client of the broker, and a WebSocket of a console. */
export class SocketProbeLine implements ProbeLine {
  readonly #o: ProbeLineOptions;
  #mqtt: MqttClient | null = null;
  #closed = false;
  #ws: WebSocket | null = null;
  #tell: (beat: number) => void = () => undefined;

  constructor(options: ProbeLineOptions) {
    this.#o = options;
  }

  hears(tell: (beat: number) => void): void {
    this.#tell = tell;
  }

  state(): string {
    return `broker ${this.#mqtt?.connected ? 'connected' : 'away'}, console ${this.#ws?.readyState === WebSocket.OPEN ? 'connected' : 'away'}`;
  }

  send(beat: number): void {
    const publish = async () => {
      const device = await this.#device();
      device?.publish(this.#o.topic, JSON.stringify({ values: { beat } }), { qos: 1 }, () => undefined);
    };
    const console = this.#console();
    // Whoever is not there yet would not hear the alarm, and would have missed nothing.
    if (console === null || console.readyState === WebSocket.OPEN) void publish();
    else console.once('open', () => void publish());
  }

  close(): void {
    this.#closed = true;
    this.#mqtt?.end(true);
    this.#ws?.terminate();
    this.#mqtt = null;
    this.#ws = null;
  }

  async #device(): Promise<MqttClient | null> {
    const url = this.#o.broker();
    if (this.#mqtt !== null || url === null) return this.#mqtt;
    // With the first beat only: a start does not wait for it.
    const { connect } = await import('mqtt');
    if (this.#mqtt !== null || this.#closed) return this.#mqtt;
    const client = connect(url, {
      clientId: this.#o.device,
      username: this.#o.device,
      password: this.#o.secret,
      reconnectPeriod: 1_000,
      connectTimeout: CONNECT_WITHIN,
      // A beat that waited would come out as news of a house that is well again only now.
      queueQoSZero: false,
    });
    client.on('error', () => undefined);
    this.#mqtt = client;
    return client;
  }

  #console(): WebSocket | null {
    const url = this.#o.http();
    const known = this.#ws;
    if (url === null) return known;
    if (known !== null && known.readyState !== WebSocket.CLOSED && known.readyState !== WebSocket.CLOSING)
      return known;
    const ws = new WebSocket(`${url.replace(/^http/, 'ws')}${LIVE_PATH}`, {
      headers: { authorization: `Bearer ${this.#o.secret}` },
      handshakeTimeout: CONNECT_WITHIN,
      // Our own listener, under whatever name its certificate has.
      rejectUnauthorized: false,
      maxPayload: 0,
    });
    ws.on('error', () => undefined);
    ws.on('message', (data) => this.#hear(String(data)));
    this.#ws = ws;
    return ws;
  }

  #hear(text: string): void {
    if (!text.startsWith('{"type":"alarm"')) return;
    const frame = liveFrame.safeParse(JSON.parse(text)).data;
    if (frame?.type !== 'alarm' || frame.alarm.lifeline !== this.#o.lifeline) return;
    const beat = frame.alarm.current?.value;
    if (typeof beat === 'number' && (frame.event === 'raised' || frame.event === 'recurred'))
      this.#tell(beat);
  }
}
