import { z } from 'zod';
import type { Quality, Reading } from '../../domain/reading.ts';
import { iso } from '../alarm.ts';
import {
  codeIn,
  cursorIn,
  instantIn,
  instantOut,
  lifelineIn,
  limitIn,
  metricIn,
  paging,
  qualityOut,
  whyOut,
} from './shapes.ts';

/** Readings a page of `GET /points/{code}/readings` may hold. */
export const READINGS_A_PAGE = 5_000;

export const latestItem = z
  .object({
    pointCode: z.string(),
    metric: z.string(),
    value: z.number().nullable(),
    unit: z.string(),
    quality: qualityOut,
    why: whyOut.optional(),
    observedAt: instantOut,
    receivedAt: instantOut,
    ageMs: z.number().describe('our clock now, less observedAt'),
  })
  .meta({ id: 'LatestReading' });

export const latestQuery = z.strictObject({
  ...paging,
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
});

const range = {
  from: instantIn.optional().describe('inclusive; left out: 24 h before `to`'),
  to: instantIn.optional().describe('exclusive; left out: now'),
};

export const readingsQuery = z.strictObject({
  metric: metricIn,
  ...range,
  buckets: z.coerce
    .number()
    .int()
    .min(1)
    .max(READINGS_A_PAGE)
    .optional()
    .describe('answer so many equal buckets instead of readings'),
  limit: limitIn(READINGS_A_PAGE, READINGS_A_PAGE),
  after: cursorIn,
});

export const csvQuery = z.strictObject({
  metric: metricIn.optional().describe('left out: every metric of the point'),
  ...range,
});

/** Codes that one address may name; for more there are `lifeline` and `area`. */
const POINTS_AT_MOST = 200;

export const csvOfPointsQuery = z.strictObject({
  points: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(codeIn).max(POINTS_AT_MOST))
    .optional()
    .describe('codes, separated by commas; left out: every point that you may see'),
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
  metric: metricIn.optional().describe('left out: every metric of the point'),
  ...range,
});

const rawItem = z.object({
  t: instantOut,
  value: z.number().nullable(),
  quality: qualityOut,
  why: whyOut.optional(),
  backfill: z.literal(true).optional().describe('补传'),
});

export const bucketItem = z.object({
  t: instantOut.describe('start of the bucket'),
  min: z.number().nullable(),
  max: z.number().nullable(),
  avg: z.number().nullable(),
  n: z.number().int(),
  worstQuality: qualityOut,
});

export const readingsOut = z.object({
  items: z.union([z.array(rawItem), z.array(bucketItem)]),
  next: z.string().nullable(),
});

export const whyJson = (q: Quality) => (q.grade === 'good' ? {} : { why: q.why });

export function latestJson(r: Reading, unit: string, now: number): z.infer<typeof latestItem> {
  return {
    pointCode: r.point,
    metric: r.metric,
    value: r.value,
    unit,
    quality: r.quality.grade,
    ...whyJson(r.quality),
    observedAt: iso(r.observedAt),
    receivedAt: iso(r.receivedAt),
    ageMs: now - r.observedAt,
  };
}

export function rawJson(r: {
  readonly t: number;
  readonly value: number | null;
  readonly quality: Quality;
  readonly backfill: boolean;
}): z.infer<typeof rawItem> {
  return {
    t: iso(r.t),
    value: r.value,
    quality: r.quality.grade,
    ...whyJson(r.quality),
    ...(r.backfill ? { backfill: true as const } : {}),
  };
}

export function bucketJson(b: {
  readonly t: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly n: number;
  readonly worstQuality: 'good' | 'doubtful' | 'bad';
}): z.infer<typeof bucketItem> {
  return { t: iso(b.t), min: b.min, max: b.max, avg: b.avg, n: b.n, worstQuality: b.worstQuality };
}
