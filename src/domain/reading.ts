import type { DeviceCode, MetricKey, PointCode } from './ids.ts';
import type { Duration, Millis } from './time.ts';

/** Why a reading is not simply good. Kept with the reading, shown to people, counted per device. */
export type QualityReason =
  | 'not-a-number' // null, NaN, ±Infinity, text
  | 'sentinel' // the device's own fault value: 9999, FF…FF
  | 'out-of-range' // outside the metric's physical range
  | 'impossible-jump' // changed faster than the quantity can
  | 'stuck' // has not changed for longer than the quantity stays still
  | 'device-fault' // the device says so itself
  | 'clock-off'; // device time unusable: placed at the time of receipt

/** Data quality 数据质量. Rules judge good readings, unless they say otherwise (`Judges`); the others are kept and shown. */
export type Quality =
  | { readonly grade: 'good' }
  | { readonly grade: 'doubtful'; readonly why: QualityReason }
  | { readonly grade: 'bad'; readonly why: QualityReason };

/** What a reading is where it is not simply good. */
export type Doubt = Exclude<Quality, { readonly grade: 'good' }>;

export const GOOD: Quality = { grade: 'good' };
export const CLOCK_OFF: Quality = { grade: 'doubtful', why: 'clock-off' };

/** One value of one metric at one point at one instant, decoded, in our unit. */
export type Reading = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  /** In the metric's unit; flags are 0 or 1; `null` only where nothing numeric could be made of it. */
  readonly value: number | null;
  readonly quality: Quality;
  /** The device's clock where it can be believed, else equal to `receivedAt`. */
  readonly observedAt: Millis;
  /** Our clock. */
  readonly receivedAt: Millis;
  /** 补传: arrived more than the lateness window after `observedAt`. */
  readonly backfill: boolean;
  /** The device's clock, where it says another instant than `observedAt` and the reading is known again by it. */
  readonly deviceTime?: Millis;
};

/** Waveform 波形: equally spaced samples of one channel, kept whole, judged by features. */
export type Frame = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  readonly device: DeviceCode;
  /** Instant of the first sample. */
  readonly observedAt: Millis;
  readonly receivedAt: Millis;
  /** Sample spacing. */
  readonly dt: Duration;
  /** In the metric's unit; `null` where the device sent nothing usable. */
  readonly samples: readonly (number | null)[];
  /** Instant of the first sample by the device's clock, where the frame was placed by another. */
  readonly deviceTime?: Millis;
  /** Its time could not be believed: it was placed so that it ends at the time of receipt. */
  readonly clockOff?: true;
};
