import type { DeviceCode } from '../../domain/ids.ts';
import { correctedBy } from '../../domain/judge/clock.ts';
import { placeBy, type Timed } from '../../domain/judge/placing/event-time.ts';
import { placeBatch, placeTold, type ToldTime } from '../../domain/judge/placing/place-batch.ts';
import type { Quality } from '../../domain/reading.ts';
import type { Decided } from '../../domain/register/commands.ts';
import { unreachable } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import { decodeReply } from '../../wire/mqtt/reply.ts';
import { type Decoded, decodeEvent, decodeStatus, decodeTelemetry } from '../../wire/mqtt/telemetry.ts';
import { type DeviceTopic, DOORS_ROOT, parseTopic } from '../../wire/mqtt/topics.ts';
import { placingOf } from '../judging/packet-clock.ts';
import type { PointState } from '../judging/point-state.ts';
import { restOf } from '../judging/silence.ts';
import type { Flaw, Packet } from '../ports/broker.ts';
import type { DeviceStatus } from '../ports/journal.ts';
import type { Meters } from '../ports/meters.ts';
import { PROBE_TOPIC } from '../probe.ts';
import type { CommandDesk } from '../response/command-desk.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { Draft } from './draft.ts';
import { type IdentifyParts, identify } from './identify.ts';
import { type JudgeParts, judge } from './judge.ts';
import { RESERVED, unknownLifeline, unknownMetric } from './packet-flaws.ts';
import type { Points } from './points.ts';
import { noteReading, type QualityBook, sticks } from './quality-book.ts';
import { asSaid, readingOf } from './reading-of.ts';
import { takeFrames } from './take-frames.ts';
import type { Topics, TopicTarget } from './topics.ts';

const NO_FLAWS: readonly Flaw[] = [];
/** Several flaws of one packet share its quarantine row; a person needs the first few, not ten thousand. */
const FLAWS_TOLD = 8;

/** What a packet is taken into: parts of the core, in the turn in hand. */
export type PacketParts = IdentifyParts &
  JudgeParts & {
    readonly book: RuleBook;
    readonly points: Points;
    readonly topics: Topics;
    readonly quality: QualityBook;
    readonly meters: Meters;
    change(changes: Decided, draft: Draft): void;
    heard(point: PointState, receivedAt: Millis, draft: Draft): void;
    readonly commands: CommandDesk;
    saidOfLink(status: DeviceStatus): void;
  };

/**
 * One packet on its straight line: identify → decode → place → judge. What is wrong with it is set aside
 * with its bytes and the reason; what is right of it is used all the same.
 *
 * @returns what was set aside
 */
export function takePacket(core: PacketParts, packet: Packet, draft: Draft): readonly Flaw[] {
  const known = core.topics.of(packet.topic);
  if (known !== undefined)
    return takeDecoded(core, packet, known, decodeTelemetry(packet.payload, packet.receivedAt), draft);
  // Of what somebody else's packet had in it for no device of ours there is no telemetry: only what is set aside.
  if (packet.origin !== undefined && packet.topic.startsWith(DOORS_ROOT))
    return setAside(core, packet, packet.origin.stranger ?? null, [], draft);
  const topic = parseTopic(packet.topic);
  if (!topic.ok) return setAside(core, packet, null, [topic.error], draft);
  const { device } = topic.value;
  switch (topic.value.kind) {
    case 'telemetry':
      return takeTelemetry(core, packet, topic.value, draft);
    case 'status': {
      const isTakenBack = packet.retain && packet.payload.length === 0;
      const status = isTakenBack ? { online: null } : decodeStatus(packet.payload);
      if ('code' in status) return setAside(core, packet, device, [status], draft);
      const said = { device, online: status.online, at: packet.receivedAt };
      core.saidOfLink(said);
      draft.statuses.push(said);
      return NO_FLAWS;
    }
    case 'event': {
      const said = decodeEvent(packet.payload, packet.receivedAt);
      if (!('deviceTime' in said)) return setAside(core, packet, device, [said], draft);
      draft.deviceEvents.push({
        device,
        point: core.register.device(device)?.point ?? null,
        code: said.code,
        level: said.level,
        text: said.text,
        observedAt: instantOf(core, device, said, packet.receivedAt),
        receivedAt: packet.receivedAt,
      });
      return said.flaw === null ? NO_FLAWS : setAside(core, packet, device, [said.flaw], draft);
    }
    case 'up/reply':
      return takeReply(core, packet, device, draft);
    default:
      return unreachable(topic.value.kind);
  }
}

