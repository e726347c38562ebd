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
  /** The baseline that the register has for the point. */
  readonly stored?: number;
  /** Of a combination: the other members at the same moments; of a spread: the other points. */
  readonly beside?: readonly string[];
  /** What a learnt compensation takes out: the other metric's value, all the while. */
  readonly environment?: number;
};

type More = Pick<PackCase, 'stored' | 'beside'>;

/** Cases of one pack, a line each: rule without its lifeline, promise, series, levels. */
export function casesOf(
  lifeline: string,
  every: Duration,
  lines: readonly (readonly [rule: string, promise: string, series: string, levels: string, more?: More])[],
): PackCase[] {
  return lines.map(([rule, promise, series, levels, more]) => ({
    ...more,
    rule: `${lifeline}.${rule}`,
    promise,
    every,
    series,
    levels,
  }));
}

/** Flags that count at once and are over at once, battery, and silence of three times the interval. */
export function ownCases(
  lifeline: string,
  silentEvery: Duration,
  flags: Readonly<Record<string, 1 | 2 | 3 | 4>>,
): PackCase[] {
  return [
    ...casesOf(lifeline, silentEvery, [
      ['any.silence', 'three times its interval without a word', '0 _ _ _ 0', '_ _ _ 4 _'],
      ['battery.limit', 'low at 20 %, well again above 25 %', '21 20 25 26', '_ 4 4 _'],
      ...Object.entries(flags).map(
        ([flag, level]) => [`${flag}.flag`, 'said and unsaid', '0 1 1 0', `_ ${level} ${level} _`] as const,
      ),
    ]),
  ];
}
