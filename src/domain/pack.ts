import type { LifelineKey } from './ids.ts';
import type { Metric } from './metric.ts';
import type { Rule } from './rule.ts';
import type { Bilingual } from './text.ts';

/** 专项包: everything we know about one lifeline, as data. */
export type Pack = {
  readonly lifeline: LifelineKey;
  readonly name: Bilingual;
  readonly metrics: readonly Metric[];
  readonly rules: readonly Rule[];
  /** What a warning of it is about in CAP 1.2 (docs/plan/response.md B.2); left out: Infra. */
  readonly capCategories?: readonly string[];
  /** Only the service itself reports under it. */
  readonly reserved?: true;
  /** How to read the pack's own sources' levels. */
  readonly levelNote: Bilingual;
};
