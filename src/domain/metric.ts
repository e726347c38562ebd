import type { MetricKey } from './ids.ts';
import type { Bilingual, Source } from './text.ts';
import type { Duration } from './time.ts';

/** 监测指标: what is measured at a point of a lifeline. */
export type Metric = {
  readonly key: MetricKey;
  readonly name: Bilingual;
  /** As shown; `''` for a flag or a count. */
  readonly unit: string;
  readonly kind: 'number' | 'flag' | 'waveform';
  /** Physical range, inclusive: outside it a reading is bad, not an alarm. */
  readonly range?: { readonly min: number; readonly max: number; readonly source: Source };
  /** Values by which devices say "fault": become bad quality, never a number. */
  readonly sentinels: readonly number[];
  /** Expected reporting interval in normal operation; silence is judged against it. */
  readonly expectedInterval: Duration;
  /**
   * Devices that collect and upload in batches: a reading this old is still on time, judged in its place and able to end an
   * alarm. Default: 30 s.
   */
  readonly arrivesWithin?: Duration;
  /** Of a waveform: how far apart its samples may lie, inclusive, in milliseconds. */
  readonly spacing?: { readonly min: Duration; readonly max: Duration; readonly source: Source };
  /** Change per minute beyond which a reading is doubtful (impossible jump). */
  readonly maxChangePerMinute?: { readonly value: number; readonly source: Source };
  /** Units a device may name instead of ours: value × factor + offset gives ours. */
  readonly conversions?: readonly {
    readonly from: string;
    readonly factor: number;
    readonly offset?: number;
    readonly source: Source;
  }[];
  /** A feature cut from a waveform metric over windows of this length. */
  readonly feature?: {
    readonly of: MetricKey;
    readonly stat: 'min' | 'max' | 'mean' | 'rms' | 'peakToPeak';
    readonly window: Duration;
  };
};
