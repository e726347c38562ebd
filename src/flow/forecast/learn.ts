import type { PastFlood } from '../../domain/forecast/curve.ts';
import { isWorthSaying } from '../../domain/forecast/score.ts';
import { type SkillAt, scoring } from '../../domain/forecast/skill.ts';
import {
  type AskedRain,
  FLOODS_AT_LEAST,
  fittingTrend,
  HORIZONS,
  type TrendModel,
} from '../../domain/forecast/trend.ts';
import type { Millis } from '../../domain/time.ts';
import type { ForecastMethod, ForecastModel } from '../ports/ahead/forecasts.ts';

/** What was learnt from the floods of a point, or of a kind. */
export type Fitted = {
  /** From the depth alone. `model` is `null` where it says no more than "it stays as it is"; `about` where floods were too few. */
  readonly model: TrendModel | null;
  readonly about: ForecastModel | null;
  /** Those that ask the rain and say more than the depth alone, the best first. */
  readonly withRain: readonly { readonly model: TrendModel; readonly about: ForecastModel }[];
};

export const NOTHING: Fitted = { model: null, about: null, withRain: [] };

const METHODS: Readonly<Record<AskedRain, ForecastMethod>> = {
  none: 'trend',
  fallen: 'trend-and-rain',
  'fallen-and-forecast': 'trend-and-forecast-rain',
};

export type Learning = {
  readonly limits: readonly number[];
  readonly pooled: boolean;
  readonly at: Millis;
  /** Goes through the steps of a fit and lets others by between them. */
  readonly through: <T>(steps: Generator<void, T>) => Promise<T>;
};

/** Learns from floods, and holds what it has learnt from the older half against the newer. */
export async function learnt(floods: readonly PastFlood[], how: Learning): Promise<Fitted> {
  const base = await tried(floods, 'none', how);
  const withRain: { model: TrendModel; about: ForecastModel }[] = [];
  for (const asked of ['fallen', 'fallen-and-forecast'] as const) {
    const found = await tried(floods, asked, how);
    if (found === null || !isSkilled(found.about.skills)) continue;
    if (shareLeft(found.about.skills) < shareLeft(base?.about.skills ?? [])) withRain.push(found);
  }
  withRain.sort((a, b) => shareLeft(a.about.skills) - shareLeft(b.about.skills));
  if (base === null) return { ...NOTHING, withRain };
  return { model: isSkilled(base.about.skills) ? base.model : null, about: base.about, withRain };
}

async function tried(
  all: readonly PastFlood[],
  asked: AskedRain,
  how: Learning,
): Promise<{ model: TrendModel; about: ForecastModel } | null> {
  const floods = asked === 'none' ? all : all.filter((f) => f.rain !== undefined);
  const model = await how.through(fittingTrend(floods, how.limits, asked));
  if (model === null) return null;
  // Skill is of what a fit has not seen. With fewer floods than two fits need, the older part is what it needs.
  const half = Math.max(Math.floor(floods.length / 2), FLOODS_AT_LEAST);
  const older = await how.through(fittingTrend(floods.slice(0, half), how.limits, asked));
  const skills = older === null ? [] : await how.through(scoring(older, floods.slice(half), how.limits));
  return {
    model,
    about: { method: METHODS[asked], pooled: how.pooled, events: floods.length, fittedAt: how.at, skills },
  };
}

/** Ten minutes ahead it must be better than nothing; without floods to hold it against, nobody knows. */
const isSkilled = (skills: readonly SkillAt[]): boolean =>
  skills.some((s) => s.horizon === HORIZONS[0] && s.skill.n > 0 && isWorthSaying(s.skill));

/** How much of the error of "it stays as it is" a forecast leaves, over all its horizons; without any score all of it. */
function shareLeft(skills: readonly SkillAt[]): number {
  const [lowest] = skills.map((s) => s.limit).sort((a, b) => a - b);
  let [left, whole] = [0, 0];
  for (const { limit, skill } of skills)
    if (limit === lowest && skill.error !== null && skill.persistenceError !== null) {
      left += skill.error;
      whole += skill.persistenceError;
    }
  return whole === 0 ? 1 : left / whole;
}
