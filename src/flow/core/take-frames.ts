import { arrivalOf, isBackfill } from '../../domain/judge/arrival.ts';
import type { Placing } from '../../domain/judge/placing/event-time.ts';
import { type PlacedFrame, placeFrames } from '../../domain/judge/placing/place-frames.ts';
import { judgeSamples } from '../../domain/judge/quality.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Decoded } from '../../wire/mqtt/telemetry.ts';
import { dropFragments, endOf, isKnownFrame, isSpacing, noteFrame, spanOf } from '../judging/frame-times.ts';
import { cutFeatures } from '../judging/judge-point.ts';
import type { PointState } from '../judging/point-state.ts';
import type { Flaw, Packet } from '../ports/broker.ts';
import type { Meters } from '../ports/meters.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import type { Draft } from './draft.ts';
import { type JudgeParts, judge } from './judge.ts';
import { unknownMetric } from './packet-flaws.ts';
import type { TopicTarget } from './topics.ts';

type Block = Decoded['frames'][number];

/** What was done with the frames of a packet. */
type TakenFrames = {
  readonly kept: number;
  /** Known already, and kept and judged once. */
  readonly repeated: number;
  /** Of the newest: its last sample by the device's clock, `null` where it sent none that can be read. */
  readonly newest: { readonly deviceTime: Millis | null; readonly clockOff: boolean } | null;
};

/**
 * The waveforms of one packet: each channel's frame is kept whole, and its features are judged as readings are.
 *
 * Where a clock is recognised as off, what is open goes on where the frame belongs into it, and is closed else: what is in it was
 * measured. Less than half of a window says nothing of the whole, and is dropped: the frames are kept all the same.
 */
export function takeFrames(
  core: JudgeParts & { readonly meters: Meters },
  packet: Packet,
  { point, device }: Pick<TopicTarget, 'point' | 'device'>,
  { blocks, by, recognised }: { blocks: readonly Block[]; by: Placing; recognised: boolean },
  flaws: Flaw[],
  draft: Draft,
): TakenFrames {
  let kept = 0;
  let repeated = 0;
  let newest: TakenFrames['newest'] = null;
  for (const { block, observedAt, clockOff, sentAt } of placedFrames(point, blocks, packet.receivedAt, by)) {
    const ofNext = by.goesOn && (endOf(block, packet.receivedAt) ?? -Infinity) > by.after;
    for (const [key, samples] of block.series) {
      const plan = channelOf(point, key, block.dt, flaws);
      if (plan === null) continue;
      if (sentAt !== null && !ofNext && isKnownFrame(point.memory, plan, sentAt, samples)) {
        repeated++;
        continue;
      }
      kept++;
      newest = { deviceTime: saidEnd(block), clockOff };
      const frame: Frame = {
        point: point.code,
        metric: plan.metric.key,
        device,
        observedAt,
        receivedAt: packet.receivedAt,
        dt: block.dt,
        samples,
        ...(sentAt === null || sentAt === observedAt ? {} : { deviceTime: sentAt }),
        ...(clockOff ? { clockOff } : {}),
      };
      draft.frames.push(frame);
      noteFrame(point, plan, frame);
      if (recognised) dropFragments(point.memory, plan, frame);
      const usable = { ...frame, samples: judgeSamples(plan.metric, plan.codes, samples) };
      for (const feature of cutFeatures(point, plan, usable)) takeFeature(core, point, feature, draft);
    }
    if (clockOff) core.meters.count('clock_off_total');
  }
  return { kept, repeated, newest };
}

const saidEnd = (block: Block): Millis | null =>
  block.deviceTime === null ? null : block.deviceTime + spanOf(block);

/** Where each block of a packet begins, in the order of judging. */
export function placedFrames(
  point: Pick<PointState, 'plan'>,
  blocks: readonly Block[],
  receivedAt: Millis,
  by: Placing,
): readonly (PlacedFrame & { readonly block: Block })[] {
  const told = blocks.map((block) => ({ ...block, span: spanOf(block) }));
  return placeFrames(told, receivedAt, point.plan.onTime, by).map((placed) => ({
    ...placed,
    block: blocks[placed.item] as Block,
  }));
}

/** The channel that a series is of; `null` where it is none, or cannot be sampled like that, which is told. */
export function channelOf(
  point: Pick<PointState, 'plan'>,
  key: string,
  dt: Duration,
  flaws: Flaw[],
): MetricPlan | null {
  const plan = point.plan.metrics.get(key);
  if (plan === undefined || plan.metric.kind !== 'waveform') flaws.push(unknownMetric(key, point, plan));
  else if (!isSpacing(plan.metric, dt)) flaws.push(wrongSpacing(plan.metric, dt));
  else return plan;
  return null;
}

function wrongSpacing({ key, spacing }: Metric, dt: Duration): Flaw {
  return {
    code: 'bad-dt',
    detail: `${key} is not sampled every ${dt} ms; ${spacing?.min} to ${spacing?.max} ms between samples would be right.`,
  };
}

function takeFeature(core: JudgeParts, point: PointState, feature: Reading, draft: Draft): void {
  const plan = point.plan.metrics.get(feature.metric);
  if (plan === undefined) return;
  const series = point.memory.series.get(feature.metric);
  const backfill = isBackfill(arrivalOf(series, feature.observedAt, feature.receivedAt, plan.lateness));
  const reading = backfill ? { ...feature, backfill } : feature;
  draft.readings.push(reading);
  judge(core, point, plan, reading);
}
