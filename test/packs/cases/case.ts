import type { Duration } from '../../../src/domain/time.ts';

/** One promise of a pack about one of its rules, in the series shorthand of `test/domain/judge/series.ts`. */
export type PackCase = {
  readonly rule: string;
  readonly promise: string;
  /** Between two moments of the series. */
  readonly every: Duration;
  /** For a rule of silence a number is a word heard, `_` a moment without one. */
  readonly series: string;
  readonly levels: string;
};
