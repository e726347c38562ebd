import { z } from 'zod';
import type { SkillAt } from '../../../domain/forecast/skill.ts';
import { HORIZONS, type Horizon } from '../../../domain/forecast/trend.ts';
import { iso } from '../../alarm.ts';
import { instantIn, instantOut } from '../shapes.ts';

/** What the next half hour brings at a point, with what it rests on and how good it was. */

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const number = z.number();
const maybe = z.number().nullable();

export const forecastQuery = z.strictObject({
  from: instantIn.optional().describe('with it, what was said from then on comes along as `said`'),
  to: instantIn.optional().describe('exclusive; left out: now'),
});

const skillOut = z
  .object({
    horizonMin: z.int(),
    limit: number.describe('in the unit of the quantity'),
    pod: maybe.describe('probability of detection h/(h+m)'),
    far: maybe.describe('false alarm ratio f/(h+f)'),
    csi: maybe.describe('critical success index h/(h+m+f)'),
    bias: maybe.describe('(h+f)/(h+m)'),
    persistenceCsi: maybe.describe('of "it stays as it is", which never says that a limit will be passed'),
    alwaysCsi: maybe.describe('of "it will be passed", said every minute'),
    error: maybe.describe('mean |P50 − what came|'),
    persistenceError: maybe.describe('mean |what was − what came|'),
    within: maybe.describe('share of what came that lay from P10 to P90; 0.8 would be right'),
    n: z.int().describe('minutes below the limit that were scored'),
  })
  .meta({ id: 'ForecastSkill' });

const rangeOut = z.object({ horizonMin: z.int(), p10: number, p50: number, p90: number });

const modelFields = {
  method: z
    .enum(['trend', 'trend-and-rain', 'trend-and-forecast-rain'])
    .describe(
      'trend: from the last hour of the quantity itself; trend-and-rain: and of the rain that fell near it; trend-and-forecast-rain: and of what is forecast to fall, scored with what then fell',
    )
    .nullable(),
  pooled: z
    .boolean()
    .nullable()
    .describe('its own events were too few: learnt from all points of the kind together'),
  samples: z.int().describe('events that it has learnt from'),
  fittedAt: instantOut.nullable(),
  skills: z
    .array(skillOut)
    .describe('on the newer half of those events, by a fit on the older half: nothing that it had seen'),
  scored: z.array(skillOut).describe('what was said since the service began, against what came'),
};

export const forecastOut = z
  .object({
    pointCode: z.string(),
    metric: z.string(),
    unit: z.string(),
    ruleId: z.string().describe('whose limits it is about'),
    observedAt: instantOut.nullable().describe('the newest reading that it knows'),
    now: maybe,
    none: z
      .enum(['not-yet', 'few-events', 'no-skill', 'silent', 'dry'])
      .nullable()
      .describe(
        'why nothing is said; few-events: fewer than 15; no-skill: worse than "it stays as it is" on events that it had not seen; null: something is said',
      ),
    horizonMin: z.int().describe('of p10, p50 and p90; ten minutes are honest'),
    p10: maybe,
    p50: maybe,
    p90: maybe,
    horizons: z.array(rangeOut),
    reaches: z.array(
      z.object({
        level,
        limit: number,
        atP50: z.int().describe('minutes until it is said to be passed'),
        soonestMin: z.int().nullable().describe('by P90'),
        latestMin: z.int().nullable().describe('by P10; null: not within the last horizon'),
      }),
    ),
    rain: z
      .object({
        gauge: z.string().describe('the point whose rain it is: its own, or the nearest within 3 km'),
        fell1hMm: number,
        next30mMm: maybe.describe('what is forecast to fall, told by somebody else; null: nobody has said'),
        peak: z
          .object({
            p10: number,
            p50: number,
            p90: number,
            samples: z.int().describe('rains that it has learnt from'),
            error: number.describe('mean error on the newer half of them, by a fit on the older half'),
            usualError: number.describe('the same of “as deep as it mostly comes”'),
          })
          .nullable()
          .describe(
            'how deep it comes by this rain alone if no more falls; null: it does not rain, or past rains say nothing of it',
          ),
      })
      .nullable()
      .describe('null: no gauge is near, or none speaks'),
    skill: skillOut.nullable().describe('of the next limit, at horizonMin; null: nothing was scored'),
    ...modelFields,
    warningId: z.string().nullable().describe('a warning that was drafted of it and is open'),
    said: z.array(rangeOut.extend({ at: instantOut.describe('when it was said') })),
  })
  .meta({ id: 'Forecast' });
type ForecastJson = z.infer<typeof forecastOut>;
export const forecastListOut = z.object({ items: z.array(forecastOut) });

export const forecastSkillOut = z.object({
  items: z.array(
    z
      .object({
        lifeline: z.string(),
        metric: z.string(),
        unit: z.string(),
        points: z
          .object({ own: z.int(), pooled: z.int(), none: z.int() })
          .describe('points with a fit of their own, with the pooled one, with none'),
        ...modelFields,
      })
      .meta({ id: 'ForecastSkillOfKind' }),
  ),
});

