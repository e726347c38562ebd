import type { ToldTime } from '../../domain/judge/placing/place-batch.ts';
import type { Doubt } from '../../domain/reading.ts';
import { type Duration, hours, type Millis } from '../../domain/time.ts';
import { Flaws, kind, quoted, type TelemetryFlaw } from './telemetry-flaw.ts';
import { isObject, readJson } from './telemetry-json.ts';
import { type ReadTime, readTime } from './telemetry-time.ts';

/**
 * Key and value as the device named them; `null` where it sent something that is not a number. `said`: that it does not
 * believe the value itself.
 */
export type RawValue = readonly [key: string, value: number | null, said?: Doubt];
/** Channel and its samples; `null` where a sample is not a number. */
export type RawSeries = readonly [key: string, samples: readonly (number | null)[]];

/** What a telemetry packet says, before anybody asked whether its device and metrics are known. */
export type Decoded = {
  /** In the order of the packet, which need not be the order of time. */
  readonly instants: readonly (ToldTime & { readonly values: readonly RawValue[] })[];
  /** Equally spaced samples; `dt` > 0 in milliseconds, no series is empty. */
  readonly frames: readonly (ToldTime & { readonly dt: Duration; readonly series: readonly RawSeries[] })[];
  /** The device's own counter, the highest of the packet. */
  readonly seq: number | null;
  /** What could not be used; the rest of the packet is used all the same. */
  readonly flaws: readonly TelemetryFlaw[];
};

export const METRICS_PER_INSTANT = 1_000;
export const INSTANTS_PER_PACKET = 10_000;
export const SAMPLES_PER_PACKET = 100_000;
/** From the first sample of a frame to its last, in milliseconds. */
export const FRAME_SPAN: Duration = hours(1);
export const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;

/** A grade, and where it has one the reason in the device's words. */
const SAID = /^(good|doubtful|bad)(?::(.{1,60}))?$/;

/** Metrics that stand beside `values` because every device has them. */
const OWN_STATE = ['battery', 'rssi'] as const;

const NOTHING = { instants: [], frames: [], seq: null } as const;

/** Bytes of a `telemetry` packet → what they say. Never throws; what is wrong with them is in `flaws`. */
export function decodeTelemetry(bytes: Uint8Array, receivedAt?: Millis): Decoded {
  const json = readJson(bytes);
  return json.ok ? decodeTelemetryJson(json.value, receivedAt) : { ...NOTHING, flaws: [json.error] };
}

/**
 * The same from parsed JSON, for telemetry that comes over HTTP. By hand rather than by schema: it costs a
 * fraction of the parsing (`telemetry-schema.ts` says the same in zod, and a test holds the two together).
 */
export function decodeTelemetryJson(json: unknown, receivedAt?: Millis): Decoded {
  const d = new Decoding(receivedAt);
  if (!Array.isArray(json)) {
    d.item(json);
  } else {
    if (json.length > INSTANTS_PER_PACKET) {
      d.flaws.add(
        'too-many-instants',
        `${json.length} instants in one packet; at most ${INSTANTS_PER_PACKET} are used: send several packets.`,
      );
    }
    const n = Math.min(json.length, INSTANTS_PER_PACKET);
    for (let i = 0; i < n; i++) d.item(json[i]);
  }
  return { instants: d.instants, frames: d.frames, seq: d.seq, flaws: d.flaws.list() };
}

class Decoding {
  readonly instants: (ToldTime & { values: RawValue[] })[] = [];
  readonly frames: (ToldTime & { dt: Duration; series: RawSeries[] })[] = [];
  readonly flaws = new Flaws();
  seq: number | null = null;
  #samples = 0;
  readonly #receivedAt: Millis | undefined;

  constructor(receivedAt: Millis | undefined) {
    this.#receivedAt = receivedAt;
  }

