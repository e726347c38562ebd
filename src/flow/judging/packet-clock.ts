import { isKnown, isSpokenOf } from '../../domain/judge/arrival.ts';
import { type ClockMemory, hearClock, type PacketTime } from '../../domain/judge/clock.ts';
import { AHEAD, isPlausible, type Placing } from '../../domain/judge/placing/event-time.ts';
import { judgeQuality } from '../../domain/judge/quality.ts';
import { isAheadOfUs, rebase } from '../../domain/judge/rebase.ts';
import type { DeviceQuality } from '../../domain/quality/device.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Decoded } from '../../wire/mqtt/telemetry.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import { endOf, isBegun, isKnownFrame, isSpacing } from './frame-times.ts';
import type { PointState } from './point-state.ts';

type Instants = Decoded['instants'];
type Frames = Decoded['frames'];
type HeardPoint = Pick<PointState, 'plan' | 'memory' | 'faultValues' | 'knownUpTo'>;

/** The device's word is good: nearly always. */
const OWN: Placing = {
  taken: 'own',
  newest: Number.NaN,
  after: Number.NaN,
  lag: 0,
  frozen: false,
  goesOn: false,
  flagged: false,
};
/** Of interval figures that are learnt, fewer say nothing. */
const SEEN_LEAST = 8;

/**
 * What a packet's instants are worth, by what its point has heard before. The clock is the point's: a device stands at one
 * point, and where several do, one that is right speaks for none that is not.
 *
 * @param remember false: nothing is kept of it, as where a packet is only checked
 */
export function placingOf(
  point: HeardPoint,
  packet: {
    readonly instants: Instants;
    readonly frames: Frames;
    readonly seq: number | null;
    readonly receivedAt: Millis;
  },
  device: Pick<DeviceQuality, 'interval'> | null,
  remember = true,
): Placing {
  const { memory, plan } = point;
  const { instants, frames, seq, receivedAt } = packet;
  if (isPlainlyNew(point, packet)) return OWN;
  let newest = -Infinity;
  let oldest = Infinity;
  let knownAt = -Infinity;
  let lateness = 0;
  let interval = Infinity;
  for (const { deviceTime, values } of instants) {
    if (deviceTime === null || !isPlausible(deviceTime, receivedAt)) continue;
    if (deviceTime > newest) newest = deviceTime;
    if (deviceTime < oldest) oldest = deviceTime;
    for (const [key] of values) {
      const metric = plan.metrics.get(key);
      if (metric === undefined) continue;
      if (metric.lateness > lateness) lateness = metric.lateness;
      if (metric.metric.expectedInterval < interval) interval = metric.metric.expectedInterval;
      const series = memory.series.get(metric.metric.key);
      if (series === undefined) continue;
      if (remember && isAheadOfUs(series.newestAt, receivedAt)) rebase(memory, receivedAt);
      if (series.newestAt > knownAt) knownAt = series.newestAt;
    }
  }
  if (frames.length > 0) {
    const heard = framesOf(point, frames, receivedAt, remember);
    newest = Math.max(newest, heard.newest);
    oldest = Math.min(oldest, heard.oldest);
    knownAt = Math.max(knownAt, heard.knownAt);
    lateness = Math.max(lateness, heard.lateness);
    interval = Math.min(interval, heard.interval);
  }
  if (newest === -Infinity || lateness === 0) return OWN;
  const lag = receivedAt - newest;
  const well = lag <= lateness && newest > knownAt;
  if (well && memory.clock === undefined && seq === null) {
    point.knownUpTo = newestOf(memory);
    return OWN;
  }

  const content = well ? NEW : contentOf(point, packet, newest);
  if (device !== null && device.interval.n >= SEEN_LEAST && device.interval.seen !== null)
    interval = Math.min(interval, device.interval.seen);
  const time: PacketTime = {
    sentAt: newest,
    receivedAt,
    span: newest - oldest,
    seq,
    knownAt,
    clashes: content.clashes,
    repeats: !content.isNew,
    lateness,
    interval,
  };
  const clock = remember || memory.clock === undefined ? memory.clock : { ...memory.clock };
  const after = clock?.sentAt ?? Number.NaN;
  const heard = hearClock(clock, time);
  if (remember) memory.clock = heard.clock;
  const taken =
    heard.taken === 'own' &&
    lag <= lateness &&
    newest <= knownAt &&
    content.isNew &&
    isBehindReceipt(point, newest)
      ? 'receipt'
      : heard.taken;
  return placing(taken, heard.clock, { newest, after, lag, lateness });
}

/** One reading, on time and later than all that is known of its point, of a device of which nothing is in doubt: nearly all. */
function isPlainlyNew(
  { memory, plan, knownUpTo }: HeardPoint,
  { instants, frames, seq, receivedAt }: Parameters<typeof placingOf>[1],
): boolean {
  if (instants.length !== 1 || frames.length > 0 || seq !== null || memory.clock !== undefined) return false;
  const deviceTime = instants[0]?.deviceTime ?? null;
  if (deviceTime === null || !(deviceTime > knownUpTo)) return false;
  const lag = receivedAt - deviceTime;
  return lag <= plan.onTimeAtLeast && lag >= -AHEAD;
}

