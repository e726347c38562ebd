import { setTimeout } from 'node:timers/promises';
import type { City } from '../city.ts';
import type { Message, SimEvent } from '../event.ts';
import { lifelineOf } from '../models/index.ts';
import { gb26875Speech } from './gb26875.ts';
import { hj212Speech } from './hj212.ts';
import { modbusSpeech } from './modbus.ts';
import { sl651Speech } from './sl651.ts';
import type { DialledStation, Measured, Speech } from './speech.ts';
import { StationLine } from './station-line.ts';
import { SZY206_METRIC, szy206Speech } from './szy206.ts';

export const DOORS = {
  sl651: { title: 'hydrological stations, SL 651-2014 (32H)', speech: sl651Speech },
  hj212: { title: 'data loggers, HJ 212-2017 (2011)', speech: hj212Speech },
  modbus: {
    title: 'meters behind DTUs, Modbus RTU over TCP, polled (instruments of one kind)',
    speech: modbusSpeech,
    takes: ofOneKind,
  },
  gb26875: { title: 'fire alarm transmitters, GB/T 26875.3 (whole numbers alone)', speech: gb26875Speech },
  szy206: {
    title: 'water meters, SZY206-2016 (flow alone, and without an answer)',
    speech: szy206Speech,
    takes: ofMeters,
  },
} as const;
export type DoorName = keyof typeof DOORS;

type Said = { ts: number; values: Record<string, number | boolean | null>; battery?: number; rssi?: number };

/** What a telemetry packet of ours measures; none where it is a waveform. */
export function measuredIn({ topic, payload }: Message): Measured[] {
  if (!topic.endsWith('/telemetry')) return [];
  const said = [JSON.parse(payload) as Said | Said[]].flat();
  return said.flatMap(({ ts, values, battery, rssi }) => {
    if (values === undefined) return [];
    const own = {
      ...values,
      ...(battery === undefined ? {} : { battery }),
      ...(rssi === undefined ? {} : { rssi }),
    };
    return [
      {
        at: ts,
        values: Object.fromEntries(Object.entries(own).map(([k, v]) => [k, v === null ? null : Number(v)])),
      },
    ];
  });
}

/** The devices of a city as stations of a standard, each with its own line, made when it first speaks. */
export class Stations {
  readonly #speech: Speech;
  readonly #port: () => number;
  readonly #host: string;
  readonly #stations = new Map<string, string>();
  readonly #lines = new Map<string, { line: StationLine<() => void>; n: number }>();
  readonly #dialled = new Map<string, DialledStation>();
  readonly #metrics: readonly string[];

  constructor(o: {
    door: DoorName;
    devices: readonly string[];
    metrics: readonly string[];
    host?: string;
    port: () => number;
  }) {
    this.#speech = DOORS[o.door].speech(o.metrics);
    this.#metrics = o.metrics;
    this.#host = o.host ?? '127.0.0.1';
    this.#port = o.port;
    for (const [i, device] of o.devices.entries()) this.#stations.set(device, this.#speech.station(i + 1));
  }

