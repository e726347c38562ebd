import type { DeviceCode } from '../../domain/ids.ts';
import { arrivalOf, beside, isBackfill, isKnown, isSpokenOf } from '../../domain/judge/arrival.ts';
import { correctedBy } from '../../domain/judge/clock.ts';
import { AHEAD, placeBy, type Timed } from '../../domain/judge/event-time.ts';
import type { SeriesMemory } from '../../domain/judge/memory.ts';
import { placeBatch, placeTold, type Told } from '../../domain/judge/place-batch.ts';
import { judgeQuality } from '../../domain/judge/quality.ts';
import { isAheadOfUs } from '../../domain/judge/rebase.ts';
import { CLOCK_OFF, type Quality, type Reading } from '../../domain/reading.ts';
import type { Decided } from '../../domain/register/commands.ts';
import { decide } from '../../domain/register/decide.ts';
import { no, ok, type Result, unreachable } from '../../domain/result.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import { type Decoded, decodeEvent, decodeStatus, decodeTelemetry } from '../../wire/mqtt/telemetry.ts';
import { type DeviceTopic, parseTopic } from '../../wire/mqtt/topics.ts';
import { judgeReading } from '../judging/judge-point.ts';
import { placingOf } from '../judging/packet-clock.ts';
import type { PointState } from '../judging/point-state.ts';
import { restOf } from '../judging/silence.ts';
import type { Flaw, Packet } from '../ports/broker.ts';
import type { MetricPlan, Plan } from '../rules/rule-book.ts';
import type { Core, TopicTarget } from './core.ts';
import type { Draft } from './draft.ts';
import { RESERVED, unknownLifeline, unknownMetric } from './packet-flaws.ts';
import { noteReading, sticks } from './quality-book.ts';
import { takeFrames } from './take-frames.ts';

const NO_FLAWS: readonly Flaw[] = [];
/** Several flaws of one packet share its quarantine row; a person needs the first few, not ten thousand. */
const FLAWS_TOLD = 8;
/**
 * Readings of one series without a time of their own that arrive in the same millisecond are set apart, a millisecond
 * each, and so may run ahead of the receipt: as far as a device's own clock may, and no further.
 */
const SPREAD_AT_MOST = AHEAD;

/**
 * One packet on its straight line: identify → decode → place → judge. What is wrong with it is set aside
 * with its bytes and the reason; what is right of it is used all the same.
 *
 * @returns what was set aside
 */
export function takePacket(core: Core, packet: Packet, draft: Draft): readonly Flaw[] {
  const known = core.knownTopics.get(packet.topic);
  if (known !== undefined)
    return takeDecoded(core, packet, known, decodeTelemetry(packet.payload, packet.receivedAt), draft);
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
      return NO_FLAWS;
    default:
      return unreachable(topic.value.kind);
  }
}

/** When a device's event happened, by what its point's packets have shown of its clock. */
function instantOf(core: Core, device: DeviceCode, said: Told, receivedAt: Millis): Millis {
  const point = core.register.device(device)?.point ?? null;
  const clock = point === null ? undefined : core.point(point)?.memory.clock;
  return correctedBy(clock, placeTold(said, receivedAt), receivedAt);
}

function takeTelemetry(core: Core, packet: Packet, topic: DeviceTopic, draft: Draft): readonly Flaw[] {
  const plan = core.book.planOf(topic.lifeline);
  if (plan === undefined) {
    return setAside(core, packet, topic.device, [unknownLifeline(topic.lifeline)], draft);
  }
  const decoded = decodeTelemetry(packet.payload, packet.receivedAt);
  const where = identify(core, topic, plan, decoded, draft);
  if (!where.ok) return setAside(core, packet, topic.device, [...decoded.flaws, where.error], draft);
  const belongs = core.rememberTopic(packet.topic, where.value, topic.device);
  return takeDecoded(core, packet, belongs, decoded, draft);
}

