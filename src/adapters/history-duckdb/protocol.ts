import type { SeriesQuery, WindowQuery } from '../../flow/ports/history.ts';
import type { SpooledTurn } from '../../flow/ports/journal.ts';

/**
 * What crosses between the service and the history process. Answers travel as columns whose numbers are typed
 * arrays: those are read where they arrived, so that a day of readings costs the main thread only the making of
 * its items.
 */

export type HistoryOpenOptions = {
  readonly dir: string;
  readonly threads: number;
  readonly memoryLimit: string;
  readonly maxAttached: number;
};

/** `NaN` stands for no value: readings and samples are finite. `why` is `''` for a good reading. */
export type ItemColumns = {
  readonly t: Float64Array;
  readonly value: Float64Array;
  readonly grade: Uint8Array;
  readonly why: readonly string[];
  readonly backfill: Uint8Array;
};

/** Series by their place in `point` and `metric`. */
export type WindowColumns = ItemColumns & {
  readonly series: Float64Array;
  readonly point: readonly string[];
  readonly metric: readonly string[];
};

/** `NaN` stands for no value in min, max and avg. */
export type BucketColumns = {
  readonly t: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly avg: Float64Array;
  readonly n: Float64Array;
  readonly worst: Uint8Array;
};

export type LatestColumns = {
  readonly point: readonly string[];
  readonly metric: readonly string[];
  readonly value: Float64Array;
  readonly grade: Uint8Array;
  readonly why: readonly string[];
  readonly observedAt: Float64Array;
  readonly receivedAt: Float64Array;
};

export type FrameColumns = {
  readonly t0: Float64Array;
  readonly dt: Float64Array;
  /** All samples, frame after frame. */
  readonly samples: Float64Array;
  /** How many of them belong to each frame. */
  readonly length: Float64Array;
};

export type Operations = {
  open(options: HistoryOpenOptions): Promise<void>;
  cursor(nothing: null): Promise<number>;
  keep(turns: readonly SpooledTurn[]): Promise<void>;
  raw(q: SeriesQuery & { readonly limit: number }): Promise<ItemColumns>;
  buckets(q: SeriesQuery & { readonly buckets: number }): Promise<BucketColumns>;
  window(q: WindowQuery): Promise<WindowColumns>;
  latest(nothing: null): Promise<LatestColumns>;
  frames(q: SeriesQuery & { readonly limit: number }): Promise<FrameColumns>;
  forgetBefore(before: number): Promise<number>;
  standStill(nothing: null): Promise<number>;
  goOn(nothing: null): Promise<void>;
  close(nothing: null): Promise<void>;
};

export type Operation = keyof Operations;

export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** What the process has to say without having been asked. */
export type News =
  | { readonly is: 'trouble'; readonly msg: string; readonly fields: Fields }
  | { readonly is: 'settled'; readonly day: string; readonly rows: number; readonly ms: number };