  /** For the service's data directory. */
  mapping(lifeline?: string): object {
    const table = new Map([...this.#stations].map(([device, station]) => [station, device]));
    const made = this.#speech.mapping(table, this.#metrics);
    return lifeline === undefined ? made : { ...made, lifeline };
  }

  has(device: string): boolean {
    return this.#stations.has(device);
  }

  /** Resolves when it is answered. */
  report(device: string, measured: Measured): Promise<void> {
    const station = this.#stations.get(device);
    if (station === undefined) throw new Error(`${device} is no station of these`);
    const dial = this.#speech.dial;
    if (dial !== undefined) {
      const dialled = this.#dialled.get(device) ?? dial(station, { port: this.#port, host: this.#host });
      this.#dialled.set(device, dialled);
      return dialled.report(measured);
    }
    const known = this.#lines.get(device) ?? this.#open(device);
    return new Promise((resolve) =>
      known.line.send({ ...this.#speech.report(station, known.n++, measured), about: resolve }),
    );
  }

  close(): void {
    for (const { line } of this.#lines.values()) line.close();
    for (const dialled of this.#dialled.values()) dialled.close();
  }

  #open(device: string): { line: StationLine<() => void>; n: number } {
    const line: StationLine<() => void> = new StationLine<() => void>({
      port: this.#port,
      host: this.#host,
      listener: this.#speech.listener,
      onAnswer: () => {
        for (const tell of line.answered.splice(0)) tell();
      },
    });
    const made = { line, n: 0 };
    this.#lines.set(device, made);
    return made;
  }
}

/** What a door takes of a city; where nothing is said, all that is no waveform. */
export function takenBy(
  door: DoorName,
  messages: readonly Message[],
): { devices: string[]; metrics: string[] } {
  const row = DOORS[door];
  if ('takes' in row) return row.takes(messages);
  const measuring = messages.filter((m) => measuredIn(m).length > 0);
  return { devices: [...new Set(measuring.map((m) => m.device))].sort(), metrics: metricsOf(messages) };
}

/** What the instruments of a city measure, those alone that are no waveforms, by what they send in their first minutes. */
export function metricsOf(messages: Iterable<Message>): string[] {
  const metrics = new Set<string>();
  for (const message of messages)
    for (const { values } of measuredIn(message))
      for (const metric of Object.keys(values)) metrics.add(metric);
  return [...metrics].sort();
}

/** Devices that measure the same, as many as there are of a kind: one table of registers is for all of them. */
function ofOneKind(messages: readonly Message[]): { devices: string[]; metrics: string[] } {
  const of = new Map<string, Set<string>>();
  for (const message of messages) {
    const known = of.get(message.device) ?? new Set();
    for (const { values } of measuredIn(message)) for (const metric of Object.keys(values)) known.add(metric);
    of.set(message.device, known);
  }
  const kinds = Map.groupBy([...of], ([, metrics]) => [...metrics].sort().join());
  kinds.delete('');
  const [metrics = '', devices = []] = [...kinds].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return { devices: devices.map(([device]) => device).sort(), metrics: metrics.split(',') };
}

/** Devices that measure what the read part of SZY206 has. */
function ofMeters(messages: readonly Message[]): { devices: string[]; metrics: string[] } {
  const meters = messages.filter((m) => measuredIn(m).some(({ values }) => SZY206_METRIC in values));
  return { devices: [...new Set(meters.map((m) => m.device))].sort(), metrics: [SZY206_METRIC] };
}

type Pace = {
  readonly speed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
};
const PROGRESS_EVERY_MS = 5_000;

/** Sends what a city measures through a door, at its pace. @returns how many reports were sent and answered */
export async function driveDoor(
  events: Iterable<SimEvent>,
  stations: Stations,
  { speed, signal, onProgress }: Pace,
): Promise<{ sent: number; answered: number; leftOut: number }> {
  const began = performance.now();
  let [sent, answered, leftOut] = [0, 0, 0];
  const waiting = new Set<Promise<void>>();
  const beat = setInterval(() => onProgress(`${sent} reports sent, ${answered} answered`), PROGRESS_EVERY_MS);
  try {
    for (const event of events) {
      if (signal.aborted) break;
      if (event.is !== 'message') continue;
      const early = event.atMs / speed - (performance.now() - began);
      if (early > 2) await setTimeout(early, undefined, { signal }).catch(() => undefined);
      const measured = stations.has(event.device) ? measuredIn(event) : [];
      if (measured.length === 0) leftOut++;
      for (const one of measured) {
        sent++;
        const report = stations.report(event.device, one).then(() => {
          answered++;
          waiting.delete(report);
        });
        waiting.add(report);
      }
    }
    // Whoever is never answered, or never asked, is not waited for once it is to end.
    const ended = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    if (!signal.aborted) await Promise.race([Promise.all(waiting), ended]);
  } finally {
    clearInterval(beat);
    stations.close();
  }
  return { sent, answered, leftOut };
}

/** Instruments of a city of these lifelines. */
export const devicesOf = (city: City, lifelines: readonly string[]): string[] =>
  city.instruments.filter((i) => lifelines.includes(lifelineOf(i.kind))).map((i) => i.code);