function takeDecoded(
  core: Core,
  packet: Packet,
  belongs: TopicTarget,
  decoded: Decoded,
  draft: Draft,
): readonly Flaw[] {
  const { at, device } = belongs;
  if (at.plan.pack.reserved === true && packet.own !== true)
    return setAside(core, packet, device, [RESERVED], draft);
  const flaws: Flaw[] = decoded.flaws.length > 0 ? [...decoded.flaws] : [];
  const { instants } = decoded;
  const rested = at.plan.mayRest && at.plan.silence.some((rule) => restOf(at, rule) > 0);
  const before = at.memory.clock;
  const wasOff = before?.off ?? null;
  const said = { instants, frames: decoded.frames, seq: decoded.seq, receivedAt: packet.receivedAt };
  const by = placingOf(at, said, belongs.quality.q);
  if (before !== undefined || at.memory.clock !== undefined)
    draft.clocks.set(at.code, at.memory.clock ?? null);
  const kept = draft.readings.length;
  let repeated = 0;
  let newest = instants[0];
  let newestPlaced: Timed | null = null;
  if (instants.length > 1) {
    for (const { item, placed } of placeBatch(instants, packet.receivedAt, at.plan.onTime)) {
      newest = instants[item] as Instant;
      newestPlaced = placeBy(by, placed, packet.receivedAt);
      repeated += takeInstant(core, packet, belongs, newest, newestPlaced, flaws, draft);
    }
  } else if (newest !== undefined) {
    newestPlaced = placeBy(by, placeTold(newest, packet.receivedAt), packet.receivedAt);
    repeated += takeInstant(core, packet, belongs, newest, newestPlaced, flaws, draft);
  }
  // What was heard before says nothing of now: it neither ends a silence nor puts it off.
  const isRepetition = repeated > 0 && draft.readings.length === kept && decoded.frames.length === 0;
  if (newest !== undefined && newestPlaced !== null && !isRepetition)
    noteSamples(core, packet, belongs, instants, { newest, placed: newestPlaced, rested });
  let isKnown = isRepetition;
  if (decoded.frames.length > 0) {
    const recognised = wasOff === null && (at.memory.clock?.off ?? null) !== null;
    const told = { blocks: decoded.frames, by, recognised };
    const taken = takeFrames(core, packet, belongs, told, flaws, draft);
    isKnown = repeated + taken.repeated > 0 && taken.kept === 0 && draft.readings.length === kept;
    if (newest === undefined && taken.newest !== null)
      core.quality.clock(belongs.quality, { ...taken.newest, receivedAt: packet.receivedAt });
  }
  core.touched(at, draft.turn, draft.at);
  if (!isKnown && (decoded.instants.length > 0 || decoded.frames.length > 0))
    core.heard(at, packet.receivedAt, draft);
  return flaws.length === 0 ? NO_FLAWS : setAside(core, packet, device, flaws, draft);
}

/** Device → point; an unknown device is registered on the spot where that is allowed and it speaks sense. */
function identify(
  core: Core,
  topic: DeviceTopic,
  plan: Plan,
  decoded: Decoded,
  draft: Draft,
): Result<PointState, Flaw> {
  const where = whereIs(core, topic, plan, decoded, draft.at);
  if (!where.ok) return where;
  if (!('registers' in where.value)) return ok(where.value);
  core.change(where.value.registers, draft);
  return whereIs(core, topic, plan, decoded, draft.at) as Result<PointState, Flaw>;
}

/** `registers`: not in the register, and it may register itself with this packet. */
export function whereIs(
  core: Core,
  topic: DeviceTopic,
  plan: Plan,
  decoded: Decoded,
  now: Millis,
): Result<PointState | { readonly registers: Decided }, Flaw> {
  const device = core.register.device(topic.device);
  if (device !== undefined) {
    if (device.lifeline !== topic.lifeline) {
      return no({
        code: 'wrong-lifeline',
        detail: `Device ${topic.device} is registered under "${device.lifeline}", not "${topic.lifeline}".`,
      });
    }
    const point = device.point === null ? undefined : core.register.point(device.point);
    const at = point === undefined ? undefined : core.at(point);
    return at === undefined
      ? no({
          code: 'not-installed',
          detail: `Device ${topic.device} is registered but not installed at any point.`,
        })
      : ok(at);
  }
  if (!core.autoRegister) {
    return no({
      code: 'unknown-device',
      detail: `Device ${topic.device} is not in the register: add it, or start with LIFELINE_AUTO_REGISTER=true.`,
    });
  }
  if (
    !decoded.instants.some((i) => i.values.some(([key]) => plan.metrics.has(key))) &&
    !decoded.frames.some((f) => f.series.some(([key]) => plan.metrics.has(key)))
  ) {
    return no({
      code: 'unknown-device',
      detail: `Device ${topic.device} is not in the register, and nothing in its packet is a known metric of "${topic.lifeline}".`,
    });
  }
  return ownRegistration(core, topic, now);
}

