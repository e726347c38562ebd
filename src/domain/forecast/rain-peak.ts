import { type Duration, days, hours, type Millis, minutes } from '../time.ts';
import { MINUTE, type PastFlood, type Sample } from './curve.ts';
import { addRow, newNormal, solvedNonNegative } from './least-squares.ts';
import { FLOODS_AT_LEAST } from './trend.ts';

/** One rain, from its first report to its last, and how deep the water came. */
export type RainEvent = {
  readonly from: Millis;
  readonly until: Millis;
  /** The most that fell within 10, 30 and 60 minutes, mm. */
  readonly in10: number;
  readonly in30: number;
  readonly in60: number;
  /** What had fallen on the days before, each day counted for {@link KEEPS} of the day after it, mm. */
  readonly before: number;
  /** Highest depth from its beginning to an hour after its end; 0: it stayed dry. */
  readonly peak: number;
};

/** How deep the water comes by the rain alone: one line for all rains of a point. */
export type PeakModel = {
  readonly events: number;
  readonly weights: readonly number[];
  /** Of what the fit leaves over. */
  readonly p10: number;
  readonly p90: number;
  /** Mean |error| on the newer half by a fit on the older half, and of "as deep as it mostly comes"; in the depth's unit. */
  readonly error: number;
  readonly usualError: number;
};

export type PeakAhead = { readonly p10: number; readonly p50: number; readonly p90: number };

/** Dry for so long ends a rain. */
const DRY: Duration = hours(3);
/** Less than this in an hour is no rain to tell anything from, mm (D: a tenth of a rainstorm signal's hour). */
export const RAIN_COUNTS = 2;
/** Water still comes together so long after the last rain. */
const RUNS_ON: Duration = hours(1);
/** Of yesterday's wetness is left today (antecedent rain A = k·A + P, k 0.85 to 0.95 a day: RESPONSE F.2). */
const KEEPS = 0.9;

/** @param reports in order of time @param floods of the point, in any order */
export function rainEventsOf(reports: readonly Sample[], floods: readonly PastFlood[]): readonly RainEvent[] {
  const events: RainEvent[] = [];
  const wetness = new Wetness();
  for (const rain of rainsOf(reports)) {
    const [from, until] = [(rain[0] as Sample).at, (rain[rain.length - 1] as Sample).at];
    const before = wetness.at(from);
    const fell = fellIn(rain);
    if (fell.in60 >= RAIN_COUNTS)
      events.push({ from, until, ...fell, before, peak: peakOf(floods, from, until + RUNS_ON) });
    for (const report of rain) wetness.add(report);
  }
  return events;
}

/** What has fallen and is not forgotten yet, mm. @param reports in order of time, none after `at` */
export function wetnessOf(reports: readonly Sample[], at: Millis): number {
  const wetness = new Wetness();
  for (const report of reports) wetness.add(report);
  return wetness.at(at);
}

/** What is left of so much after a time. */
export const dried = (mm: number, after: Duration): number => mm * KEEPS ** (after / days(1));

class Wetness {
  #mm = 0;
  #at: Millis = 0;

  at(at: Millis): number {
    return dried(this.#mm, at - this.#at);
  }

  add({ at, value }: Sample): void {
    this.#mm = this.at(at) + value;
    this.#at = at;
  }
}

/** Reports of rain, one list for each rain. */
function rainsOf(reports: readonly Sample[]): readonly Sample[][] {
  const rains: Sample[][] = [];
  for (const report of reports) {
    if (report.value <= 0) continue;
    const rain = rains[rains.length - 1];
    const last = rain?.[rain.length - 1];
    if (rain === undefined || last === undefined || report.at - last.at > DRY) rains.push([report]);
    else rain.push(report);
  }
  return rains;
}

/** The most that a rain has brought within 10, 30 and 60 minutes. */
export const fellIn = (rain: readonly Sample[]): Pick<RainEvent, 'in10' | 'in30' | 'in60'> => ({
  in10: mostWithin(rain, minutes(10)),
  in30: mostWithin(rain, minutes(30)),
  in60: mostWithin(rain, hours(1)),
});

function mostWithin(rain: readonly Sample[], span: Duration): number {
  let [most, sum, first] = [0, 0, 0];
  for (const { at, value } of rain) {
    sum += value;
    for (; (rain[first] as Sample).at <= at - span; first++) sum -= (rain[first] as Sample).value;
    most = Math.max(most, sum);
  }
  return most;
}

function peakOf(floods: readonly PastFlood[], from: Millis, until: Millis): number {
  let peak = 0;
  for (const flood of floods)
    for (let i = 0; i < flood.minutes.length; i++) {
      const at = flood.from + i * MINUTE;
      const depth = flood.minutes[i] as number;
      if (at >= from && at <= until && depth > peak) peak = depth;
    }
  return peak;
}

const looksOf = (e: Pick<RainEvent, 'in10' | 'in30' | 'in60' | 'before'>): readonly number[] => [
  1,
  e.in10,
  e.in30,
  e.in60,
  e.before,
];

/** @returns `null` with too few rains, or where it says no more than "as deep as it mostly comes" */
export function fitPeak(events: readonly RainEvent[]): PeakModel | null {
  const half = Math.max(Math.floor(events.length / 2), FLOODS_AT_LEAST);
  const [older, newer] = [events.slice(0, half), events.slice(half)];
  const weights = weightsOf(events);
  const then = weightsOf(older);
  if (weights === null || then === null || newer.length === 0) return null;
  const usual = mean(older.map((e) => e.peak));
  const error = mean(newer.map((e) => Math.abs(said(then, e) - e.peak)));
  const usualError = mean(newer.map((e) => Math.abs(usual - e.peak)));
  if (error >= usualError) return null;
  const over = events.map((e) => e.peak - said(weights, e)).sort((a, b) => a - b);
  const at = (q: number): number => over[Math.round(q * (over.length - 1))] as number;
  return { events: events.length, weights, p10: at(0.1), p90: at(0.9), error, usualError };
}

/** How deep it comes if no more falls than has; never below what stands already. */
export function peakAhead(
  model: PeakModel,
  rain: Pick<RainEvent, 'in10' | 'in30' | 'in60' | 'before'>,
  now: number,
): PeakAhead {
  const p50 = said(model.weights, rain);
  const atLeastNow = (depth: number): number => Math.max(now, depth, 0);
  return {
    p10: atLeastNow(p50 + model.p10),
    p50: atLeastNow(p50),
    p90: atLeastNow(p50 + model.p90),
  };
}

/** More rain never means less water: but for the first, weights are not below nought. */
function weightsOf(events: readonly RainEvent[]): readonly number[] | null {
  if (events.length < FLOODS_AT_LEAST) return null;
  const normal = newNormal(5);
  for (const e of events) addRow(normal, looksOf(e), e.peak);
  return solvedNonNegative(normal, 1);
}

const said = (weights: readonly number[], e: Pick<RainEvent, 'in10' | 'in30' | 'in60' | 'before'>): number =>
  Math.max(
    0,
    looksOf(e).reduce((sum, x, i) => sum + x * (weights[i] as number), 0),
  );

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