function newestOf(memory: HeardPoint['memory']): Millis {
  let newest = -Infinity;
  for (const { newestAt } of memory.series.values()) if (newestAt > newest) newest = newestAt;
  return newest;
}

/**
 * What the frames of a packet say of its time: each stands for the instant of its last sample. The next is due when a packet's
 * length has passed, or what its pack expects between two where that is longer.
 */
function framesOf(
  point: HeardPoint,
  frames: Frames,
  receivedAt: Millis,
  remember: boolean,
): { newest: Millis; oldest: Millis; knownAt: Millis; lateness: Duration; interval: Duration } {
  const { memory } = point;
  let [newest, oldest, begin, knownAt] = [-Infinity, Infinity, Infinity, -Infinity];
  let [lateness, expected] = [0, Infinity];
  for (const block of frames) {
    const endsAt = endOf(block, receivedAt);
    if (endsAt === null) continue;
    let counts = false;
    for (const [key] of block.series) {
      const plan = channelAt(point, key, block.dt);
      if (plan === undefined) continue;
      counts = true;
      lateness = Math.max(lateness, plan.lateness);
      expected = Math.min(expected, plan.metric.expectedInterval);
      const series = memory.series.get(plan.metric.key);
      if (series === undefined) continue;
      if (remember && isAheadOfUs(series.newestAt, receivedAt)) rebase(memory, receivedAt);
      knownAt = Math.max(knownAt, series.newestAt);
    }
    if (!counts) continue;
    newest = Math.max(newest, endsAt);
    // One frame of ten minutes is a batch as ten of one minute are.
    oldest = Math.min(oldest, block.deviceTime as Millis);
    begin = Math.min(begin, (block.deviceTime as Millis) - block.dt);
  }
  return { newest, oldest, knownAt, lateness, interval: Math.max(expected, newest - begin) };
}

/** The channel that a series is of, where it can be sampled like that. */
function channelAt({ plan }: HeardPoint, key: string, dt: Duration): MetricPlan | undefined {
  const channel = plan.metrics.get(key);
  return channel?.metric.kind === 'waveform' && isSpacing(channel.metric, dt) ? channel : undefined;
}

/**
 * Whether it is behind something that stands at its receipt, since its clock was off. What comes after that, on time, comes after
 * it: when that really was nobody knows, and to take this for the earlier one could hush it up.
 */
function isBehindReceipt({ memory }: HeardPoint, newest: Millis): boolean {
  for (const { doubts } of memory.recent?.values() ?? [])
    for (const [t, doubt] of doubts ?? []) if (t >= newest && doubt.why === 'clock-off') return true;
  return false;
}

function placing(
  taken: Placing['taken'],
  clock: ClockMemory | undefined,
  p: { newest: Millis; after: Millis; lag: number; lateness: number },
): Placing {
  const frozen = clock?.off === 'frozen';
  return {
    taken,
    newest: p.newest,
    after: p.after,
    lag: clock?.lag ?? 0,
    frozen,
    goesOn: taken === 'receipt' && clock?.off === 'steady',
    flagged: frozen || p.lag > p.lateness || p.lag < -AHEAD,
  };
}

type Content = { readonly isNew: boolean; readonly clashes: boolean };
const NEW: Content = { isNew: true, clashes: false };

/** Whether anything of a packet is new, and whether it says something else of an instant that is known. */
function contentOf(
  point: HeardPoint,
  {
    instants,
    frames,
    receivedAt,
  }: Pick<Parameters<typeof placingOf>[1], 'instants' | 'frames' | 'receivedAt'>,
  newest: Millis,
): Content {
  const { memory, plan } = point;
  let isNew = false;
  let clashes = false;
  for (const { deviceTime, values } of instants) {
    if (deviceTime === null || !isPlausible(deviceTime, receivedAt)) {
      isNew = true;
      continue;
    }
    for (const [key, raw] of values) {
      const metric = plan.metrics.get(key);
      if (metric === undefined || metric.metric.kind === 'waveform') continue;
      const series = memory.series.get(metric.metric.key);
      const own = point.faultValues.get(key);
      const { value } = judgeQuality(metric.metric, metric.codes, raw, undefined, deviceTime, own);
      if (series !== undefined && isKnown(series, memory.recent?.get(metric.metric.key), deviceTime, value))
        continue;
      isNew = true;
      if (deviceTime === newest && series !== undefined && isSpokenOf(series, deviceTime)) clashes = true;
    }
  }
  for (const block of frames) {
    const endsAt = endOf(block, receivedAt);
    if (endsAt === null) isNew = true;
    for (const [key, samples] of block.series) {
      const channel = channelAt(point, key, block.dt);
      if (channel === undefined || endsAt === null) continue;
      const sentAt = block.deviceTime as Millis;
      if (isKnownFrame(memory, channel, sentAt, samples)) continue;
      isNew = true;
      if (endsAt === newest && isBegun(memory, channel, sentAt)) clashes = true;
    }
  }
  return { isNew, clashes };
}