/** What the register takes over for a device that registers itself. */
function ownRegistration(
  core: Core,
  { device, lifeline }: DeviceTopic,
  now: Millis,
): Result<{ readonly registers: Decided }, Flaw> {
  const command = { do: 'register-itself', device, lifeline } as const;
  const done = decide(core.register, command, { now, lifelines: core.lifelines });
  if (done.ok) return ok({ registers: done.value.changes });
  const why = done.error.flaws.map((f) => f.say.en).join('; ');
  return no({
    code: 'wrong-lifeline',
    detail: `Device ${device} cannot register itself under "${lifeline}" at point ${device}: ${why}.`,
  });
}

/** @returns how many of its values were known already */
function takeInstant(
  core: Core,
  packet: Packet,
  { at, quality }: TopicTarget,
  instant: Instant,
  placed: Timed,
  flaws: Flaw[],
  draft: Draft,
): number {
  let repeated = 0;
  for (const [key, raw] of instant.values) {
    const plan = at.plan.metrics.get(key);
    if (plan === undefined || plan.metric.kind === 'waveform') {
      flaws.push(unknownMetric(key, at, plan));
      continue;
    }
    const judged = readingOf(at, plan, raw, placed, packet.receivedAt);
    if (judged === null) {
      repeated++;
      continue;
    }
    const stuck =
      judged.quality.grade === 'good' && sticks(quality, plan.metric.key, judged.value, judged.observedAt);
    const reading = stuck ? { ...judged, quality: STUCK } : judged;
    noteReading(quality, plan, reading);
    draft.readings.push(reading);
    core.toCombinations(at, reading, judgeReading(at, plan, reading, core.findings));
  }
  if (placed.clockOff) core.meters.count('clock_off_total');
  return repeated;
}

type Instant = Decoded['instants'][number];

/** @returns `null` where just this is known already: it is kept, and was judged, once */
export function readingOf(
  at: Pick<PointState, 'code' | 'memory' | 'faultValues'>,
  plan: MetricPlan,
  raw: number | null,
  placed: Timed,
  receivedAt: Millis,
): Reading | null {
  const key = plan.metric.key;
  const series = at.memory.series.get(key);
  const { sentAt } = placed;
  let { observedAt } = placed;
  const own = at.faultValues.size === 0 ? undefined : at.faultValues.get(key);
  let judged = judgeQuality(plan.metric, plan.codes, raw, series, observedAt, own);
  if (
    series !== undefined &&
    !placed.isNew &&
    sentAt !== null &&
    (sentAt !== observedAt || observedAt <= series.newestAt)
  ) {
    const recent = sentAt === observedAt ? at.memory.recent?.get(key) : undefined;
    if (isKnown(series, recent, sentAt, judged.value)) return null;
  }
  if (series !== undefined && observedAt <= series.newestAt) {
    observedAt = apart(series, placed, receivedAt, plan.lateness);
    if (observedAt !== placed.observedAt)
      judged = judgeQuality(plan.metric, plan.codes, raw, series, observedAt, own);
  }
  const reading: Reading = {
    point: at.code,
    metric: key,
    value: judged.value,
    quality: placed.clockOff && judged.quality.grade === 'good' ? CLOCK_OFF : judged.quality,
    observedAt,
    receivedAt,
    backfill: isBackfill(arrivalOf(series, observedAt, receivedAt, plan.lateness)),
  };
  return sentAt === null || sentAt === observedAt ? reading : { ...reading, deviceTime: sentAt };
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

const STUCK: Quality = { grade: 'doubtful', why: 'stuck' };

/** How often the device samples, and what its clock says; for those who maintain it. */
function noteSamples(
  core: Core,
  packet: Packet,
  { at, quality }: TopicTarget,
  instants: Decoded['instants'],
  said: { readonly newest: Instant; readonly placed: Timed; readonly rested: boolean },
): void {
  let expected = Infinity;
  for (const { values } of instants)
    for (const [key] of values)
      expected = Math.min(expected, at.plan.metrics.get(key)?.metric.expectedInterval ?? Infinity);
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
  core: Core,
  packet: Packet,
  device: DeviceCode | null,
  flaws: readonly Flaw[],
  draft: Draft,
): readonly Flaw[] {
  const [first] = flaws;
  if (first === undefined) return NO_FLAWS;
  const told = flaws.slice(0, FLAWS_TOLD).map((f) => f.detail);
  if (flaws.length > FLAWS_TOLD) told.push(`… and ${flaws.length - FLAWS_TOLD} more.`);
  draft.quarantined.push({
    receivedAt: packet.receivedAt,
    topic: packet.topic,
    device,
    bytes: packet.payload,
    flaw: first.code,
    detail: told.join(' '),
  });
  core.meters.count(`packets_quarantined_total{flaw="${first.code}"}`);
  return flaws;
}
