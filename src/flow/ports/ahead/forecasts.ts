import type { PeakAhead, PeakModel } from '../../../domain/forecast/rain-peak.ts';
import type { Reaching } from '../../../domain/forecast/reaches.ts';
import type { SkillAt } from '../../../domain/forecast/skill.ts';
import type { MinutesAhead } from '../../../domain/forecast/trend.ts';
import type { LifelineKey, MetricKey, PointCode, RuleId, WarningId } from '../../../domain/ids.ts';
import type { Level } from '../../../domain/level.ts';
import type { Duration, Millis } from '../../../domain/time.ts';

/** Why nothing is said of the next minutes. */
export type NoForecast =
  /** Not looked at yet: the service has just begun. */
  | 'not-yet'
  /** Fewer floods than a fit needs, here and at all points of the kind together. */
  | 'few-events'
  /** On floods that the fit had not seen it was worse than "it stays as it is". */
  | 'no-skill'
  /** The newest reading is too old. */
  | 'silent'
  /** No water: nothing to say, and nothing wrong. */
  | 'dry';

/**
 * `trend`: the last hour of the quantity; `trend-and-rain`: and of the rain that has fallen near it; `trend-and-forecast-rain`: and what
 * is forecast to fall. The last one's score is with the rain that then fell: its forecast may be wrong as well.
 */
export type ForecastMethod = 'trend' | 'trend-and-rain' | 'trend-and-forecast-rain';

/** What a forecast rests on. */
export type ForecastModel = {
  readonly method: ForecastMethod;
  /** Its own floods were too few: those of all points of the kind together. */
  readonly pooled: boolean;
  readonly events: number;
  readonly fittedAt: Millis;
  /** On the newer half of them, by a fit on the older half. */
  readonly skills: readonly SkillAt[];
};

export type Forecast = {
  readonly point: PointCode;
  readonly lifeline: LifelineKey;
  readonly metric: MetricKey;
  readonly unit: string;
  /** Whose limits it is about. */
  readonly rule: RuleId;
  /** The newest reading that it knows; `null`: none. */
  readonly observedAt: Millis | null;
  readonly now: number | null;
  readonly none: NoForecast | null;
  readonly ahead: readonly MinutesAhead[];
  /** Limits of the rule that are not passed yet and will be, the lowest first. */
  readonly reaches: readonly (Reaching & { readonly level: Level })[];
  /** `null`: there is none. */
  readonly model: ForecastModel | null;
  /** `null`: no gauge is near, or none speaks. */
  readonly rain: RainNear | null;
  /** What was said at this point since the service began, against what came. */
  readonly scored: readonly SkillAt[];
  /** A warning that was drafted of it and is open still. */
  readonly warning: WarningId | null;
};

/** The rain at a point, by the nearest gauge. */
export type RainNear = {
  readonly gauge: PointCode;
  /** mm of the last hour. */
  readonly fell: number;
  /** mm forecast for the next half hour; `null`: nobody has said. */
  readonly toCome: number | null;
  /** How deep it comes by this rain alone if no more falls; `null`: it does not rain, or the rains of the past say nothing of it. */
  readonly peak: (PeakAhead & Pick<PeakModel, 'events' | 'error' | 'usualError'>) | null;
};

/** What was said at an instant. */
export type StoredForecast = {
  readonly at: Millis;
  readonly horizon: Duration;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
};

export type ForecastSkill = {
  readonly lifeline: LifelineKey;
  readonly metric: MetricKey;
  readonly unit: string;
  /** Points with a fit of their own, with the pooled one, with none. */
  readonly points: { readonly own: number; readonly pooled: number; readonly none: number };
  /** Of the pooled fit; `null`: none. */
  readonly model: ForecastModel | null;
  /** All that was said since the service began. */
  readonly scored: readonly SkillAt[];
};

/** The next minutes of what is forecast; drafts warnings, raises no alarm. */
export interface Forecasts {
  /** @returns `null`: nothing of this point is forecast */
  of(point: PointCode): Forecast | null;
  /** Where a limit will be passed, the soonest first. */
  reaching(): readonly Forecast[];
  skill(): readonly ForecastSkill[];
  /** What was said of a point, by when it was said. */
  said(point: PointCode, from: Millis, to: Millis): Promise<readonly StoredForecast[]>;
}
