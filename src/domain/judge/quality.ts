import type { Metric } from '../metric.ts';
import { GOOD, type Quality, type QualityReason } from '../reading.ts';
import { type Millis, minutes } from '../time.ts';
import type { Codes } from './fault-codes.ts';
import { isAtLeast } from './limit.ts';
import type { SeriesMemory } from './memory.ts';

/** What judging needs of a series. */
export type Before = Pick<SeriesMemory, 'value' | 'valueAt' | 'doubted'>;

export type Judged = { readonly value: number | null; readonly quality: Quality };

const bad = (why: QualityReason): Quality => ({ grade: 'bad', why });
const NOT_A_NUMBER: Judged = { value: null, quality: bad('not-a-number') };
const SENTINEL: Judged = { value: null, quality: bad('sentinel') };
const PERHAPS_A_SENTINEL: Quality = { grade: 'doubtful', why: 'sentinel' };
const OUT_OF_RANGE = bad('out-of-range');
const IMPOSSIBLE_JUMP: Quality = { grade: 'doubtful', why: 'impossible-jump' };

/**
 * How far one raw value may be believed. Rules judge good values, unless they say otherwise; the others are kept and shown.
 *
 * @param codes the metric's fault values
 * @param raw in the metric's unit, flags as 0 or 1; `null` where the device sent no number
 * @param previous what the series remembers, before this value
 * @param own fault values of this very device or model, as the register has them
 * @returns the value to keep: `null` for what is no measurement (not a number, sentinel), the number itself
 *   where it is out of range or jumped, so that people can see what the device said
 */
export function judgeQuality(
  metric: Metric,
  codes: Codes,
  raw: number | null,
  previous: Before | undefined,
  observedAt: Millis,
  own?: readonly number[],
): Judged {
  if (raw === null || !Number.isFinite(raw)) return NOT_A_NUMBER;
  if (own?.includes(raw) === true) return SENTINEL;
  const suspicion = codes.of(raw);
  if (suspicion === 'fault') return SENTINEL;
  const value = raw + 0; // −0 becomes 0: the two are one to every reader, but not to every store
  if (!isPossible(metric, value)) return { value, quality: OUT_OF_RANGE };
  if (suspicion === 'perhaps') return { value, quality: PERHAPS_A_SENTINEL };
  if (jumped(metric, value, previous, observedAt)) return { value, quality: IMPOSSIBLE_JUMP };
  return { value, quality: GOOD };
}

/** What `SeriesMemory.doubted` must be after a reading of this quality. */
export function doubtedBy(
  value: number | null,
  quality: Quality,
  observedAt: Millis,
): { readonly value: number; readonly at: Millis } | null {
  return value !== null && quality.grade !== 'good' && quality.why === 'impossible-jump'
    ? { value, at: observedAt }
    : null;
}

/**
 * The samples of a waveform frame with everything that is no measurement as `null`: one 9999 among 6,000
 * samples would make the RMS of its whole window an alarm.
 *
 * @returns `samples` itself where nothing had to be taken out
 */
export function judgeSamples(
  metric: Metric,
  codes: Codes,
  samples: readonly (number | null)[],
): readonly (number | null)[] {
  let cleaned: (number | null)[] | null = null;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i] as number | null;
    if (x === null) continue;
    if (Number.isFinite(x) && codes.of(x) !== 'fault' && isPossible(metric, x)) continue;
    cleaned ??= samples.slice();
    cleaned[i] = null;
  }
  return cleaned ?? samples;
}

function isPossible(metric: Metric, value: number): boolean {
  if (metric.kind === 'flag') return value === 0 || value === 1;
  const { range } = metric;
  if (range !== undefined) return value >= range.min && value <= range.max;
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER; // beyond it a JSON number is no longer what was sent
}

/**
 * True where the value has moved faster than the quantity can. Two ways back, so that a real sudden change is
 * never hidden for long: the next sample agrees with the jump, or so much time passes that it is no jump any more.
 */
function jumped(metric: Metric, value: number, previous: Before | undefined, observedAt: Millis): boolean {
  const limit = metric.maxChangePerMinute?.value;
  if (limit === undefined || previous === undefined) return false;
  if (previous.value === null || previous.valueAt === null) return false;
  if (within(limit, value - previous.value, observedAt - previous.valueAt)) return false;
  const { doubted } = previous;
  // "After", not "at": the same sample sent twice is one witness.
  const agrees =
    doubted != null &&
    observedAt > doubted.at &&
    within(limit, value - doubted.value, observedAt - doubted.at);
  return !agrees;
}

/** A minute's worth is always allowed: at 20 Hz plain noise exceeds any limit per minute taken by the sample. */
function within(perMinute: number, change: number, elapsed: number): boolean {
  const most = perMinute * Math.max(1, Math.abs(elapsed) / minutes(1));
  return isAtLeast(most, Math.abs(change), most);
}
