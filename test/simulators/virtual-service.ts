import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import type { z } from 'zod';
import type { Message, SimEvent } from '../../simulators/event.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { WatchedClock } from '../../src/flow/ports/clock.ts';
import type { AlarmJson } from '../../src/wire/alarm.ts';
import type { incidentJson } from '../../src/wire/response/incident.ts';
import { ApiClient, PASSWORD } from '../support/service-process.ts';

/**
 * A clock that goes in strides. What falls due within a stride is told once, not once per period: a stride of
 * five seconds is one tick of the flow, as if the machine had been busy for as long.
 */
class StridingClock implements WatchedClock {
  #now: number;
  #calls: { at: number; period: number | null; tell: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  // The machine's clock is this one.
  apart = (): number => 0;
  goAt = (): void => undefined;
  notBefore = (): void => undefined;
  adopt = (): number => 0;

  every(period: number, tell: () => void): () => void {
    return this.#add({ at: this.#now + period, period, tell });
  }

  after(delay: number, tell: () => void): () => void {
    return this.#add({ at: this.#now + delay, period: null, tell });
  }

  to(then: number): void {
    this.#now = then;
    for (const call of [...this.#calls]) {
      if (call.at > then || !this.#calls.includes(call)) continue;
      if (call.period === null) this.#calls.splice(this.#calls.indexOf(call), 1);
      else call.at = then + call.period;
      call.tell();
    }
  }

  #add(call: { at: number; period: number | null; tell: () => void }): () => void {
    this.#calls.push(call);
    return () => {
      this.#calls = this.#calls.filter((c) => c !== call);
    };
  }
}

export type Strides = {
  /** Packets of one stride arrive together; well below the 30 s after which a reading counts as late. */
  readonly strideMs: number;
  /** Longest time without a tick of the flow while nothing is sent. */
  readonly idleMs: number;
  /** Sends a message by another way than MQTT; `null`: it does not. */
  readonly otherwise?: (message: Message) => Promise<unknown> | null;
};
const STRIDES: Strides = { strideMs: 20_000, idleMs: 60_000 };

/**
 * The whole service in this process, over real MQTT, journal, history and HTTP, on a clock that the test moves:
 * a simulated hour takes seconds, and every device clock is right (docs/decisions/0004-simulated-time.md).
 */
export class VirtualService {
  readonly start: number;
  readonly #doors: Readonly<Record<string, unknown>>;
  readonly #clock: StridingClock;
  readonly #mqtt: MqttClient;
  readonly #http: string;
  #api: ApiClient | null = null;
  readonly #close: () => Promise<void>;

  private constructor(o: {
    start: number;
    clock: StridingClock;
    mqtt: MqttClient;
    http: string;
    doors: Readonly<Record<string, unknown>>;
    close: () => Promise<void>;
  }) {
    this.start = o.start;
    this.#doors = o.doors;
    this.#clock = o.clock;
    this.#mqtt = o.mqtt;
    this.#http = o.http;
    this.#close = o.close;
  }

