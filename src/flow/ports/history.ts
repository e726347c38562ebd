import type { MetricKey, PointCode, TurnNumber } from '../../domain/ids.ts';
import type { Quality } from '../../domain/reading.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { SpooledTurn } from './journal.ts';

/** By `observedAt`: from inclusive, to exclusive. */
export type SeriesQuery = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  readonly from: Millis;
  readonly to: Millis;
};

export type HistoryItem = {
  readonly t: Millis;
  readonly value: number | null;
  readonly quality: Quality;
  readonly backfill: boolean;
};

/** min, max, avg and n over good and doubtful values; a bucket of only bad readings has n 0 and null values. */
export type HistoryBucket = {
  /** Start of the bucket. */
  readonly t: Millis;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly n: number;
  readonly worstQuality: 'good' | 'doubtful' | 'bad';
};

export type HistoryLatest = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  readonly value: number | null;
  readonly quality: Quality;
  readonly observedAt: Millis;
  readonly receivedAt: Millis;
};

export type WindowQuery = {
  readonly from: Millis;
  readonly to: Millis;
  readonly mode: 'latest' | 'all';
};
export type WindowReading = HistoryItem & { readonly point: PointCode; readonly metric: MetricKey };

export type StoredFrame = {
  readonly t0: Millis;
  readonly dt: Duration;
  readonly samples: readonly (number | null)[];
};

/**
 * The store of readings and frames. Same point, metric and instant: the last one kept wins, also across
 * batches.
 */
export interface History {
  start(): Promise<void>;
  /** The last turn whose readings are durable in this store. */
  cursor(): Promise<TurnNumber>;
  /** Stores a batch of turns, in order, and the cursor with them; durable when it resolves. Repeating is harmless. */
  keep(turns: readonly SpooledTurn[]): Promise<void>;
  /**
   * Stores turns that lie ahead of the cursor without moving it, so that charts show the present while a long
   * backlog is drained. Absent where a backlog is never long.
   */
  keepAhead?(turns: readonly SpooledTurn[]): Promise<void>;
  /** Everything up to this turn is stored: the backlog has met what was kept ahead. Goes with `keepAhead`. */
  moveCursor?(upTo: TurnNumber): Promise<void>;
  /** Oldest first; `after` is the t of the last item of the former page. */
  raw(q: SeriesQuery & { readonly limit: number }): Promise<readonly HistoryItem[]>;
  /** Equal buckets over [from, to); empty ones are absent. */
  buckets(q: SeriesQuery & { readonly buckets: number }): Promise<readonly HistoryBucket[]>;
  /**
   * Readings of all points within [from, to), in no order; `latest`: of each series its last one there. Absent where a store can only
   * be asked series by series.
   */
  window?(q: WindowQuery): Promise<readonly WindowReading[]>;
  /** Newest reading of each metric of each point, over what is kept (bounded look-back allowed: 8 days). */
  latest(): Promise<readonly HistoryLatest[]>;
  frames(q: SeriesQuery & { readonly limit: number }): Promise<readonly StoredFrame[]>;
  /** Drops everything observed in whole days before `before`; says how many days went. */
  forgetBefore(before: Millis): Promise<number>;
  /** Flushes and lets go of the files. */
  close(): Promise<void>;
}

/** Why a store did not take a batch, as far as it can be told; adapters put it on the errors they throw. */
export type StoreTroubleKind = 'unreachable' | 'timeout' | 'busy' | 'unauthorised' | 'other';

/** Why the history store cannot be asked, in the words of whoever looks at a chart. */
export const STORE_TROUBLE: Readonly<Record<StoreTroubleKind, Bilingual>> = {
  unreachable: {
    zh: '历史库连接不上或正在重新启动',
    en: 'the history store cannot be reached or is being started anew',
  },
  timeout: { zh: '历史库没有按时应答', en: 'the history store does not answer in time' },
  busy: { zh: '历史库繁忙，要求稍后再试', en: 'the history store is busy and asks to be left alone' },
  unauthorised: { zh: '历史库拒绝了本平台的凭证', en: 'the history store refuses our credential' },
  other: {
    zh: '历史库读写失败（请检查磁盘）',
    en: 'the history store cannot read or write its files (look at its disk)',
  },
};

/** Whether an error says that the store could not be asked, as against a fault of ours. */
export function isStoreTrouble(cause: unknown): boolean {
  return cause instanceof Error && KINDS.some((k) => k === (cause as { kind?: unknown }).kind);
}

/** Reads the kind from an adapter's error. @returns how long the store asks to be left alone, where it does */
export function troubleOf(cause: unknown): {
  readonly kind: StoreTroubleKind;
  readonly retryAfter: Duration | null;
} {
  const e = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    kind?: unknown;
    retryAfterMs?: unknown;
  };
  const kind = KINDS.find((k) => k === e.kind) ?? 'other';
  return { kind, retryAfter: typeof e.retryAfterMs === 'number' ? e.retryAfterMs : null };
}

const KINDS = [
  'unreachable',
  'timeout',
  'busy',
  'unauthorised',
  'other',
] as const satisfies readonly StoreTroubleKind[];