  item(x: unknown): void {
    if (!isObject(x)) {
      this.flaws.add(
        'wrong-shape',
        `The packet holds ${kind(x)} where {"ts":…,"values":{…}} or {"t0":…,"dt":…,"series":{…}} would be right.`,
      );
      return;
    }
    const { series } = x;
    const state = x.battery !== undefined || x.rssi !== undefined;
    if (x.values === undefined && series === undefined && !state) {
      this.flaws.add(
        'wrong-shape',
        'The packet has neither values nor series; {"ts":…,"values":{"ch4":12.5}} would be right.',
      );
      return;
    }
    // One instant has one flaw of time, not one for its values and one for its series.
    const ts = series !== undefined && x.t0 !== undefined ? x.t0 : x.ts;
    const time = readTime(ts, this.#receivedAt);
    if (time.flaw !== null) this.flaws.add(time.flaw.code, time.flaw.detail);
    if (x.seq !== undefined) this.#counter(x.seq);
    if (x.values !== undefined || state) this.#instant(x, time);
    if (series !== undefined) this.#frame(series, x.dt, time);
  }

  #instant(x: Readonly<Record<string, unknown>>, { at: deviceTime, unread }: ReadTime): void {
    const values: RawValue[] = [];
    const given = x.values;
    const said = x.quality === undefined ? null : this.#quality(x.quality);
    if (isObject(given)) {
      for (const key of this.#keys(given, 'values')) {
        const doubt = said?.get(key);
        values.push(doubt === undefined ? [key, numeric(given[key])] : [key, numeric(given[key]), doubt]);
      }
    } else if (given !== undefined) {
      this.flaws.add(
        'wrong-shape',
        `values is ${kind(given)}; an object of metric and number, {"ch4":12.5}, would be right.`,
      );
      if (x.battery === undefined && x.rssi === undefined) return;
    }
    for (const key of OWN_STATE) {
      const value = x[key];
      if (value === undefined || (isObject(given) && Object.hasOwn(given, key))) continue;
      values.push([key, numeric(value)]);
    }
    this.instants.push({ deviceTime, unread, values });
  }

  /** What the device says of its own values. */
  #quality(given: unknown): ReadonlyMap<string, Doubt> {
    const said = new Map<string, Doubt>();
    if (!isObject(given)) {
      this.flaws.add('bad-quality', `quality is ${kind(given)}; {"ch4":"doubtful"} would be right.`);
      return said;
    }
    for (const key of this.#keys(given, 'quality')) {
      const [, grade, why] = SAID.exec(String(given[key])) ?? [];
      if (grade === 'doubtful' || grade === 'bad')
        said.set(key, { grade, why: why === 'sentinel' ? 'sentinel' : 'device-fault' });
      else if (grade === undefined)
        this.flaws.add(
          'bad-quality',
          `quality.${key} is ${quoted(given[key])}; good, doubtful or bad would be right.`,
        );
    }
    return said;
  }

  #frame(given: unknown, dt: unknown, { at: deviceTime, unread }: ReadTime): void {
    if (!isObject(given)) {
      this.flaws.add(
        'wrong-shape',
        `series is ${kind(given)}; an object, {"ax":[0.01,0.02]}, would be right.`,
      );
      return;
    }
    if (typeof dt !== 'number' || !(dt > 0) || !Number.isFinite(dt)) {
      this.flaws.add(
        'bad-dt',
        `dt is ${dt === undefined ? 'missing' : quoted(dt)}; the sample spacing in milliseconds, above 0, would be right.`,
      );
      return;
    }
    const series: RawSeries[] = [];
    let longest = 0;
    for (const key of this.#keys(given, 'series')) {
      const samples = this.#samplesOf(key, given[key]);
      if (samples.length > 0) series.push([key, samples]);
      longest = Math.max(longest, samples.length);
    }
    if ((longest - 1) * dt > FRAME_SPAN) {
      this.flaws.add(
        'bad-dt',
        `${longest} samples every ${quoted(dt)} ms last longer than the hour that fits into a packet: send several.`,
      );
      return;
    }
    if (series.length > 0) this.frames.push({ deviceTime, unread, dt, series });
  }

  #samplesOf(key: string, given: unknown): (number | null)[] {
    if (!Array.isArray(given)) {
      this.flaws.add('wrong-shape', `series.${key} is ${kind(given)}; an array of numbers would be right.`);
      return [];
    }
    const room = SAMPLES_PER_PACKET - this.#samples;
    if (given.length > room) {
      this.flaws.add(
        'too-many-samples',
        `Only the first ${SAMPLES_PER_PACKET} samples of a packet are used: send several packets.`,
      );
    }
    const n = Math.min(given.length, room);
    this.#samples += n;
    const samples = new Array<number | null>(n);
    for (let i = 0; i < n; i++) samples[i] = numeric(given[i]);
    return samples;
  }

  /** The names that can be names of metrics, as many as are allowed. */
  #keys(given: Readonly<Record<string, unknown>>, where: string): string[] {
    const all = Object.keys(given);
    if (all.length > METRICS_PER_INSTANT) {
      this.flaws.add(
        'too-many-metrics',
        `${all.length} metrics in one ${where}; the first ${METRICS_PER_INSTANT} are used.`,
      );
      all.length = METRICS_PER_INSTANT;
    }
    return all.every((key) => METRIC_KEY.test(key)) ? all : all.filter((key) => this.#isMetricKey(key));
  }

  #isMetricKey(key: string): boolean {
    if (METRIC_KEY.test(key)) return true;
    this.flaws.add(
      'bad-metric-key',
      `${quoted(key)} is no metric key: up to 64 letters, digits, "_" and ".", a letter first, are.`,
    );
    return false;
  }

  #counter(seq: unknown): void {
    if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) {
      if (this.seq === null || seq > this.seq) this.seq = seq;
      return;
    }
    this.flaws.add('bad-seq', `seq is ${quoted(seq)}; a whole number from 0 would be right.`);
  }
}

