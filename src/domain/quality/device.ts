import type { DeviceCode, MetricKey, PointCode } from '../ids.ts';
import type { Quality, QualityReason } from '../reading.ts';
import { type Bilingual, lengthInWords } from '../text.ts';
import { type Duration, days, hours, type Millis, seconds } from '../time.ts';
import { hasCollapsed, isStuck, newSeries, type SeriesWatch, watchSeries } from './series.ts';

/** Days are those of Beijing: what a person means by "yesterday". */
const ZONE = hours(8);
export const DAYS_KEPT = 14;
/** Series watched for each device; the largest kinds of device have some thirty. */
const SERIES_AT_MOST = 64;

export type QualityDay = {
  /** Start of the day, in Beijing. */
  readonly from: Millis;
  good: number;
  doubtful: number;
  bad: number;
  readonly why: Partial<Record<QualityReason, number>>;
};

/** What is known of how well a device measures: plain JSON of bounded size, kept with the journal. */
export type DeviceQuality = {
  readonly device: DeviceCode;
  point: PointCode;
  /** Newest last, at most fourteen. */
  days: QualityDay[];
  /** Device clock. */
  lastGoodAt: Millis | null;
  newestAt: Millis | null;
  /** Share of the last readings or so (about 32) that are neither good nor merely late in their clock, 0 … 1. */
  poor: number;
  poorWhy: QualityReason | null;
  /** Between samples: as the pack expects, and as they come (mean of about eight). */
  interval: { expected: Duration; seen: Duration | null; n: number };
  battery: { value: number; at: Millis } | null;
  batteryLow: boolean;
  /** Device clock less ours, newest sample; transport included. `off`: how many of the last three could not be believed. */
  clock: { offset: Duration | null; off: number };
  series: Record<string, SeriesWatch>;
};

/** 设备故障: for those who maintain, not for those on duty. */
export type FaultKind =
  | 'poor-readings'
  | 'stuck'
  | 'noise-collapse'
  | 'clock-off'
  | 'low-battery'
  | 'interval-drift'
  | 'disagrees';

export type DeviceFault = {
  readonly device: DeviceCode;
  readonly point: PointCode;
  readonly kind: FaultKind;
  /** `null`: of the device as a whole. */
  readonly metric: MetricKey | null;
  readonly since: Millis;
  readonly why: Bilingual;
  readonly clearedAt: Millis | null;
  /** How often it has begun. */
  readonly times: number;
};

export const faultKey = (f: Pick<DeviceFault, 'device' | 'kind' | 'metric'>): string =>
  `${f.device} ${f.kind} ${f.metric ?? ''}`;

export const newDeviceQuality = (device: DeviceCode, point: PointCode): DeviceQuality => ({
  device,
  point,
  days: [],
  lastGoodAt: null,
  newestAt: null,
  poor: 0,
  poorWhy: null,
  interval: { expected: 0, seen: null, n: 0 },
  battery: null,
  batteryLow: false,
  clock: { offset: null, off: 0 },
  series: {},
});

/** One packet's samples: how often they come, and what the device's clock says. */
export function countPacket(
  q: DeviceQuality,
  p: {
    /** Of the quickest metric in it. */
    readonly expected: Duration;
    readonly samples: number;
    /** Newest instant by the device; `null`: it sent none, or (with `clockOff`) none that can be read. */
    readonly deviceTime: Millis | null;
    readonly clockOff: boolean;
    /** It may rightly have been silent before: a rain gauge on a dry day. */
    readonly rested: boolean;
    readonly observedAt: Millis;
    readonly receivedAt: Millis;
  },
): void {
  q.interval.expected = p.expected;
  if (!p.rested && q.newestAt !== null && p.observedAt > q.newestAt && p.samples > 0) {
    // An outage is not a slower interval: no gap counts for more than five.
    const gap = Math.min((p.observedAt - q.newestAt) / p.samples, 5 * p.expected);
    q.interval.n++;
    q.interval.seen =
      q.interval.seen === null ? gap : q.interval.seen + (gap - q.interval.seen) / Math.min(q.interval.n, 8);
  }
  q.newestAt = Math.max(q.newestAt ?? p.observedAt, p.observedAt);
  countClock(q, p);
}

/** What a packet says of its device's clock; the same of one that brings nothing but waveforms. */
export function countClock(
  q: DeviceQuality,
  p: { readonly deviceTime: Millis | null; readonly clockOff: boolean; readonly receivedAt: Millis },
): void {
  // None that can be read is a fault of its clock, none at all is not.
  if (p.deviceTime === null && !p.clockOff) return;
  q.clock.offset = p.deviceTime === null ? null : p.deviceTime - p.receivedAt;
  q.clock.off = Math.max(0, Math.min(3, q.clock.off + (p.clockOff ? 1 : -1)));
}

export function countReading(
  q: DeviceQuality,
  r: {
    readonly metric: MetricKey;
    readonly value: number | null;
    readonly quality: Quality;
    readonly observedAt: Millis;
    readonly receivedAt: Millis;
  },
  kind: 'number' | 'flag' | 'waveform',
): void {
  const day = dayOf(q, r.receivedAt);
  day[r.quality.grade]++;
  const why = r.quality.grade === 'good' ? null : r.quality.why;
  if (why !== null) day.why[why] = (day.why[why] ?? 0) + 1;
  // A clock that is off and a value that stands still have faults of their own.
  const poor = why !== null && why !== 'clock-off' && why !== 'stuck';
  q.poor += ((poor ? 1 : 0) - q.poor) / 32;
  if (poor) q.poorWhy = why;
  if (poor || r.value === null) return;
  if (why === null && r.observedAt > (q.lastGoodAt ?? Number.NEGATIVE_INFINITY)) q.lastGoodAt = r.observedAt;
  if (r.metric === BATTERY) q.battery = { value: r.value, at: r.observedAt };
  if (r.metric === BATTERY_LOW) q.batteryLow = r.value === 1;
  if (kind !== 'number' || STEADY.has(r.metric)) return;
  const series = q.series[r.metric];
  if (series !== undefined) watchSeries(series, r.value, r.observedAt);
  else if (Object.keys(q.series).length < SERIES_AT_MOST)
    q.series[r.metric] = newSeries(r.value, r.observedAt);
}

