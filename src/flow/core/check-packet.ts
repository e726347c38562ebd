import { as } from '../../domain/ids.ts';
import { placeBy } from '../../domain/judge/placing/event-time.ts';
import { placeBatch } from '../../domain/judge/placing/place-batch.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Millis } from '../../domain/time.ts';
import { type Decoded, decodeTelemetry } from '../../wire/mqtt/telemetry.ts';
import { parseTopic } from '../../wire/mqtt/topics.ts';
import { placingOf } from '../judging/packet-clock.ts';
import { emptyMemory } from '../judging/point-state.ts';
import type { Flaw } from '../ports/broker.ts';
import type { CheckedPacket } from '../ports/service.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { type IdentifyParts, whereIs } from './identify.ts';
import { RESERVED, unknownLifeline, unknownMetric } from './packet-flaws.ts';
import type { QualityBook } from './quality-book.ts';
import { asSaid, readingOf } from './reading-of.ts';
import { channelOf, placedFrames } from './take-frames.ts';

/**
 * What a telemetry packet would become if it came now: the same decoding and judging as at intake, and nothing is
 * written, registered, counted or alarmed. Each value is judged against what is stored, not against its
 * neighbours in the packet.
 */
export function checkPacket(
  core: IdentifyParts & { readonly book: RuleBook; readonly quality: QualityBook },
  packet: { readonly topic: string; readonly payload: Uint8Array; readonly receivedAt: Millis },
): CheckedPacket {
  const topic = parseTopic(packet.topic);
  if (!topic.ok) return nothing([topic.error]);
  const decoded = decodeTelemetry(packet.payload, packet.receivedAt);
  const plan = core.book.planOf(topic.value.lifeline);
  if (plan === undefined) return nothing([...decoded.flaws, unknownLifeline(topic.value.lifeline)]);
  if (plan.pack.reserved === true) return nothing([RESERVED]);
  const where = whereIs(core, topic.value, plan, decoded, packet.receivedAt);
  if (!where.ok) return nothing([...decoded.flaws, where.error]);
  const isNew = 'registers' in where.value;
  const point =
    'registers' in where.value
      ? {
          code: as.point(topic.value.device),
          plan,
          memory: emptyMemory(),
          faultValues: new Map<string, readonly number[]>(),
          knownUpTo: Infinity,
        }
      : where.value;

  const flaws: Flaw[] = [...decoded.flaws];
  const values: CheckedPacket['values'][number][] = [];
  const frames: CheckedPacket['frames'][number][] = [];
  const { receivedAt } = packet;
  const said = { instants: decoded.instants, frames: decoded.frames, seq: decoded.seq, receivedAt };
  const by = placingOf(point, said, core.quality.of(topic.value.device) ?? null, false);
  for (const { item, placed: told } of placeBatch(decoded.instants, receivedAt, point.plan.onTime)) {
    const placed = placeBy(by, told, receivedAt);
    const instant = decoded.instants[item] as Decoded['instants'][number];
    for (const [key, raw, said] of instant.values) {
      const metric = point.plan.metrics.get(key);
      if (metric === undefined || metric.metric.kind === 'waveform') {
        flaws.push(unknownMetric(key, point, metric));
        continue;
      }
      values.push({
        given: raw,
        deviceTime: instant.deviceTime,
        clockOff: placed.clockOff,
        // What is known already is shown as it stands.
        reading: asSaid(
          readingOf(point, metric, raw, placed, receivedAt) ??
            (readingOf(point, metric, raw, { ...placed, sentAt: null }, receivedAt) as Reading),
          said,
        ),
      });
    }
  }
  for (const { block, observedAt, clockOff } of placedFrames(point, decoded.frames, receivedAt, by)) {
    for (const [key, samples] of block.series) {
      const metric = channelOf(point, key, block.dt, flaws)?.metric.key;
      if (metric !== undefined)
        frames.push({ metric, samples: samples.length, dt: block.dt, observedAt, clockOff });
    }
  }
  return { point: point.code, wouldRegister: isNew, values, frames, flaws };
}

const nothing = (flaws: readonly Flaw[]): CheckedPacket => ({
  point: null,
  wouldRegister: false,
  values: [],
  frames: [],
  flaws,
});
