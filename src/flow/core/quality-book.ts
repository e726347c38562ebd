import { type AssetCode, as, type DeviceCode, type MetricKey, type PointCode } from '../../domain/ids.ts';
import { LATENESS } from '../../domain/judge/placing/event-time.ts';
import { commonOffset, isCommon } from '../../domain/quality/common-offset.ts';
import {
  clockMoved,
  copied,
  countClock,
  countPacket,
  countReading,
  type DeviceFault,
  type DeviceQuality,
  type FaultKind,
  faultKey,
  faultsOf,
  newDeviceQuality,
} from '../../domain/quality/device.ts';
import { apartFrom } from '../../domain/quality/neighbours.ts';
import { isStuck } from '../../domain/quality/series.ts';
import type { Reading } from '../../domain/reading.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { Bilingual } from '../../domain/text.ts';
import { type Duration, type Millis, minutes } from '../../domain/time.ts';
import type { PointState } from '../judging/point-state.ts';
import type { QualityView, RegisterView } from '../ports/service.ts';
import type { MetricPlan } from '../rules/rule-book.ts';

/** How often faults are looked for, and how often a device's figures are kept. */
const LOOKS_EVERY = minutes(1);
const KEEPS_EVERY = minutes(10);
/** Figures kept with one turn of the clock: a rolling share. */
const KEPT_AT_MOST = 500;
/** At a stop, which must not take long: beyond these the counts of some minutes are lost. */
const KEPT_AT_A_STOP = 20_000;
/** Devices looked at with one turn of the clock, however few there are; of very many a thirtieth. */
const LOOKED_AT_LEAST = 500;
/** The service's own point tells our time. */
const OURS = as.lifeline('platform');
/** Looks in a row at which a device must stand apart from its neighbours. */
const APART_FOR = 10;

/** One device's figures, and how they stand with the book. */
export type KeptQuality = {
  readonly q: DeviceQuality;
  keptAt: Millis;
  /** Changed since the journal had it. */
  dirty: boolean;
  /** Spoke since the last look at faults. */
  heard: boolean;
  /** Spoke since the start. */
  spoke: boolean;
};

/**
 * How well each device measures, and what is wrong with it: for those who maintain. It hears what the judge hears, and
 * says nothing to the desk.
 */
export class QualityBook implements QualityView {
  readonly #register: RegisterView;
  readonly #state: (code: PointCode) => PointState | undefined;
  readonly #devices = new Map<DeviceCode, KeptQuality>();
  readonly #dirty = new Set<KeptQuality>();
  readonly #faults = new Map<string, DeviceFault>();
  readonly #openOf = new Map<DeviceCode, Map<string, DeviceFault>>();
  /** Looks in a row at which device and metric stood apart. */
  #apart = new Map<string, number>();
  #lookedAt: Millis | null = null;
  #wrongAtAsset: ReadonlyMap<DeviceCode, Wrong[]> = new Map();
  #common: Duration | null = null;
  /** Spoke since the last look; and whose turn is still to come in this one. */
  readonly #heard = new Set<KeptQuality>();
  #toLookAt = new Set<DeviceCode>();

  constructor(given: { register: RegisterView; state: (code: PointCode) => PointState | undefined }) {
    this.#register = given.register;
    this.#state = given.state;
  }

  /** Puts back what the journal has kept. */
  take(change: Extract<RegisterChange, { kind: 'fault' | 'quality' }>): void {
    if (change.kind === 'fault') this.#note(change.fault);
    else this.#devices.set(change.quality.device, newlyKept(copied(change.quality)));
  }

  of(device: DeviceCode): DeviceQuality | undefined {
    return this.#devices.get(device)?.q;
  }