/** Flags are 0 or 1; text, null, objects and what no double can hold are `null`: bad later on, and never 0. */
function numeric(x: unknown): number | null {
  if (typeof x === 'number') return Number.isFinite(x) ? (x === 0 ? 0 : x) : null;
  return typeof x === 'boolean' ? (x ? 1 : 0) : null;
}

/** `{"online":true}`: what a device says of its own link, and leaves as its last will. */
export function decodeStatus(bytes: Uint8Array): { readonly online: boolean } | TelemetryFlaw {
  const json = readJson(bytes);
  if (!json.ok) return json.error;
  if (isObject(json.value) && typeof json.value.online === 'boolean') return { online: json.value.online };
  return { code: 'wrong-shape', detail: 'A status says {"online":true} or {"online":false}.' };
}

const EVENT_TEXT = 500;
const EVENT_CODE = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;

export type DecodedEvent = ToldTime & {
  readonly code: string;
  /** In the device's own counting. */
  readonly level: number | null;
  /** At most 500 characters. */
  readonly text: string | null;
  /** The event is used all the same. */
  readonly flaw: TelemetryFlaw | null;
};

/** `{"ts":…,"code":"cover-open","level":…?,"text":…?}`: what the device itself alarms on. */
export function decodeEvent(bytes: Uint8Array, receivedAt?: Millis): DecodedEvent | TelemetryFlaw {
  const json = readJson(bytes);
  if (!json.ok) return json.error;
  const x = json.value;
  if (!isObject(x) || typeof x.code !== 'string' || !EVENT_CODE.test(x.code)) {
    return {
      code: 'wrong-shape',
      detail:
        'An event says {"ts":…,"code":"cover-open"}; the code is up to 64 letters, digits, "_", ".", ":" and "-".',
    };
  }
  const { at, unread, flaw } = readTime(x.ts, receivedAt);
  return {
    deviceTime: at,
    unread,
    flaw,
    code: x.code,
    level: numeric(x.level),
    text: typeof x.text === 'string' ? x.text.slice(0, EVENT_TEXT) : null,
  };
}
