import {
  amongCrowd,
  arrivalOf,
  beside,
  freeAmong,
  isBackfill,
  isKnown,
  isSpokenOf,
  unspoken,
} from '../../domain/judge/arrival.ts';
import { endOfCrowd, endOfCrowdAround } from '../../domain/judge/crowds.ts';
import type { SeriesMemory } from '../../domain/judge/memory.ts';
import { AHEAD, type Timed } from '../../domain/judge/placing/event-time.ts';
import { judgeQuality } from '../../domain/judge/quality.ts';
import { isAheadOfUs } from '../../domain/judge/rebase.ts';
import { CLOCK_OFF, type Doubt, type Reading } from '../../domain/reading.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { PointState } from '../judging/point-state.ts';
import type { MetricPlan } from '../rules/rule-book.ts';

/**
 * Readings of one series without a time of their own that arrive in the same millisecond are set apart, a millisecond
 * each, and so may run ahead of the receipt: as far as a device's own clock may, and no further.
 */
const SPREAD_AT_MOST = AHEAD;

/** @returns `null` where just this is known already: it is kept, and was judged, once */
export function readingOf(
  point: Pick<PointState, 'code' | 'memory' | 'faultValues'>,
  plan: MetricPlan,
  raw: number | null,
  placed: Timed,
  receivedAt: Millis,
): Reading | null {
  const key = plan.metric.key;
  const series = point.memory.series.get(key);
  const { sentAt } = placed;
  let { observedAt } = placed;
  const own = point.faultValues.size === 0 ? undefined : point.faultValues.get(key);
  let judged = judgeQuality(plan.metric, plan.codes, raw, series, observedAt, own);
  if (
    series !== undefined &&
    !placed.isNew &&
    sentAt !== null &&
    (sentAt !== observedAt || observedAt <= series.newestAt)
  ) {
    const recent = sentAt === observedAt ? point.memory.recent?.get(key) : undefined;
    if (isKnown(series, recent, sentAt, judged.value)) return null;
  }
  if (series !== undefined && observedAt <= series.newestAt) {
    observedAt = apart(series, placed, receivedAt, plan.lateness);
    // One that follows the newest is by itself.
    if (observedAt <= series.newestAt)
      observedAt = freeFrom(point, plan, placed, { from: observedAt, value: judged.value });
    if (observedAt !== placed.observedAt)
      judged = judgeQuality(plan.metric, plan.codes, raw, series, observedAt, own);
  }
  if (series !== undefined && sentAt === null) observedAt = unspoken(series, observedAt);
  const reading: Reading = {
    point: point.code,
    metric: key,
    value: judged.value,
    quality: placed.clockOff && judged.quality.grade === 'good' ? CLOCK_OFF : judged.quality,
    observedAt,
    receivedAt,
    backfill: isBackfill(arrivalOf(series, observedAt, receivedAt, plan.lateness)),
  };
  return sentAt === null || sentAt === observedAt ? reading : { ...reading, deviceTime: sentAt };
}

/** A reading whose device does not believe it: never better than we judged it, and never better than the device does. */
export function asSaid(reading: Reading, said: Doubt | undefined): Reading {
  if (said === undefined) return reading;
  const { quality } = reading;
  const isWorse =
    quality.grade === 'good' ||
    (said.grade === 'bad' && (quality.grade === 'doubtful' || quality.why === 'not-a-number'));
  return isWorse ? { ...reading, quality: said } : reading;
}

/** Two readings of one millisecond are two: neither may overwrite the other. */
function apart(series: SeriesMemory, placed: Timed, receivedAt: Millis, lateness: Duration): Millis {
  const { observedAt, sentAt } = placed;
  if (!placed.isNext)
    return sentAt === observedAt && isSpokenOf(series, sentAt) ? beside(series, sentAt) : observedAt;
  if (observedAt <= receivedAt - lateness) return observedAt;
  const fits =
    sentAt === null
      ? series.newestAt - observedAt < SPREAD_AT_MOST
      : !isAheadOfUs(series.newestAt, receivedAt);
  return fits ? series.newestAt + 1 : observedAt;
}

/** Where no other reading stands, as far as is known; where just this stands already, it stands there. */
function freeFrom(
  { memory }: Pick<PointState, 'memory'>,
  { metric }: MetricPlan,
  { sentAt, observedAt }: Timed,
  { from, value }: { readonly from: Millis; readonly value: number | null },
): Millis {
  const series = memory.series.get(metric.key);
  const known = [memory.recent?.get(metric.key), memory.backlog?.of.get(metric.key)];
  const end = series !== undefined && sentAt === observedAt ? endOfCrowd(series, sentAt) : null;
  const around = series !== undefined && sentAt === null ? endOfCrowdAround(series, from) : null;
  let free = around === null ? from : around + 1;
  if (end !== null) {
    for (const k of known) {
      const there = amongCrowd(k, observedAt, end, value);
      if (there !== null) return there;
    }
    free = Math.max(from, end + 1);
  }
  for (let before = Number.NaN; before !== free; ) {
    before = free;
    for (const k of known) free = freeAmong(k, free, value);
  }
  return free;
}