  faults = (): readonly DeviceFault[] => [...this.#faults.values()];
  openFaults = (device: DeviceCode): readonly DeviceFault[] => [
    ...(this.#openOf.get(device)?.values() ?? []),
  ];

  /**
   * What the clocks of the devices say of ours, of those that were heard since the start, as of the last look.
   *
   * @returns theirs less ours; `null`: too few, or they do not agree
   */
  get devicesSay(): Duration | null {
    return this.#common;
  }

  /** Our clock was set while nothing ran. */
  clockMoved(by: Duration): void {
    for (const { q } of this.#devices.values()) clockMoved(q, by);
  }

  /** A device's record, made on first use; whoever brings its readings keeps it until the register changes. */
  record(device: DeviceCode, point: PointCode): KeptQuality {
    const known = this.#devices.get(device);
    if (known !== undefined) {
      known.q.point = point;
      return known;
    }
    const made = newlyKept(newDeviceQuality(device, point));
    this.#devices.set(device, made);
    return made;
  }

  packet(of: KeptQuality, p: Parameters<typeof countPacket>[1]): void {
    countPacket(of.q, p);
    this.#spoke(of);
  }

  /** Of a packet that brings nothing but waveforms. */
  clock(of: KeptQuality, p: Parameters<typeof countClock>[1]): void {
    countClock(of.q, p);
    this.#spoke(of);
  }

  #spoke(of: KeptQuality): void {
    if (!of.dirty) {
      of.dirty = true;
      this.#dirty.add(of);
    }
    if (!of.heard) {
      of.heard = true;
      of.spoke = true;
      this.#heard.add(of);
    }
  }

  /** The clock: once a minute faults begin or end, and a share of the figures is kept. @returns what the journal has to keep */
  tick(now: Millis): RegisterChange[] {
    const changes: RegisterChange[] = [];
    if (this.#lookedAt === null || now - this.#lookedAt >= LOOKS_EVERY || now < this.#lookedAt) {
      this.#lookedAt = now;
      this.#wrongAtAsset = this.#disagreeing();
      this.#common = this.#inCommon();
      const spoke = Array.from(this.#heard, (kept) => kept.q.device);
      const due = [...spoke, ...this.#openOf.keys(), ...this.#wrongAtAsset.keys()];
      this.#toLookAt = new Set([...this.#toLookAt, ...due]);
      for (const kept of this.#heard) kept.heard = false;
      this.#heard.clear();
    }
    const share = Math.max(LOOKED_AT_LEAST, Math.ceil(this.#toLookAt.size / 30));
    let looked = 0;
    for (const device of this.#toLookAt) {
      if (looked++ >= share) break;
      this.#toLookAt.delete(device);
      const q = this.of(device);
      if (q === undefined) continue;
      for (const fault of this.#changed(q, this.#wrongAtAsset.get(device) ?? [], now)) {
        this.#note(fault);
        changes.push({ kind: 'fault', fault });
      }
    }
    changes.push(...this.#keep(now, (k) => now - k.keptAt >= KEEPS_EVERY, KEPT_AT_MOST));
    return changes;
  }

  /** At a stop: what is not kept yet. */
  keepAll(now: Millis): RegisterChange[] {
    return this.#keep(now, () => true, KEPT_AT_A_STOP);
  }

  #keep(now: Millis, due: (kept: KeptQuality) => boolean, most: number): RegisterChange[] {
    const changes: RegisterChange[] = [];
    for (const kept of this.#dirty) {
      if (changes.length >= most) break;
      if (!due(kept)) continue;
      kept.keptAt = now;
      kept.dirty = false;
      this.#dirty.delete(kept);
      changes.push({ kind: 'quality', quality: copied(kept.q) });
    }
    return changes;
  }

  #changed(q: DeviceQuality, apart: readonly Wrong[], now: Millis): DeviceFault[] {
    const open = this.#openOf.get(q.device);
    const isOpen = (kind: FaultKind, metric: MetricKey | null) =>
      open?.has(faultKey({ device: q.device, kind, metric })) ?? false;
    const own = faultsOf(q, isOpen).filter((f) => f.kind !== 'clock-off' || !this.#isOurClock(q));
    const wrong = [...own, ...apart];
    const changed: DeviceFault[] = [];
    const keys = new Set<string>();
    for (const fault of wrong) {
      const { kind, metric } = fault;
      const key = faultKey({ device: q.device, kind, metric });
      keys.add(key);
      if (open?.has(key)) continue;
      const times = (this.#faults.get(key)?.times ?? 0) + 1;
      changed.push({
        device: q.device,
        point: q.point,
        kind,
        metric,
        since: now,
        why: fault.why,
        clearedAt: null,
        times,
      });
    }
    for (const [key, fault] of open ?? []) if (!keys.has(key)) changed.push({ ...fault, clearedAt: now });
    return changed;
  }

  /** Its clock is off as those of most are: that is told once, of ours. */
  #isOurClock({ clock: { offset } }: DeviceQuality): boolean {
    const common = this.#common;
    return common !== null && Math.abs(common) > LATENESS && offset !== null && isCommon(offset, common);
  }

  #inCommon(): Duration | null {
    const offsets: Duration[] = [];
    for (const { q, spoke } of this.#devices.values()) {
      const { offset, off } = q.clock;
      if (!spoke || offset === null) continue;
      // What comes late says nothing of a clock, unless that is known to be off.
      if (off === 0 && offset < -LATENESS) continue;
      const device = this.#register.device(q.device);
      if (device != null && device.point !== null && device.lifeline !== OURS) offsets.push(offset);
    }
    return commonOffset(offsets);
  }

  #note(fault: DeviceFault): void {
    const key = faultKey(fault);
    this.#faults.set(key, fault);
    const open = this.#openOf.get(fault.device) ?? new Map<string, DeviceFault>();
    if (fault.clearedAt === null) open.set(key, fault);
    else open.delete(key);
    if (open.size > 0) this.#openOf.set(fault.device, open);
    else this.#openOf.delete(fault.device);
  }

  /** Devices that have stood apart from the others at their asset for long enough. */
  #disagreeing(): ReadonlyMap<DeviceCode, Wrong[]> {
    const found = new Map<DeviceCode, Wrong[]>();
    const counts = new Map<string, number>();
    for (const [asset, devices] of this.#byAsset()) {
      for (const { metric, span, members } of this.#comparable(devices)) {
        const values = members.map((m) => m.value);
        for (const i of apartFrom(values, span)) {
          const device = (members[i] as Member).device;
          const key = `${device} ${metric}`;
          const n = (this.#apart.get(key) ?? 0) + 1;
          counts.set(key, n);
          if (n < APART_FOR) continue;
          const why: Bilingual = {
            zh: `${metric} 与同一设施（${asset}）其他测点不符`,
            en: `${metric} disagrees with the other points of ${asset}.`,
          };
          found.set(device, [...(found.get(device) ?? []), { kind: 'disagrees', metric, why }]);
        }
      }
    }
    this.#apart = counts;
    return found;
  }

  #byAsset(): ReadonlyMap<AssetCode, DeviceQuality[]> {
    const all = new Map<AssetCode, DeviceQuality[]>();
    for (const { q } of this.#devices.values()) {
      const asset = this.#register.point(q.point)?.asset;
      if (asset == null) continue;
      const there = all.get(asset);
      if (there === undefined) all.set(asset, [q]);
      else there.push(q);
    }
    return all;
  }

  /** Metrics of which at least three points of the asset have a fresh good value. */
  *#comparable(devices: readonly DeviceQuality[]): Iterable<Comparable> {
    if (devices.length < 3) return;
    const by = new Map<string, { span: number; newest: Millis; members: (Member & { at: Millis })[] }>();
    for (const q of devices) {
      const point = this.#state(q.point);
      for (const key of Object.keys(q.series)) {
        const plan = point?.plan.metrics.get(key);
        const series = point?.memory.series.get(as.metric(key));
        if (plan?.metric.range === undefined || series?.value == null || series.valueAt === null) continue;
        const group = by.get(key) ?? { span: 0, newest: 0, members: [] };
        group.span = plan.metric.range.max - plan.metric.range.min;
        group.newest = Math.max(group.newest, series.valueAt);
        group.members.push({ device: q.device, value: series.value, at: series.valueAt });
        by.set(key, group);
      }
    }
    for (const [key, { span, newest, members }] of by) {
      const interval = Math.max(...devices.map((q) => q.interval.expected));
      const fresh = members.filter((m) => newest - m.at <= 3 * interval);
      if (fresh.length >= 3) yield { metric: as.metric(key), span, members: fresh };
    }
  }
}

/** Of a device that stands in no register: nobody maintains it. */
export const unkeptQuality = (device: DeviceCode, point: PointCode): KeptQuality =>
  newlyKept(newDeviceQuality(device, point));

const newlyKept = (q: DeviceQuality): KeptQuality => ({
  q,
  keptAt: 0,
  dirty: false,
  heard: false,
  spoke: false,
});

/** One more reading of a device. What is computed here from its waveforms is none. */
export function noteReading({ q }: KeptQuality, { metric }: MetricPlan, r: Reading): void {
  if (metric.feature === undefined) countReading(q, r, metric.kind);
}

/** Whether this reading, too, would only repeat what the device has stuck at. */
export function sticks({ q }: KeptQuality, metric: MetricKey, value: number | null, at: Millis): boolean {
  const series = q.series[metric];
  return series !== undefined && value === series.last && isStuck(series, at);
}

type Wrong = { readonly kind: FaultKind; readonly metric: MetricKey | null; readonly why: Bilingual };
type Member = { readonly device: DeviceCode; readonly value: number };
type Comparable = { readonly metric: MetricKey; readonly span: number; readonly members: readonly Member[] };
