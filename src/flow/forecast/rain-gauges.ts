import { MINUTE, type PastFlood, type Sample } from '../../domain/forecast/curve.ts';
import { fallenByMinute, RAIN_LAG, reportsOfHours } from '../../domain/forecast/rain.ts';
import { dried, wetnessOf } from '../../domain/forecast/rain-peak.ts';
import type { PointCode } from '../../domain/ids.ts';
import { metresBetween } from '../../domain/metres-between.ts';
import type { ForecastOf } from '../../domain/pack.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Place, Point } from '../../domain/register/register.ts';
import { days, hours, type Millis, minutes } from '../../domain/time.ts';
import type { History } from '../ports/history.ts';
import { samplesOf } from './floods-of-history.ts';

/** A gauge farther away tells of another cloud (D: a thunderstorm's core is some kilometres wide). */
export const GAUGE_WITHIN_M = 3_000;
/** Rain that a forecast looks at, and the hour that a sliding sum needs before it. */
const KEPT = hours(3);
/** A gauge that has said nothing at all for so long is not listened to: dry, or dead, nobody knows. */
const HEARD_WITHIN = minutes(75);
/** What is forecast for the next half hour is of no use later. */
const FORECAST_STANDS = minutes(30);
/** Points whose nearest gauge is looked for without letting others have the thread: a millisecond at hundreds of gauges. */
const AT_A_STRETCH = 20;
/** Days with less in all are not read for their rain, mm. */
const WET_DAY = 0.2;

type Gauge = {
  readonly reports: Sample[];
  readonly hours: Sample[];
  toCome: Sample | null;
  heardAt: Millis;
};

/** Rain as it is told now, and as the history has it, by the gauge that is nearest to a point. */
export class RainGauges {
  readonly #of: NonNullable<ForecastOf['rain']>;
  readonly #gauges = new Map<PointCode, Gauge>();
  /** Of what the history has told in this fit. */
  #past = new Map<PointCode, readonly Sample[]>();
  /** Which gauge belongs to a point, as of the last fit. */
  readonly #nearest = new Map<PointCode, PointCode>();
  /** mm of the past that have not dried yet, as of the last fit, by gauge. */
  readonly #wet = new Map<PointCode, { readonly at: Millis; readonly mm: number }>();

  constructor(of: NonNullable<ForecastOf['rain']>) {
    this.#of = of;
  }

  hear(r: Reading): void {
    const { value } = r;
    if (value === null) return;
    const into = this.#partOf(r);
    if (into === null) return;
    const gauge = this.#gaugeOf(r.point);
    gauge.heardAt = Math.max(gauge.heardAt, r.observedAt);
    const sample = { at: r.observedAt, value };
    if (into === 'toCome') {
      if (gauge.toCome === null || sample.at >= gauge.toCome.at) gauge.toCome = sample;
      return;
    }
    const samples = gauge[into];
    if (sample.at <= (samples.at(-1)?.at ?? 0)) return;
    samples.push(sample);
    while (samples.length > 0 && (samples[0] as Sample).at < sample.at - KEPT) samples.shift();
  }

  #partOf({ metric }: Reading): 'reports' | 'hours' | 'toCome' | null {
    if (metric === this.#of.reports) return 'reports';
    if (metric === this.#of.hours) return 'hours';
    return metric === this.#of.toCome ? 'toCome' : null;
  }

  #gaugeOf(point: PointCode): Gauge {
    const known = this.#gauges.get(point);
    if (known !== undefined) return known;
    const made: Gauge = { reports: [], hours: [], toCome: null, heardAt: 0 };
    this.#gauges.set(point, made);
    return made;
  }

  /** The gauge of a point; `null`: none is near, or none speaks. */
  near(point: PointCode, now: Millis): PointCode | null {
    const code = this.#nearest.get(point);
    const gauge = code === undefined ? undefined : this.#gauges.get(code);
    return code === undefined || gauge === undefined || now - gauge.heardAt > HEARD_WITHIN ? null : code;
  }

  /** What has fallen, mm since `from`, by the minute. @param gauge that `near` gave */
  minutes(gauge: PointCode, from: Millis, now: Millis): Float64Array {
    return fallenByMinute(this.fallen(gauge), from, now);
  }

  /** Reports of the last hours, in order of time. */
  fallen(gauge: PointCode): readonly Sample[] {
    const { reports, hours: sums } = this.#gaugeOf(gauge);
    return reports.length > 0 ? reports : reportsOfHours(sums);
  }

  /** What had fallen before, as far as it was known when it was learnt, mm. */
  wetness(gauge: PointCode, now: Millis): number {
    const wet = this.#wet.get(gauge);
    return wet === undefined ? 0 : dried(wet.mm, now - wet.at);
  }

