import { MINUTE, type PastFlood } from '../../domain/forecast/curve.ts';
import { LOOKS } from '../../domain/forecast/looks.ts';
import { RAIN_LAG } from '../../domain/forecast/rain.ts';
import {
  fellIn,
  fitPeak,
  type PeakModel,
  peakAhead,
  RAIN_COUNTS,
  rainEventsOf,
} from '../../domain/forecast/rain-peak.ts';
import { ahead, type MinutesAhead, type TrendModel } from '../../domain/forecast/trend.ts';
import type { PointCode } from '../../domain/ids.ts';
import type { ForecastOf, Pack } from '../../domain/pack.ts';
import { hours, type Millis } from '../../domain/time.ts';
import type { ForecastModel, RainNear } from '../ports/ahead/forecasts.ts';
import { type Fitted, NOTHING } from './learn.ts';
import type { ForecastPoint } from './points.ts';
import { RainGauges } from './rain-gauges.ts';

/** One lifeline's quantity that is forecast. */
export class ForecastKind {
  readonly of: ForecastOf;
  readonly pack: Pack;
  readonly points = new Map<PointCode, ForecastPoint>();
  readonly own = new Map<PointCode, Fitted>();
  pooled: Fitted = NOTHING;
  limits: readonly number[] = [];
  /** Whether the floods have been looked at. */
  isFitted = false;
  /** `null`: nothing is known of what makes it rise. */
  readonly gauges: RainGauges | null;
  readonly peaks = new Map<PointCode, PeakModel>();

  constructor(pack: Pack, of: ForecastOf) {
    this.pack = pack;
    this.of = of;
    this.gauges = of.rain === undefined ? null : new RainGauges(of.rain);
  }

  fittedFor(code: PointCode): Fitted {
    const own = this.own.get(code);
    return own !== undefined && (own.model !== null || own.withRain.length > 0) ? own : this.pooled;
  }

  /** What is said with: the best that has what it asks for. */
  modelFor(code: PointCode, now: Millis): { model: TrendModel | null; about: ForecastModel | null } {
    const fitted = this.fittedFor(code);
    const gauge = this.gauges?.near(code, now) ?? null;
    if (gauge === null) return fitted;
    const isForecast = this.gauges?.toCome(gauge, now) !== null;
    return fitted.withRain.find(({ model }) => model.rain?.ahead !== true || isForecast) ?? fitted;
  }

  /** @param until end of the newest minute */
  ahead(point: ForecastPoint, model: TrendModel, until: Millis): readonly MinutesAhead[] {
    const seen = { minutes: point.minutes(until) };
    const gauge = model.rain === null ? null : (this.gauges?.near(point.point.code, until) ?? null);
    if (gauge === null || this.gauges === null) return ahead(model, seen);
    const rain = this.gauges.minutes(gauge, until - (LOOKS + RAIN_LAG) * MINUTE, until);
    return ahead(model, { ...seen, rain }, this.gauges.toCome(gauge, until) ?? 0);
  }

  /** @param depth that stands now */
  rainAt(code: PointCode, depth: number, now: Millis): RainNear | null {
    const gauge = this.gauges?.near(code, now) ?? null;
    if (this.gauges === null || gauge === null) return null;
    const fallen = this.gauges.fallen(gauge).filter((r) => r.at > now - hours(1) && r.at <= now);
    const fell = fallen.reduce((sum, r) => sum + r.value, 0);
    const model = this.peaks.get(code);
    const rain = { ...fellIn(fallen), before: this.gauges.wetness(gauge, now) };
    const peak =
      model === undefined || fell < RAIN_COUNTS ? null : { ...model, ...peakAhead(model, rain, depth) };
    return { gauge, fell, toCome: this.gauges.toCome(gauge, now), peak };
  }

  /** How deep it comes by the rain alone is learnt of each point by itself: roads drain otherwise. */
  learnPeak(code: PointCode, floods: readonly PastFlood[]): void {
    const peak = fitPeak(rainEventsOf(this.gauges?.pastOf(code) ?? [], floods));
    if (peak === null) this.peaks.delete(code);
    else this.peaks.set(code, peak);
  }
}
