import { connect, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { WebSocket } from 'ws';
import type { Address } from '../child.ts';
import { Histogram } from '../histogram.ts';

const BEAT = 10;
/** A probe is opened and closed again by turns: each opening is one alarm, or one that recurs. */
const PROBES = 20;
const PROBE_EVERY = 50;

/** Latencies of one phase, by the moment at which a packet was sent. */
export type Phase = { readonly ack: Histogram; readonly alarm: Histogram };
export const newPhase = (): Phase => ({ ack: new Histogram(), alarm: new Histogram() });

/** One connection, one gas sensor; sends when its time has come, whatever is still unanswered. */
class Sensor {
  readonly code: string;
  acked = 0;
  sent = 0;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { readonly at: number; readonly phase: Phase }>();
  #lastTs = 0;
  #nextId = 1;
  lost: string | null = null;

  constructor(code: string, { host, port }: Address) {
    this.code = code;
    this.#socket = connect(port, host);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (e) => (this.lost ??= e.message));
    this.#socket.on('close', () => (this.lost ??= 'the connection was closed'));
  }

  async ready(): Promise<void> {
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    this.#socket.on('data', (d) => parser.parse(d));
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('close', () => reject(new Error(`${this.code}: ${this.lost}`)));
      parser.on('packet', (p: Packet) => {
        if (p.cmd === 'connack') resolve();
        if (p.cmd === 'puback') this.#answered(p.messageId ?? 0);
      });
      this.#write({
        cmd: 'connect',
        clientId: this.code,
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        keepalive: 0,
      } as Packet);
    });
  }

  publish(lifeline: string, metric: string, value: number, phase: Phase): void {
    // Every reading has an instant of its own: what is stored can be counted.
    this.#lastTs = Math.max(Date.now(), this.#lastTs + 1);
    const id = this.#nextId;
    this.#nextId = (id % 65_535) + 1;
    this.#waiting.set(id, { at: performance.now(), phase });
    this.sent++;
    this.#write({
      cmd: 'publish',
      qos: 1,
      dup: false,
      retain: false,
      messageId: id,
      topic: `lifeline/v1/${lifeline}/${this.code}/telemetry`,
      payload: JSON.stringify({ ts: this.#lastTs, values: { [metric]: value } }),
    } as Packet);
  }

  close(): void {
    this.#socket.destroy();
  }

  #answered(id: number): void {
    const sent = this.#waiting.get(id);
    if (sent === undefined) return;
    this.#waiting.delete(id);
    sent.phase.ack.add(performance.now() - sent.at);
    this.acked++;
  }

  #write(p: Packet): void {
    this.#socket.write(mqttPacket.generate(p));
  }
}

/** A steady number of readings a second, and alarms among them whose way to a console is timed. */
export class OutageLoad {
  readonly sensors: Sensor[];
  readonly probes: Sensor[];
  phase: Phase = newPhase();
  readonly #alarms = new Map<string, { readonly at: number; readonly phase: Phase }>();
  #console: WebSocket | null = null;
  #timers: NodeJS.Timeout[] = [];

  constructor(at: Address, sensors: number) {
    const name = (kind: string, i: number) => `${kind}-${String(i).padStart(4, '0')}`;
    this.sensors = Array.from({ length: sensors }, (_, i) => new Sensor(name('OUT', i), at));
    this.probes = Array.from({ length: PROBES }, (_, i) => new Sensor(name('PRB', i), at));
  }

  get acked(): number {
    return [...this.sensors, ...this.probes].reduce((n, s) => n + s.acked, 0);
  }

  get sent(): number {
    return [...this.sensors, ...this.probes].reduce((n, s) => n + s.sent, 0);
  }

  get lost(): readonly string[] {
    return [...this.sensors, ...this.probes].flatMap((s) =>
      s.lost === null ? [] : [`${s.code}: ${s.lost}`],
    );
  }

  async begin(http: string, cookie: string, perSecond: number): Promise<void> {
    await Promise.all([...this.sensors, ...this.probes].map((s) => s.ready()));
    const live = new URL('/api/v1/live', http);
    live.protocol = 'ws:';
    const console = new WebSocket(live, { headers: { cookie, origin: new URL(http).origin } });
    this.#console = console;
    await new Promise<void>((resolve, reject) => {
      console.once('error', reject);
      console.on('message', (data) => {
        const frame = JSON.parse(String(data)) as {
          type: string;
          event?: string;
          alarm?: { pointCode: string };
        };
        if (frame.type === 'hello') resolve();
        if (frame.type === 'alarm' && (frame.event === 'raised' || frame.event === 'recurred'))
          this.#arrived(frame.alarm?.pointCode ?? '');
      });
    });
    let owed = 0;
    let next = 0;
    let last = performance.now();
    const beat = () => {
      const now = performance.now();
      owed += (perSecond * (now - last)) / 1_000;
      last = now;
      for (; owed >= 1; owed--) {
        const sensor = this.sensors[next++ % this.sensors.length];
        sensor?.publish('gas', 'ch4', 1 + (next % 97) / 100, this.phase);
      }
    };
    let turn = 0;
    const probe = () => {
      const sensor = this.probes[turn % PROBES];
      const open = Math.floor(turn / PROBES) % 2 === 0;
      turn++;
      if (sensor === undefined) return;
      if (open) this.#alarms.set(sensor.code, { at: performance.now(), phase: this.phase });
      sensor.publish('manhole', 'open', open ? 1 : 0, this.phase);
    };
    this.#timers = [setInterval(beat, BEAT), setInterval(probe, PROBE_EVERY)];
  }

  pause(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  close(): void {
    this.pause();
    this.#console?.terminate();
    for (const s of [...this.sensors, ...this.probes]) s.close();
  }

  #arrived(point: string): void {
    const sent = this.#alarms.get(point);
    if (sent === undefined) return;
    this.#alarms.delete(point);
    sent.phase.alarm.add(performance.now() - sent.at);
  }
}
