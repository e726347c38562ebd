import type { AreaCode, LifelineKey, MetricKey, PointCode } from '../../domain/ids.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Millis } from '../../domain/time.ts';
import type { HistoryItem } from './history.ts';

export type StockPoint = {
  readonly code: PointCode;
  readonly name: string;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
  /** By metric: by which values the devices that are installed there say that they have failed. Left out: none are known. */
  readonly faultValues?: Readonly<Record<string, readonly number[]>>;
};

/** Stock data 存量数据 in and out: of a service that is serving, or of its data directory while it is not. */
export interface Stock {
  about(): Promise<{ readonly points: readonly StockPoint[]; readonly keepDays: number }>;
  /**
   * Keeps readings that no rule will judge; durable when it resolves. Waits while the store is far behind.
   *
   * @throws when a reading is of an unknown point or metric: then none of them is kept
   */
  keep(readings: readonly Reading[]): Promise<void>;
  /** Resolves when everything kept through this door is in the history store. */
  settled(): Promise<void>;
  /** As `History.raw`. */
  raw(q: {
    readonly point: PointCode;
    readonly metric: MetricKey;
    readonly from: Millis;
    readonly to: Millis;
    readonly limit: number;
  }): Promise<readonly HistoryItem[]>;
}