/** What a device says of a command of ours. One that we know nothing of is set aside: it may be another platform's. */
function takeReply(core: PacketParts, packet: Packet, device: DeviceCode, draft: Draft): readonly Flaw[] {
  const said = decodeReply(packet.payload);
  if (!('ok' in said)) return setAside(core, packet, device, [said], draft);
  const answer = { ok: said.ok, result: said.result, said: null };
  const done = core.commands.answer(device, said.id, answer, draft);
  if (done.ok) return NO_FLAWS;
  // Said twice, as MQTT may: the first word stands.
  if (done.error !== 'unknown' && done.error !== 'not-sent') return NO_FLAWS;
  return setAside(core, packet, device, [UNKNOWN_COMMAND], draft);
}

const UNKNOWN_COMMAND: Flaw = {
  code: 'unknown-command',
  detail:
    'The reply names no command that this device was sent: the id that came with the command would be right.',
};

/** When a device's event happened, by what its point's packets have shown of its clock. */
function instantOf(core: PacketParts, device: DeviceCode, said: ToldTime, receivedAt: Millis): Millis {
  const point = core.register.device(device)?.point ?? null;
  const clock = point === null ? undefined : core.points.of(point)?.memory.clock;
  return correctedBy(clock, placeTold(said, receivedAt), receivedAt);
}

function takeTelemetry(core: PacketParts, packet: Packet, topic: DeviceTopic, draft: Draft): readonly Flaw[] {
  const plan = core.book.planOf(topic.lifeline);
  if (plan === undefined) {
    return setAside(core, packet, topic.device, [unknownLifeline(topic.lifeline)], draft);
  }
  const decoded = decodeTelemetry(packet.payload, packet.receivedAt);
  const where = identify(core, topic, plan, decoded, draft);
  if (!where.ok) return setAside(core, packet, topic.device, [...decoded.flaws, where.error], draft);
  const target = core.topics.remember(packet.topic, where.value, topic.device);
  return takeDecoded(core, packet, target, decoded, draft);
}

function takeDecoded(
  core: PacketParts,
  packet: Packet,
  target: TopicTarget,
  decoded: Decoded,
  draft: Draft,
): readonly Flaw[] {
  const { point, device } = target;
  if (point.plan.pack.reserved === true && packet.own !== true)
    return setAside(core, packet, device, [RESERVED], draft);
  const flaws: Flaw[] = decoded.flaws.length > 0 ? [...decoded.flaws] : [];
  const { instants } = decoded;
  const rested = point.plan.mayRest && point.plan.silence.some((rule) => restOf(point, rule) > 0);
  const before = point.memory.clock;
  const wasOff = before?.off ?? null;
  const said = { instants, frames: decoded.frames, seq: decoded.seq, receivedAt: packet.receivedAt };
  const by = placingOf(point, said, target.quality.q);
  if (before !== undefined || point.memory.clock !== undefined)
    draft.clocks.set(point.code, point.memory.clock ?? null);
  const kept = draft.readings.length;
  let repeated = 0;
  let newest = instants[0];
  let newestPlaced: Timed | null = null;
  if (instants.length > 1) {
    for (const { item, placed } of placeBatch(instants, packet.receivedAt, point.plan.onTime)) {
      newest = instants[item] as Instant;
      newestPlaced = placeBy(by, placed, packet.receivedAt);
      repeated += takeInstant(core, packet, target, newest, newestPlaced, flaws, draft);
    }
  } else if (newest !== undefined) {
    newestPlaced = placeBy(by, placeTold(newest, packet.receivedAt), packet.receivedAt);
    repeated += takeInstant(core, packet, target, newest, newestPlaced, flaws, draft);
  }
  // What was heard before says nothing of now: it neither ends a silence nor puts it off.
  const isRepetition = repeated > 0 && draft.readings.length === kept && decoded.frames.length === 0;
  if (newest !== undefined && newestPlaced !== null && !isRepetition)
    noteSamples(core, packet, target, instants, { newest, placed: newestPlaced, rested });
  let isKnown = isRepetition;
  if (decoded.frames.length > 0) {
    const recognised = wasOff === null && (point.memory.clock?.off ?? null) !== null;
    const told = { blocks: decoded.frames, by, recognised };
    const taken = takeFrames(core, packet, target, told, flaws, draft);
    isKnown = repeated + taken.repeated > 0 && taken.kept === 0 && draft.readings.length === kept;
    if (newest === undefined && taken.newest !== null)
      core.quality.clock(target.quality, { ...taken.newest, receivedAt: packet.receivedAt });
  }
  core.points.touched(point, draft.turn, draft.at);
  if (!isKnown && (decoded.instants.length > 0 || decoded.frames.length > 0))
    core.heard(point, packet.receivedAt, draft);
  const isWhole = flaws.length === 0 && (packet.origin?.flaws.length ?? 0) === 0;
  return isWhole ? NO_FLAWS : setAside(core, packet, device, flaws, draft);
}

