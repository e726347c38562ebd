import { arrivalOf, firstOf, isKnown, isSpokenOf, remember } from '../../domain/judge/arrival.ts';
import { owned, type PointMemory } from '../../domain/judge/memory.ts';
import { AHEAD, isPlausible } from '../../domain/judge/placing/event-time.ts';
import type { Metric } from '../../domain/metric.ts';
import { type Frame, GOOD } from '../../domain/reading.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Decoded } from '../../wire/mqtt/telemetry.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import type { PointState } from './point-state.ts';

type Block = Decoded['frames'][number];

/** From the first sample of the longest channel to its last. */
export function spanOf({ dt, series }: Block): Duration {
  return (series.reduce((n, [, samples]) => Math.max(n, samples.length), 1) - 1) * dt;
}

/** Instant of the last sample by the device's clock: what its frame says of now; `null` where that cannot be believed. */
export function endOf(block: Block, receivedAt: Millis): Millis | null {
  const { deviceTime } = block;
  if (deviceTime === null || !isPlausible(deviceTime, receivedAt)) return null;
  const endsAt = Math.round(deviceTime + spanOf(block));
  return endsAt <= receivedAt + AHEAD ? endsAt : null;
}

/** Whether a channel may be sampled like that. */
export const isSpacing = ({ spacing }: Metric, dt: Duration): boolean =>
  spacing === undefined || (dt >= spacing.min && dt <= spacing.max);

/** A channel's series remembers a frame: when it ended, and by which begin and samples it is known again. In place. */
export function noteFrame(
  point: Pick<PointState, 'memory' | 'knownUpTo'>,
  { metric, lateness }: MetricPlan,
  frame: Frame,
): void {
  const { memory } = point;
  const { observedAt, receivedAt, samples, deviceTime = observedAt } = frame;
  const endsAt = Math.round(observedAt + Math.max(0, samples.length - 1) * frame.dt);
  const told = { value: signatureOf(samples), quality: GOOD, observedAt: endsAt, deviceTime };
  if (endsAt > point.knownUpTo) point.knownUpTo = endsAt;
  const series = memory.series.get(metric.key);
  if (series === undefined) memory.series.set(metric.key, firstOf(told, false));
  else remember(series, told, arrivalOf(series, endsAt, receivedAt, lateness), false);
}

/** Whether just these samples were kept of a frame that began, by its device, just then … */
export function isKnownFrame(
  memory: PointMemory,
  { metric }: MetricPlan,
  sentAt: Millis,
  samples: Frame['samples'],
): boolean {
  const series = memory.series.get(metric.key);
  return (
    series !== undefined &&
    isSpokenOf(series, sentAt) &&
    isKnown(series, undefined, sentAt, signatureOf(samples))
  );
}

/** … or any. */
export function isBegun(memory: PointMemory, { metric }: MetricPlan, sentAt: Millis): boolean {
  const series = memory.series.get(metric.key);
  return series !== undefined && isSpokenOf(series, sentAt);
}

/** Forgets the open windows of a channel that end before a frame begins and were measured for less than half. In place. */
export function dropFragments(
  memory: PointMemory,
  plan: MetricPlan,
  { observedAt, dt }: Pick<Frame, 'observedAt' | 'dt'>,
): void {
  for (const { key, length } of plan.windows) {
    const open = memory.windows.get(key);
    if (open !== undefined && open.startsAt + length <= observedAt && open.n * dt < length / 2)
      owned(memory, 'windows').delete(key);
  }
}

const NONE = 0x5b_d1_e9_95;

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/** A whole number that differs where samples do, in whatever unit and however little, but for one pair in four thousand million. */
function signatureOf(samples: Frame['samples']): number {
  let h = samples.length;
  for (const x of samples) {
    if (x === null) h = (Math.imul(h, 31) + NONE) | 0;
    else {
      number[0] = x;
      h = (Math.imul(h, 31) + (halves[0] as number)) | 0;
      h = (Math.imul(h, 31) + (halves[1] as number)) | 0;
    }
  }
  return h;
}