  /** @param given.door opened beside MQTT, with the mapping that leads its stations to their devices */
  static async begin(
    start: number,
    given: {
      readonly packs?: readonly Pack[];
      readonly door?: { readonly name: string; readonly mapping: object };
    } = {},
  ): Promise<VirtualService> {
    const { packs, door } = given;
    const dir = mkdtempSync(join(tmpdir(), 'lifeline-virtual-'));
    if (door !== undefined) {
      mkdirSync(join(dir, 'mappings'));
      writeFileSync(join(dir, 'mappings', `${door.name}-simulated.json`), JSON.stringify(door.mapping));
    }
    const clock = new StridingClock(start);
    const complain = (msg: string, fields?: object): void => console.error('service:', msg, fields ?? '');
    const app = createApp({
      config: readConfig({
        LIFELINE_DATA_DIR: dir,
        LIFELINE_HTTP_PORT: '0',
        LIFELINE_MQTT_PORT: '0',
        LIFELINE_MQTT_ANONYMOUS: 'true',
        LIFELINE_AUTO_REGISTER: 'true',
        LIFELINE_ADMIN_PASSWORD: PASSWORD,
        ...(door === undefined ? {} : { [`LIFELINE_DOOR_${door.name.toUpperCase()}_PORT`]: '0' }),
      }),
      log: { info: () => undefined, warn: () => undefined, error: complain },
      consoleDir: null,
      version: 'test',
      clock,
      probe: false,
      ...(packs === undefined ? {} : { packs }),
      onFailed: (why) => complain(why.message),
    });
    const addresses = await app.start();
    const mqtt = await connectAsync(`mqtt://${addresses.mqtt}`, { reconnectPeriod: 0 }, false);
    return new VirtualService({
      start,
      clock,
      mqtt,
      http: addresses.http,
      doors: addresses,
      close: async () => {
        await mqtt.endAsync(true);
        await app.stop();
        rmSync(dir, { recursive: true, force: true });
      },
    });
  }

  /** Where a door listens. */
  doorPort(name: string): number {
    return Number(String(this.#doors[name]).split(':')[1]);
  }

  /** Sends what a city does, moving the clock with it; resolves when the last packet is acknowledged. */
  async play(
    events: Iterable<SimEvent>,
    untilMs: number,
    { strideMs, idleMs, otherwise }: Strides = STRIDES,
  ): Promise<{ sent: number }> {
    let sent = 0;
    let at = 0;
    let stride: Promise<unknown>[] = [];
    const settle = async (): Promise<void> => {
      await Promise.all(stride);
      stride = [];
    };
    const moveTo = async (then: number): Promise<void> => {
      await settle();
      while (at < then) {
        at = Math.min(at + idleMs, then);
        this.#clock.to(this.start + at);
        // Lets the tick take its turn before the clock moves on.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    for (const event of events) {
      if (event.atMs > at) await moveTo(Math.ceil(event.atMs / strideMs) * strideMs);
      if (event.is !== 'message') continue;
      sent++;
      const other = otherwise?.(event) ?? null;
      stride.push(
        other ??
          this.#mqtt.publishAsync(event.topic, event.payload, { qos: event.qos, retain: event.retain }),
      );
    }
    await moveTo(Math.max(at, untilMs));
    return { sent };
  }

  /** Every alarm there has been, as an operator who logs in now sees them. */
  async alarms(): Promise<AlarmJson[]> {
    // A new log-in each time: a session does not outlive the day that the clock has moved on meanwhile.
    this.#api = new ApiClient(this.#http, await logIn(this.#http));
    return this.#api.all<AlarmJson>('/alarms?state=all&limit=500');
  }

  /** Every incident there has been. */
  async incidents(): Promise<z.infer<typeof incidentJson>[]> {
    const api = new ApiClient(this.#http, await logIn(this.#http));
    return api.all('/incidents?state=open,over&limit=500');
  }

  /** The register, as it is imported. */
  async register(csv: string): Promise<void> {
    const answer = await fetch(`${this.#http}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: await logIn(this.#http), 'content-type': 'text/csv', origin: this.#http },
      body: csv,
    });
    const report = (await answer.json()) as { failed?: number };
    if (report.failed !== 0) throw new Error(`register: ${answer.status} ${JSON.stringify(report)}`);
  }

  async acknowledge(alarm: AlarmJson): Promise<{ status: number; body: Record<string, unknown> }> {
    if (this.#api === null) throw new Error('nobody has looked at the alarms yet');
    return this.#api.post(`/alarms/${alarm.id}/acknowledge`, {
      seenRevision: alarm.revision,
      commandId: `ack-${alarm.id}`,
    });
  }

  stop(): Promise<void> {
    return this.#close();
  }
}

async function logIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ account: 'admin', password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`log-in failed: ${answer.status} ${await answer.text()}`);
  return (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
}