  /** mm that are forecast for the next half hour; `null`: nobody has said, or too long ago. */
  toCome(gauge: PointCode, now: Millis): number | null {
    const said = this.#gauges.get(gauge)?.toCome ?? null;
    return said === null || Math.abs(now - said.at) > FORECAST_STANDS ? null : said.value;
  }

  // ── of the past ───────────────────────────────────────────────────────────────────────────────────

  /** Asks the history which points have told of rain, and finds for each point the nearest of them. */
  async learn(
    history: Pick<History, 'raw' | 'buckets'>,
    points: readonly Point[],
    span: { readonly from: Millis; readonly to: Millis; readonly breathe: () => Promise<void> },
  ): Promise<void> {
    this.#past = new Map();
    this.#nearest.clear();
    for (const { code } of points) {
      const reports = await this.#pastOf(history, code, span);
      if (reports !== null) {
        this.#past.set(code, reports);
        this.#wet.set(code, { at: span.to, mm: wetnessOf(reports, span.to) });
      }
      await span.breathe();
    }
    const gauges = points.filter((p) => this.#past.has(p.code) || this.#gauges.has(p.code));
    const codes = new Set(gauges.map((g) => g.code));
    for (const [i, point] of points.entries()) {
      const found = codes.has(point.code) ? point : nearestOf(point, gauges);
      if (found !== null) this.#nearest.set(point.code, found.code);
      if (i % AT_A_STRETCH === AT_A_STRETCH - 1) await span.breathe();
    }
  }

  async #pastOf(
    history: Pick<History, 'raw' | 'buckets'>,
    point: PointCode,
    { from, to }: { readonly from: Millis; readonly to: Millis },
  ): Promise<readonly Sample[] | null> {
    for (const [metric, kind] of [
      [this.#of.reports, 'reports'],
      [this.#of.hours, 'hours'],
    ] as const) {
      const buckets = Math.max(1, Math.round((to - from) / days(1)));
      const told = (await history.buckets({ point, metric, from, to, buckets })).filter((b) => b.n > 0);
      if (told.length === 0) continue;
      const samples: Sample[] = [];
      for (const { t, max } of told)
        if ((max ?? 0) >= WET_DAY)
          samples.push(
            ...(await samplesOf(history, { point, metric, from: t, to: Math.min(to, t + days(1)) })),
          );
      // After a start it is known what fell before it, and that the gauge spoke.
      if (!this.#gauges.has(point)) {
        const gauge = this.#gaugeOf(point);
        gauge[kind].push(...(await samplesOf(history, { point, metric, from: to - KEPT, to: to + 1 })));
        gauge.heardAt = gauge[kind].at(-1)?.at ?? 0;
      }
      return kind === 'hours' ? reportsOfHours(samples) : samples;
    }
    return null;
  }

  /** Rain of the past at the gauge of a point; empty where none is near. */
  pastOf(point: PointCode): readonly Sample[] {
    const gauge = this.#nearest.get(point);
    return gauge === undefined ? [] : (this.#past.get(gauge) ?? []);
  }

  /** A flood with the rain that belongs to it, where a gauge was near and told of any. */
  rained(point: PointCode, flood: PastFlood): PastFlood {
    const reports = this.pastOf(point);
    const from = flood.from - RAIN_LAG * MINUTE;
    const until = flood.from + (flood.minutes.length + AFTER) * MINUTE;
    const near = between(reports, from, until);
    if (near.length === 0) return flood;
    const rain = fallenByMinute(near, from, until);
    // Water without a drop of rain in the gauge is no flood to learn the answer to rain from: a burst main, or another cloud.
    return (rain.at(-1) ?? 0) > 0 ? { ...flood, rain } : flood;
  }

  /** The past is only needed while it is learnt from. */
  forgetPast(): void {
    this.#past = new Map();
  }
}

/** Minutes after a flood whose rain a forecast of its last minute asks for. */
const AFTER = 30;

/** Those of a list in order of time that lie between, found without looking at all of it. */
function between(samples: readonly Sample[], from: Millis, until: Millis): readonly Sample[] {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle] as Sample).at < from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < samples.length && (samples[end] as Sample).at <= until) end++;
  return samples.slice(low, end);
}

function nearestOf(point: Point, gauges: readonly Point[]): Point | null {
  let nearest: { gauge: Point; metres: number } | null = null;
  for (const gauge of gauges) {
    const metres = apart(point.place, gauge.place);
    if (metres <= GAUGE_WITHIN_M && (nearest === null || metres < nearest.metres))
      nearest = { gauge, metres };
  }
  return nearest?.gauge ?? null;
}

const apart = (a: Place | null, b: Place | null): number =>
  a === null || b === null || a.crs !== b.crs ? Number.POSITIVE_INFINITY : metresBetween(a, b);
