import type { Instrument } from './city.ts';
import { deviceTime, type Message, type SimEvent, type TimeScale } from './event.ts';
import type { Incident } from './incident.ts';
import type { Model } from './models/model.ts';
import { type Chance, chance } from './random.ts';
import type { Sample, Values, Wave } from './sample.ts';

export type TrackOptions = {
  readonly instrument: Instrument;
  readonly model: Model;
  readonly incidents: readonly Incident[];
  readonly seed: number;
  readonly scale: TimeScale;
  readonly qos: 0 | 1 | 2;
  /** Exclusive end, virtual milliseconds. */
  readonly until: number;
  /** Within which every instrument has spoken once, where its interval is not shorter anyway. */
  readonly settleMs: number;
};

/** Largest clock error and transmission time of a healthy instrument; both far inside what is on time. */
const CLOCK_ERROR_MS = 400;
const TRANSMISSION_MS = { least: 30, most: 700 } as const;
/** How finely an instrument looks at the world while something happens to it. */
const LOOK_EVERY_MS = 2_000;
/** Stored samples per packet after an outage, as field loggers send them. */
const STORED_PER_PACKET = 50;

/** Everything one instrument sends, in order of time. The same arguments give the same bytes. */
export function* track(o: TrackOptions): Generator<SimEvent, void> {
  const { instrument, model } = o;
  const noise = chance(o.seed, `${instrument.code}/noise`);
  const says = new Voice(o, chance(o.seed, `${instrument.code}/voice`));
  const incidents = o.incidents.filter((i) => i.device === instrument.code);

  // Regular reports fall anywhere in their interval, as in a city that was not started at noon; but in a small
  // city everybody has spoken once within seconds.
  const regular = Math.floor(noise.between(0, instrument.interval));
  const first =
    o.settleMs < instrument.interval ? Math.min(regular, Math.floor(noise.between(0, o.settleMs))) : regular;
  if (first >= o.until) return;
  const next = (t: number, every: number): number => (t < regular ? Math.min(regular, t + every) : t + every);
  const step = incidents.length === 0 ? instrument.interval : Math.min(LOOK_EVERY_MS, instrument.interval);
  yield says.online(first, true);

  let stored: Sample[] = [];
  let down = false;
  let alarmed = false;
  let nextReport = first;
  for (const t of looks(first, regular, step, o.until)) {
    const now = incidents.filter((i) => i.from <= t && t < i.until);
    const isDown = now.some((i) => i.link !== undefined);
    if (isDown !== down) {
      down = isDown;
      yield { is: down ? 'lost' : 'back', atMs: t, device: instrument.code };
      if (!down) {
        yield says.online(t, true);
        for (let i = 0; i < stored.length; i += STORED_PER_PACKET) {
          yield says.telemetry(t, JSON.stringify(stored.slice(i, i + STORED_PER_PACKET)));
        }
        stored = [];
      }
    }

    if (model.wave !== undefined) {
      if (t < nextReport) continue;
      nextReport = next(t, instrument.interval);
      // A frame goes out when its last sample has been taken.
      const wave = now.reduce((w: Wave, i) => i.shakes?.(w, t, noise) ?? w, model.wave(t, noise));
      if (!down) yield says.telemetry(t, says.wave(wave, t));
      continue;
    }

    const values = now.reduce((v: Values, i) => i.alters?.(v, t, noise) ?? v, model.sense(t, noise));
    const alarms = model.alarms(values);
    if (t < nextReport && alarms === alarmed) continue;
    alarmed = alarms;
    const every = alarms ? model.alarmEvery : instrument.interval;
    nextReport = next(t, Math.min(every, ...now.map((i) => i.every ?? every)));
    const sample = says.sample(values, t);
    if (!down) {
      const body = now.reduce((b: unknown, i) => i.mangles?.(sample, t) ?? b, sample);
      // Text is what the instrument put on the wire instead of JSON.
      yield says.telemetry(t, typeof body === 'string' ? body : JSON.stringify(body));
    } else if (now.some((i) => i.link === 'down-and-storing')) {
      stored.push(sample);
    }
  }
}

/** When an instrument looks at the world: once at first, then on the grid of its regular reports. */
function* looks(first: number, regular: number, step: number, until: number): Generator<number, void> {
  for (let t = first; t < Math.min(regular, until); t += step) yield t;
  for (let t = regular; t < until; t += step) yield t;
}

/** How one device speaks: its topics, its clock, its battery and its radio. */
class Voice {
  readonly #o: TrackOptions;
  readonly #chance: Chance;
  readonly #clockError: number;
  readonly #battery: number;
  readonly #rssi: number;
  #seq = 0;
  #lastAt = 0;

  constructor(o: TrackOptions, c: Chance) {
    this.#o = o;
    this.#chance = c;
    this.#clockError = c.between(-CLOCK_ERROR_MS, CLOCK_ERROR_MS);
    this.#battery = c.between(55, 100);
    this.#rssi = c.between(-112, -76);
  }

  sample(values: Values, t: number): Sample {
    return {
      ts: this.#time(t),
      values,
      // A pack of lithium cells lasts about five years.
      battery: Math.round(this.#battery - t / 1.6e9),
      rssi: Math.round(this.#rssi + 3 * this.#chance.normal()),
      seq: this.#seq++,
    };
  }

  /** A frame whose last sample was taken at `t`. */
  wave(wave: Wave, t: number): string {
    const samples = Math.max(...Object.values(wave.series).map((s) => s.length));
    // Compressed like every other time: the samples lie as close together as the run makes them.
    const dt = wave.dt / this.#o.scale.speed;
    return JSON.stringify({ t0: this.#time(t - samples * wave.dt), dt, series: wave.series });
  }

  telemetry(t: number, payload: string): Message {
    return this.#message('telemetry', t + this.#transmission(), payload, { qos: this.#o.qos, retain: false });
  }

  online(t: number, online: boolean): Message {
    return this.#message('status', t, JSON.stringify({ online }), { qos: 1, retain: true });
  }

  #time(t: number): number {
    return deviceTime(this.#o.scale, t) + Math.round(this.#clockError);
  }

  #transmission(): number {
    return Math.round(this.#chance.between(TRANSMISSION_MS.least, TRANSMISSION_MS.most));
  }

  #message(
    kind: string,
    atMs: number,
    payload: string,
    { qos, retain }: { readonly qos: 0 | 1 | 2; readonly retain: boolean },
  ): Message {
    const { instrument, model } = this.#o;
    // One device's packets travel in order, however long each of them takes.
    this.#lastAt = Math.max(this.#lastAt, Math.round(atMs));
    return {
      is: 'message',
      atMs: this.#lastAt,
      device: instrument.code,
      topic: `lifeline/v1/${model.lifeline}/${instrument.code}/${kind}`,
      payload,
      qos,
      retain,
    };
  }
}