type Model = {
  readonly method: NonNullable<ForecastJson['method']>;
  readonly pooled: boolean;
  readonly events: number;
  readonly fittedAt: number;
  readonly skills: readonly SkillAt[];
};

const skillJson = ({ horizon, limit, skill, within }: SkillAt): z.infer<typeof skillOut> => ({
  horizonMin: horizon,
  limit,
  pod: rounded(skill.pod),
  far: rounded(skill.far),
  csi: rounded(skill.csi),
  bias: rounded(skill.bias),
  persistenceCsi: rounded(skill.persistenceCsi),
  alwaysCsi: rounded(skill.alwaysCsi),
  error: rounded(skill.error),
  persistenceError: rounded(skill.persistenceError),
  within: rounded(within),
  n: skill.n,
});

const modelJson = (model: Model | null, scored: readonly SkillAt[]) => ({
  method: model?.method ?? null,
  pooled: model?.pooled ?? null,
  samples: model?.events ?? 0,
  fittedAt: model === null ? null : iso(model.fittedAt),
  skills: (model?.skills ?? []).map(skillJson),
  scored: scored.filter((s) => s.skill.n > 0).map(skillJson),
});

/** @param f as the port has it */
export function forecastJson(
  f: {
    readonly point: string;
    readonly metric: string;
    readonly unit: string;
    readonly rule: string;
    readonly observedAt: number | null;
    readonly now: number | null;
    readonly none: ForecastJson['none'];
    readonly ahead: readonly {
      readonly horizon: Horizon;
      readonly p10: number;
      readonly p50: number;
      readonly p90: number;
    }[];
    readonly reaches: readonly {
      readonly level: 1 | 2 | 3 | 4;
      readonly limit: number;
      readonly inMin: number;
      readonly soonestMin: number | null;
      readonly latestMin: number | null;
    }[];
    readonly model: Model | null;
    readonly rain: {
      readonly gauge: string;
      readonly fell: number;
      readonly toCome: number | null;
      readonly peak: {
        readonly p10: number;
        readonly p50: number;
        readonly p90: number;
        readonly events: number;
        readonly error: number;
        readonly usualError: number;
      } | null;
    } | null;
    readonly scored: readonly SkillAt[];
    readonly warning: string | null;
  },
  said: ForecastJson['said'] = [],
): ForecastJson {
  const [horizonMin] = HORIZONS;
  const horizons = f.ahead.map((a) => ({
    horizonMin: a.horizon,
    p10: rounded(a.p10) as number,
    p50: rounded(a.p50) as number,
    p90: rounded(a.p90) as number,
  }));
  const first = horizons.find((h) => h.horizonMin === horizonMin);
  const skills = (f.model?.skills ?? []).filter((s) => s.horizon === horizonMin && s.skill.n > 0);
  const next = skills.find((s) => s.limit > (f.now ?? 0)) ?? skills[skills.length - 1];
  return {
    pointCode: f.point,
    metric: f.metric,
    unit: f.unit,
    ruleId: f.rule,
    observedAt: f.observedAt === null ? null : iso(f.observedAt),
    now: f.now,
    none: f.none,
    horizonMin,
    p10: first?.p10 ?? null,
    p50: first?.p50 ?? null,
    p90: first?.p90 ?? null,
    horizons,
    reaches: f.reaches.map((r) => ({
      level: r.level,
      limit: r.limit,
      atP50: r.inMin,
      soonestMin: r.soonestMin,
      latestMin: r.latestMin,
    })),
    rain:
      f.rain === null
        ? null
        : {
            gauge: f.rain.gauge,
            fell1hMm: rounded(f.rain.fell) as number,
            next30mMm: rounded(f.rain.toCome),
            peak: f.rain.peak === null ? null : peakJson(f.rain.peak),
          },
    skill: next === undefined ? null : skillJson(next),
    ...modelJson(f.model, f.scored),
    warningId: f.warning,
    said,
  };
}

const peakJson = (p: {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly events: number;
  readonly error: number;
  readonly usualError: number;
}) => ({
  p10: rounded(p.p10) as number,
  p50: rounded(p.p50) as number,
  p90: rounded(p.p90) as number,
  samples: p.events,
  error: rounded(p.error) as number,
  usualError: rounded(p.usualError) as number,
});

export const kindSkillJson = (k: {
  readonly lifeline: string;
  readonly metric: string;
  readonly unit: string;
  readonly points: { readonly own: number; readonly pooled: number; readonly none: number };
  readonly model: Model | null;
  readonly scored: readonly SkillAt[];
}): z.infer<typeof forecastSkillOut>['items'][number] => ({
  lifeline: k.lifeline,
  metric: k.metric,
  unit: k.unit,
  points: k.points,
  ...modelJson(k.model, k.scored),
});

/** Three places: a tenth of a per cent, a hundredth of a millimetre. */
function rounded(x: number | null): number | null {
  return x === null ? null : Math.round(x * 1_000) / 1_000;
}
