import type { KnownCommand } from './device-command/catalogue.ts';
import type { LifelineKey, MetricKey, RuleId } from './ids.ts';
import type { Metric } from './metric.ts';
import type { Rule } from './rule.ts';
import type { Bilingual } from './text.ts';

/** 专项包: everything we know about one lifeline, as data. */
export type Pack = {
  readonly lifeline: LifelineKey;
  readonly name: Bilingual;
  readonly metrics: readonly Metric[];
  readonly rules: readonly Rule[];
  /** What its devices can be told to do; left out: what we know of none. */
  readonly commands?: readonly KnownCommand[];
  /** What a warning of it is about in CAP 1.2 (docs/plan/response.md B.2); left out: Infra. */
  readonly capCategories?: readonly string[];
  /** Only the service itself reports under it. */
  readonly reserved?: true;
  /** A quantity whose next half hour is forecast from its own last one; left out: none. */
  readonly forecast?: ForecastOf;
  /** Its methane may be gas from a pipe or biogas: by which of its quantities the two are told apart. Left out: they are not. */
  readonly leakOrBiogas?: {
    /** %LEL. */
    readonly methane: MetricKey;
    /** ppm. */
    readonly ethane: MetricKey;
    readonly temperature: MetricKey;
  };
  /** How to read the pack's own sources' levels. */
  readonly levelNote: Bilingual;
};

/** What is forecast, and of which rule it is said that its limits will be passed. */
export type ForecastOf = {
  readonly metric: MetricKey;
  readonly rule: RuleId;
  /** From here on there is something to say, in the metric's unit. */
  readonly wet: number;
  /** What stays below it is no event to learn from. */
  readonly counts: number;
  /** Quantities of the same lifeline that say what makes it rise. Absent: nothing does, as far as is known. */
  readonly rain?: {
    /** mm since the report before. */
    readonly reports: MetricKey;
    /** mm of the hour before. */
    readonly hours: MetricKey;
    /** mm that are forecast for the next half hour. */
    readonly toCome: MetricKey;
  };
};