/** Metrics that any pack may have under these names (packs/common.ts). */
const BATTERY = 'battery';
const BATTERY_LOW = 'batteryLow';
/** They stand still for months, rightly. */
const STEADY: ReadonlySet<string> = new Set([BATTERY, 'rssi']);

/** Our own clock was set while nothing ran: what was seen lies as long ago as it did. Days are those of the calendar. In place. */
export function clockMoved(q: DeviceQuality, by: Duration): void {
  if (q.lastGoodAt !== null) q.lastGoodAt += by;
  if (q.newestAt !== null) q.newestAt += by;
  if (q.battery !== null) q.battery = { value: q.battery.value, at: q.battery.at + by };
  if (q.clock.offset !== null) q.clock.offset -= by;
  for (const series of Object.values(q.series)) series.sameSince += by;
}

/** As it is now: what is counted from here on is not in it. */
export const copied = (q: DeviceQuality): DeviceQuality => ({
  ...q,
  days: q.days.map((d) => ({ ...d, why: { ...d.why } })),
  interval: { ...q.interval },
  battery: q.battery === null ? null : { ...q.battery },
  clock: { ...q.clock },
  series: Object.fromEntries(Object.entries(q.series).map(([key, s]) => [key, { ...s }])),
});

/** What is wrong with it now; a fault that is open lets go later than it takes hold. */
export function faultsOf(
  q: DeviceQuality,
  isOpen: (kind: FaultKind, metric: MetricKey | null) => boolean,
): { readonly kind: FaultKind; readonly metric: MetricKey | null; readonly why: Bilingual }[] {
  const found: { kind: FaultKind; metric: MetricKey | null; readonly why: Bilingual }[] = [];
  const say = (kind: FaultKind, metric: MetricKey | null, zh: string, en: string) =>
    found.push({ kind, metric, why: { zh, en } });
  /** Put into words only where somebody reads them: a fault that lasts is found again every minute. */
  const sayOf = (kind: FaultKind, words: () => Bilingual) =>
    found.push({
      ...{ kind, metric: null },
      get why() {
        return words();
      },
    });
  const beyond = (kind: FaultKind, on: boolean, stays: boolean) => (isOpen(kind, null) ? stays : on);

  if (beyond('poor-readings', q.poor > 0.2, q.poor > 0.05)) {
    say(
      'poor-readings',
      null,
      `近期读数多有问题（${q.poorWhy}）`,
      `Many of its last readings are poor (${q.poorWhy}).`,
    );
  }
  const low = q.battery?.value ?? 100;
  if (q.batteryLow || beyond('low-battery', low <= 20, low < 25)) {
    const level = q.battery === null ? '' : ` ${q.battery.value} %`;
    say('low-battery', null, `电池电量低${level}`, `Battery low${level}.`);
  }
  if (beyond('clock-off', q.clock.off === 3, q.clock.off > 0)) {
    const { offset } = q.clock;
    if (offset === null) say('clock-off', null, '上报的时间无法识别', 'The times it sends cannot be read.');
    else
      sayOf('clock-off', () => {
        const off = lengthInWords(Math.abs(offset));
        const [zh, en] = offset < 0 ? ['慢', 'slow'] : ['快', 'fast'];
        return { zh: `时钟${zh} ${off.zh}`, en: `Its clock is ${off.en} ${en}.` };
      });
  }
  const { seen, expected, n } = q.interval;
  if (seen !== null && n >= 8) {
    if (beyond('interval-drift', seen > 1.5 * expected + seconds(5), seen > 1.2 * expected + seconds(5))) {
      sayOf('interval-drift', () => {
        const [is, should] = [lengthInWords(seen), lengthInWords(expected)];
        return {
          zh: `上报间隔约 ${is.zh}，应为 ${should.zh}`,
          en: `Reports every ${is.en} or so instead of ${should.en}.`,
        };
      });
    }
  }
  for (const [key, s] of Object.entries(q.series)) {
    const metric = key as MetricKey;
    if (isStuck(s, q.newestAt ?? s.sameSince)) {
      say('stuck', metric, `${metric} 一直为 ${s.last}`, `${metric} has stayed at ${s.last}.`);
    } else if (hasCollapsed(s)) {
      say(
        'noise-collapse',
        metric,
        `${metric} 波动远小于平时`,
        `${metric} moves far less than it usually does.`,
      );
    }
  }
  return found;
}

function dayOf(q: DeviceQuality, at: Millis): QualityDay {
  const from = Math.floor((at + ZONE) / days(1)) * days(1) - ZONE;
  const newest = q.days[q.days.length - 1];
  // Also where our clock was stepped back: days do not go backwards.
  if (newest !== undefined && newest.from >= from) return newest;
  const made: QualityDay = { from, good: 0, doubtful: 0, bad: 0, why: {} };
  q.days = [...q.days.slice(1 - DAYS_KEPT), made];
  return made;
}

/** Share of readings of the kept days that were not good, 0 … 1; 0 without any. */
export function poorShare(q: DeviceQuality): number {
  let [all, poor] = [0, 0];
  for (const d of q.days) {
    all += d.good + d.doubtful + d.bad;
    poor += d.doubtful + d.bad;
  }
  return all === 0 ? 0 : poor / all;
}
