import { z } from 'zod';
import type { Course } from '../../../domain/spectrum/course.ts';
import type { Mode } from '../../../domain/spectrum/modes.ts';
import type { Spectrum } from '../../../domain/spectrum/welch.ts';
import { iso } from '../../alarm.ts';
import { instantIn, instantOut, metricIn } from '../shapes.ts';

/** How a waveform swings: its spectrum, and the frequencies that stand out of it. */

export const spectrumQuery = z.strictObject({
  metric: metricIn.describe('a waveform of the point'),
  from: instantIn.optional().describe('left out: ten minutes before `to`'),
  to: instantIn.optional().describe('exclusive; left out: now'),
  looks: z.coerce
    .number()
    .int()
    .min(4)
    .max(24)
    .optional()
    .describe(
      'how the frequency went: so many looks, ten minutes at the end of each part of `from`–`to`, which may then be 31 days; the spectrum is that of the newest',
    ),
});

export const spectrumOut = z
  .object({
    pointCode: z.string(),
    metric: z.string(),
    unit: z.string().describe('of `density`: the samples’ unit squared per Hz'),
    from: instantOut.nullable().describe('of the first sample that was looked at; null: there is none'),
    to: instantOut.nullable().describe('after the last one'),
    samples: z.int(),
    rateHz: z.number().nullable(),
    segments: z
      .int()
      .describe(
        'that were averaged, each half over the one before (Welch); 0: too few samples without a gap',
      ),
    stepHz: z
      .number()
      .nullable()
      .describe('from one value of `density` to the next, the first of which is 0 Hz'),
    density: z.array(z.number()),
    modes: z
      .array(
        z.object({
          hz: z.number(),
          spreadHz: z.number().describe('standard error, by how far quarters of the stretch differ'),
          ratio: z
            .number()
            .describe('how many times the density there stands over the median around it; 10 at least'),
        }),
      )
      .describe('frequencies that stand out, the lowest first; none: nothing does'),
    course: z
      .object({
        looks: z.array(
          z.object({
            at: instantOut.describe('end of the look'),
            hz: z.number().nullable().describe('null: it did not stand out, or there was no waveform'),
            spreadHz: z.number().nullable(),
          }),
        ),
        change: z
          .object({
            percent: z.number().describe('mean of the newer half of the looks against the older one'),
            errorPercent: z.number().describe('standard error of it'),
            says: z
              .enum(['stays', 'moved', 'beyond'])
              .describe('within three errors; beyond them; and by more than 3 % (JT/T 1037-2022)'),
          })
          .nullable()
          .describe('null: fewer than two looks in a half saw it'),
      })
      .nullable()
      .describe(
        'of the frequency that the most looks saw; null: `looks` was not asked, or nothing stood out',
      ),
    cableForce: z
      .object({ kN: z.number(), spreadKN: z.number(), lengthM: z.number(), massKgPerM: z.number() })
      .nullable()
      .describe(
        'of a point with the attributes `cableLength` in m and `cableMass` in kg/m: taut string, T = 4 m L² f², f the lowest mode',
      ),
  })
  .meta({ id: 'SpectrumOfPoint' });

export type SpectrumJson = z.infer<typeof spectrumOut>;

/** Five digits: no instrument has more. */
const digits = (x: number): number => Number(x.toPrecision(5));

export function spectrumJson(found: {
  readonly point: string;
  readonly metric: string;
  readonly unit: string;
  readonly span: { readonly from: number; readonly to: number } | null;
  readonly samples: number;
  readonly dt: number | null;
  readonly spectrum: Spectrum | null;
  readonly modes: readonly Mode[];
  readonly course: Course | null;
  readonly cable: {
    readonly length: number;
    readonly mass: number;
    readonly kN: number;
    readonly spread: number;
  } | null;
}): SpectrumJson {
  const { spectrum, cable } = found;
  return {
    pointCode: found.point,
    metric: found.metric,
    unit: `(${found.unit})²/Hz`,
    from: found.span === null ? null : iso(found.span.from),
    to: found.span === null ? null : iso(found.span.to),
    samples: found.samples,
    rateHz: found.dt === null ? null : digits(1_000 / found.dt),
    segments: spectrum?.segments.length ?? 0,
    stepHz: spectrum?.step ?? null,
    density: spectrum === null ? [] : Array.from(spectrum.density, digits),
    modes: found.modes.map((m) => ({ hz: digits(m.hz), spreadHz: digits(m.spread), ratio: digits(m.ratio) })),
    course: found.course === null ? null : courseJson(found.course),
    cableForce:
      cable === null
        ? null
        : {
            kN: digits(cable.kN),
            spreadKN: digits(cable.spread),
            lengthM: cable.length,
            massKgPerM: cable.mass,
          },
  };
}

const courseJson = ({ looks, change }: Course): NonNullable<SpectrumJson['course']> => ({
  looks: looks.map(({ at, mode }) => ({
    at: iso(at),
    hz: mode === null ? null : digits(mode.hz),
    spreadHz: mode === null ? null : digits(mode.spread),
  })),
  change:
    change === null
      ? null
      : { percent: digits(change.percent), errorPercent: digits(change.error), says: change.says },
});
