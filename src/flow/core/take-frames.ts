import { arrivalOf, isBackfill } from '../../domain/judge/arrival.ts';
import { placeFrames } from '../../domain/judge/place-frames.ts';
import { judgeSamples } from '../../domain/judge/quality.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Decoded } from '../../wire/mqtt/telemetry.ts';
import { cutFeatures, judgeReading } from '../judging/judge-point.ts';
import type { PointState } from '../judging/point-state.ts';
import type { Flaw, Packet } from '../ports/broker.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import type { Core, TopicTarget } from './core.ts';
import type { Draft } from './draft.ts';
import { unknownMetric } from './packet-flaws.ts';

type Block = Decoded['frames'][number];

/** The waveforms of one packet: each channel's frame is kept whole, and its features are judged as readings are. */
export function takeFrames(
  core: Core,
  packet: Packet,
  { at, device }: Pick<TopicTarget, 'at' | 'device'>,
  blocks: readonly Block[],
  flaws: Flaw[],
  draft: Draft,
): void {
  for (const { block, observedAt, clockOff } of placedFrames(at, blocks, packet.receivedAt)) {
    for (const [key, samples] of block.series) {
      const plan = channelOf(at, key, block.dt, flaws);
      if (plan === null) continue;
      const frame: Frame = {
        point: at.code,
        metric: plan.metric.key,
        device,
        observedAt,
        receivedAt: packet.receivedAt,
        dt: block.dt,
        samples,
        ...(clockOff ? { clockOff } : {}),
      };
      draft.frames.push(frame);
      const usable = { ...frame, samples: judgeSamples(plan.metric, plan.codes, samples) };
      for (const feature of cutFeatures(at, plan, usable)) takeFeature(core, at, feature, draft);
    }
    if (clockOff) core.meters.count('clock_off_total');
  }
}

/** Where each block of a packet begins, in the order of judging. */
export function placedFrames(
  at: Pick<PointState, 'plan'>,
  blocks: readonly Block[],
  receivedAt: Millis,
): readonly { readonly block: Block; readonly observedAt: Millis; readonly clockOff: boolean }[] {
  const told = blocks.map(({ deviceTime, unread, dt, series }) => {
    const longest = series.reduce((n, [, samples]) => Math.max(n, samples.length), 1);
    return { deviceTime, unread, dt, span: (longest - 1) * dt };
  });
  return placeFrames(told, receivedAt, at.plan.onTime).map(({ item, observedAt, clockOff }) => ({
    block: blocks[item] as Block,
    observedAt,
    clockOff,
  }));
}

/** The channel that a series is of; `null` where it is none, or cannot be sampled like that, which is told. */
export function channelOf(
  at: Pick<PointState, 'plan'>,
  key: string,
  dt: Duration,
  flaws: Flaw[],
): MetricPlan | null {
  const plan = at.plan.metrics.get(key);
  if (plan === undefined || plan.metric.kind !== 'waveform') flaws.push(unknownMetric(key, at, plan));
  else if (!isSpacing(plan.metric, dt)) flaws.push(wrongSpacing(plan.metric, dt));
  else return plan;
  return null;
}

const isSpacing = ({ spacing }: Metric, dt: Duration): boolean =>
  spacing === undefined || (dt >= spacing.min && dt <= spacing.max);

function wrongSpacing({ key, spacing }: Metric, dt: Duration): Flaw {
  return {
    code: 'bad-dt',
    detail: `${key} is not sampled every ${dt} ms; ${spacing?.min} to ${spacing?.max} ms between samples would be right.`,
  };
}

function takeFeature(core: Core, at: PointState, feature: Reading, draft: Draft): void {
  const plan = at.plan.metrics.get(feature.metric);
  if (plan === undefined) return;
  const series = at.memory.series.get(feature.metric);
  const backfill = isBackfill(arrivalOf(series, feature.observedAt, feature.receivedAt, plan.lateness));
  const reading = backfill ? { ...feature, backfill } : feature;
  draft.readings.push(reading);
  core.toCombinations(at, reading, judgeReading(at, plan, reading, core.findings));
}
