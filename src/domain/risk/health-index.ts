import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';

/**
 * An indicator 指标 with what 五统一 asks of it: whose standard, which version of the definition, of when, of which place, and of what it is
 * the quotient.
 */
export type HealthIndicator = {
  readonly key: string;
  readonly name: Bilingual;
  readonly standard: string;
  /** +1 with every change of what it counts. */
  readonly definitionVersion: number;
  readonly asOf: Millis;
  readonly place: string;
  readonly numerator: number;
  readonly denominator: number;
  /** `null`: there is nothing to divide by, and so no value: it is missing, and not zero. */
  readonly value: number | null;
  readonly target: number;
  readonly better: 'higher' | 'lower';
  /** 0 … 100, against the target; `null`: missing. */
  readonly score: number | null;
};

/** 城市健康指数: never alone. A mean hides what is worst, and what nobody has measured. */
export type HealthIndex = {
  /** Mean of the scores that there are; `null`: more than half are missing. */
  readonly index: number | null;
  readonly worst: HealthIndicator | null;
  /** Share of assets that something measures; `null`: there are no assets. */
  readonly coverage: number | null;
  readonly missingShare: number;
  readonly indicators: readonly HealthIndicator[];
};

/** @param best the value at which a `lower` one has all points, a `higher` one needs its target alone */
export function indicatorOf(given: Omit<HealthIndicator, 'value' | 'score'>): HealthIndicator {
  const value = given.denominator === 0 ? null : given.numerator / given.denominator;
  return { ...given, value, score: value === null ? null : scoreOf(value, given) };
}

/** All points at the target; of a `higher` one in proportion below it, of a `lower` one none at three times it. */
function scoreOf(value: number, { target, better }: Pick<HealthIndicator, 'target' | 'better'>): number {
  if (better === 'higher') return Math.round(100 * Math.min(1, target === 0 ? 1 : value / target));
  if (value <= target) return 100;
  const none = target === 0 ? 1 : 3 * target;
  return Math.round(100 * Math.max(0, 1 - (value - target) / (none - target)));
}

export function healthIndex(indicators: readonly HealthIndicator[]): HealthIndex {
  const known = indicators.filter((i) => i.score !== null);
  const missingShare = indicators.length === 0 ? 1 : 1 - known.length / indicators.length;
  const worst = [...known].sort((a, b) => (a.score ?? 0) - (b.score ?? 0))[0] ?? null;
  const index =
    missingShare > 0.5 || known.length === 0
      ? null
      : Math.round(known.reduce((n, i) => n + (i.score ?? 0), 0) / known.length);
  return {
    index,
    worst,
    coverage: indicators.find((i) => i.key === 'coverage')?.value ?? null,
    missingShare,
    indicators,
  };
}