/** @returns how many of its values were known already */
function takeInstant(
  core: PacketParts,
  packet: Packet,
  { point, quality }: TopicTarget,
  instant: Instant,
  placed: Timed,
  flaws: Flaw[],
  draft: Draft,
): number {
  let repeated = 0;
  for (const [key, raw, said] of instant.values) {
    const plan = point.plan.metrics.get(key);
    if (plan === undefined || plan.metric.kind === 'waveform') {
      flaws.push(unknownMetric(key, point, plan));
      continue;
    }
    const known = readingOf(point, plan, raw, placed, packet.receivedAt);
    if (known === null) {
      repeated++;
      continue;
    }
    const judged = asSaid(known, said);
    const stuck =
      judged.quality.grade === 'good' && sticks(quality, plan.metric.key, judged.value, judged.observedAt);
    const reading = stuck ? { ...judged, quality: STUCK } : judged;
    noteReading(quality, plan, reading);
    // What the probe sends goes as far as its alarm: no history is its own.
    if (packet.topic !== PROBE_TOPIC) draft.readings.push(reading);
    judge(core, point, plan, reading);
  }
  if (placed.clockOff) core.meters.count('clock_off_total');
  return repeated;
}

type Instant = Decoded['instants'][number];

const STUCK: Quality = { grade: 'doubtful', why: 'stuck' };

/** How often the device samples, and what its clock says; for those who maintain it. */
function noteSamples(
  core: PacketParts,
  packet: Packet,
  { point, quality }: TopicTarget,
  instants: Decoded['instants'],
  said: { readonly newest: Instant; readonly placed: Timed; readonly rested: boolean },
): void {
  let expected = Infinity;
  for (const { values } of instants)
    for (const [key] of values)
      expected = Math.min(expected, point.plan.metrics.get(key)?.metric.expectedInterval ?? Infinity);
  if (expected === Infinity) return;
  const { newest, placed, rested } = said;
  core.quality.packet(quality, {
    expected,
    samples: instants.length,
    deviceTime: newest.deviceTime,
    clockOff: placed.clockOff,
    rested,
    observedAt: placed.observedAt,
    receivedAt: packet.receivedAt,
  });
}

function setAside(
  core: PacketParts,
  packet: Packet,
  device: DeviceCode | null,
  own: readonly Flaw[],
  draft: Draft,
): readonly Flaw[] {
  const { origin } = packet;
  const flaws = origin === undefined ? own : [...origin.flaws, ...own];
  const [first] = flaws;
  if (first === undefined) return NO_FLAWS;
  const told = flaws.slice(0, FLAWS_TOLD).map((f) => f.detail);
  if (flaws.length > FLAWS_TOLD) told.push(`… and ${flaws.length - FLAWS_TOLD} more.`);
  draft.quarantined.push({
    receivedAt: packet.receivedAt,
    topic: packet.topic,
    device,
    bytes: origin?.bytes ?? packet.payload,
    flaw: first.code,
    detail: told.join(' '),
  });
  core.meters.count(`packets_quarantined_total{flaw="${first.code}"}`);
  return flaws;
}
