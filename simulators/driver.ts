import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { Message, SimEvent } from './event.ts';

export type DriverOptions = {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Secrets by device code: each device logs in as itself; wants a connection for each. */
  readonly credentials?: ReadonlyMap<string, string>;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca?: string;
  /** Virtual milliseconds per real millisecond. */
  readonly speed: number;
  /** `shared`: one connection carries all devices. `each`: every device has its own, with its last will. */
  readonly connections: 'shared' | 'each';
  /** Publishes waiting for their acknowledgement; beyond it the run waits, and says that it is behind. */
  readonly inFlight?: number;
  readonly onProgress?: (p: Progress) => void;
  readonly signal?: AbortSignal;
};

export type Progress = {
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  /** How far the run has come, virtual milliseconds. */
  readonly atMs: number;
  /** How late it is against its timetable, real milliseconds. */
  readonly behindMs: number;
};

export type Summary = Progress & { readonly seconds: number; readonly stopped: boolean };

const PROGRESS_EVERY_MS = 5_000;
const IN_FLIGHT = 1_000;
/** Nearer than this an event is sent at once: timers are no finer. */
const SLACK_MS = 2;

/** Sends what a city does to a broker, at its pace. Resolves when all is acknowledged, or when told to stop. */
export async function drive(events: Iterable<SimEvent>, o: DriverOptions): Promise<Summary> {
  const startedAt = performance.now();
  const limit = o.inFlight ?? IN_FLIGHT;
  const links = new Links(o);
  let sent = 0;
  let acked = 0;
  let failed = 0;
  let waiting = 0;
  let atMs = 0;
  let free: (() => void) | null = null;
  // A call, because the answer changes while we wait.
  const stopped = (): boolean => o.signal?.aborted === true;
  const behind = (): number => Math.max(0, performance.now() - startedAt - atMs / o.speed);
  const progress = (): Progress => ({ sent, acked, failed, atMs, behindMs: behind() });
  const beat = setInterval(() => o.onProgress?.(progress()), PROGRESS_EVERY_MS);

  const publish = (client: MqttClient, m: Message): void => {
    sent++;
    waiting++;
    client.publish(m.topic, m.payload, { qos: m.qos, retain: m.retain }, (e) => {
      if (e) failed++;
      else if (m.qos > 0) acked++;
      waiting--;
      if (waiting < limit) free?.();
    });
  };

  try {
    if (o.connections === 'shared') await links.of('');
    for (const event of events) {
      if (stopped()) break;
      atMs = event.atMs;
      const early = atMs / o.speed - (performance.now() - startedAt);
      if (early > SLACK_MS) await pause(early, o.signal);
      if (stopped()) break;
      if (waiting >= limit) {
        await new Promise<void>((resolve) => {
          free = resolve;
          o.signal?.addEventListener('abort', () => resolve(), { once: true });
        });
        free = null;
      }
      if (event.is === 'lost') links.cut(event.device);
      else if (event.is === 'message') publish(await links.of(event.device, event.topic), event);
    }
    await links.close(stopped());
  } finally {
    clearInterval(beat);
    links.abandon();
  }
  return {
    ...progress(),
    seconds: (performance.now() - startedAt) / 1000,
    stopped: stopped(),
  };
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

/** The connections of a run, made when they are first needed. */
class Links {
  readonly #o: DriverOptions;
  readonly #clients = new Map<string, Promise<MqttClient>>();
  readonly #open = new Set<MqttClient>();

  constructor(o: DriverOptions) {
    this.#o = o;
  }

  of(device: string, topic = ''): Promise<MqttClient> {
    const key = this.#o.connections === 'shared' ? '' : device;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const made = this.#connect(key, topic);
    this.#clients.set(key, made);
    return made;
  }

  async #connect(device: string, topic: string): Promise<MqttClient> {
    const secret = this.#o.credentials?.get(device);
    if (this.#o.credentials !== undefined && secret === undefined)
      throw new Error(
        `there is no credential of ${device}: a line ${device},<secret> in the file of --credentials would be right`,
      );
    const options: IClientOptions = {
      clientId: device === '' ? `simulator-${process.pid}` : `${device}:sim`,
      clean: true,
      reconnectPeriod: 2_000,
      connectTimeout: 10_000,
      ...(this.#o.username === undefined ? {} : { username: this.#o.username }),
      ...(this.#o.password === undefined ? {} : { password: this.#o.password }),
      ...(secret === undefined ? {} : { username: device, password: secret }),
      ...(this.#o.ca === undefined ? {} : { ca: this.#o.ca }),
      ...(device === ''
        ? {}
        : {
            will: {
              topic: topic.replace(/[^/]+$/, 'status'),
              payload: Buffer.from('{"online":false}'),
              qos: 1,
              retain: true,
            },
          }),
    };
    const client = await connectAsync(this.#o.url, options);
    // A broker that goes away is not the end of a simulation: mqtt.js reconnects and sends what is queued.
    client.on('error', () => undefined);
    this.#open.add(client);
    return client;
  }

  /** As if the gateway had lost its power: no DISCONNECT, so the broker publishes the last will. */
  cut(device: string): void {
    // Behind a shared connection nobody sees a device fall silent; that is just how it looks from outside.
    if (this.#o.connections === 'shared') return;
    const link = this.#clients.get(device);
    this.#clients.delete(device);
    void link?.then((client) => {
      this.#open.delete(client);
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
      client.end(true);
    });
  }

  /** Waits for what is in flight unless hurried, then says goodbye. */
  async close(hurried: boolean): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((c) => c.endAsync(hurried)));
  }

  abandon(): void {
    for (const client of this.#open) client.end(true);
    this.#open.clear();
  }
}
