import { z } from 'zod';
import { RESOURCE_KINDS } from '../../../domain/response/resource.ts';
import { route } from '../route.ts';
import { codeIn, instantOut, lifelineIn, lineIn, pageOf, paging, textIn } from '../shapes.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const created = <S extends z.ZodType>(schema: S) => ({ status: 201 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 64 * 1_024 }) as const;
const levelIn = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const lonIn = z.number().min(-180).max(180);
const latIn = z.number().min(-90).max(90);
const seen = { seenRevision: z.number().int().min(1).describe('of what you were looking at') };
const ofCode = z.strictObject({ code: codeIn });

const resourceFields = {
  kind: z.enum(RESOURCE_KINDS),
  name: lineIn(100),
  area: codeIn,
  lon: lonIn.nullable(),
  lat: latIn.nullable(),
  quantity: z.number().min(0).max(1e9).nullable(),
  measure: lineIn(16).nullable().describe('of what: 台, 人, m'),
  keeper: codeIn.nullable().describe('the unit that keeps it'),
  videoUrl: z
    .url({ protocol: /^(https?|rtsps?)$/ })
    .max(500)
    .nullable()
    .describe('of a camera'),
};
export const resourceOut = z
  .object({
    code: z.string(),
    ...resourceFields,
    area: z.string(),
    keeper: z.string().nullable(),
    videoUrl: z.string().nullable(),
    revision: z.number().int(),
    at: instantOut,
  })
  .meta({ id: 'Resource' });
const resourceCreate = z
  .strictObject({
    code: codeIn,
    kind: resourceFields.kind,
    name: resourceFields.name,
    area: resourceFields.area,
    lon: resourceFields.lon.default(null),
    lat: resourceFields.lat.default(null),
    quantity: resourceFields.quantity.default(null),
    measure: resourceFields.measure.default(null),
    keeper: resourceFields.keeper.default(null),
    videoUrl: resourceFields.videoUrl.default(null),
  })
  .meta({ id: 'CreateResource' });
const resourcePatch = z
  .strictObject({ ...z.object(resourceFields).partial().shape, ...seen })
  .meta({ id: 'ChangeResource' });

const planFields = {
  name: lineIn(100),
  kind: lineIn(64).describe('of what: 燃气泄漏, 内涝'),
  lifelines: z.array(lifelineIn).max(50),
  levels: z.array(levelIn).max(4),
  areas: z.array(codeIn).max(100),
  steps: z
    .array(z.strictObject({ text: textIn(500), who: lineIn(64).nullable().default(null) }))
    .min(1)
    .max(100),
};
export const planOut = z
  .object({
    code: z.string(),
    name: z.string(),
    kind: z.string(),
    lifelines: z.array(z.string()),
    levels: z.array(levelIn),
    areas: z.array(z.string()),
    steps: z.array(z.object({ text: z.string(), who: z.string().nullable() })),
    revision: z.number().int(),
    at: instantOut,
  })
  .meta({ id: 'Plan' });
const planCreate = z
  .strictObject({
    code: codeIn,
    ...planFields,
    lifelines: planFields.lifelines.default([]),
    levels: planFields.levels.default([]),
    areas: planFields.areas.default([]),
  })
  .meta({ id: 'CreatePlan' });
const planPatch = z
  .strictObject({ ...z.object(planFields).partial().shape, ...seen })
  .meta({ id: 'ChangePlan' });

const nearbyQuery = z.strictObject({
  point: codeIn.optional(),
  lon: z.coerce.number().min(-180).max(180).optional(),
  lat: z.coerce.number().min(-90).max(90).optional(),
  radiusM: z.coerce.number().min(1).max(20_000).default(1_000),
});
const distanceM = z.number().int().describe('metres');
export const nearbyOut = z
  .object({
    lon: z.number(),
    lat: z.number(),
    radiusM: z.number(),
    resources: z.array(resourceOut.extend({ distanceM }).meta({ id: 'NearbyResource' })),
    points: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        lifeline: z.string(),
        distanceM,
        alarms: z.array(z.object({ id: z.string(), level: levelIn, rule: z.string() })),
        works: z.array(z.object({ reason: z.string(), until: instantOut })).describe('authorised now'),
      }),
    ),
  })
  .meta({ id: 'Nearby' });

const sees = {
  who: 'session',
  tag: 'resources',
  right: 'picture.see',
  audited: false,
  method: 'GET',
} as const;
const keeps = { who: 'session', tag: 'resources', right: 'plan.keep', audited: true } as const;

/** Plans 预案 and resources 应急资源 (docs/interfaces.md §8). */
export const RESOURCE_ROUTES = {
  plans: route({
    ...sees,
    path: '/api/v1/plans',
    does: { zh: '预案（可按专项、等级、区域）', en: 'Plans, by lifeline, level and area' },
    act: { zh: '查看预案', en: 'See plans' },
    query: z.strictObject({
      ...paging,
      lifeline: lifelineIn.optional(),
      level: z.coerce.number().int().min(1).max(4).optional(),
      area: codeIn.optional().describe('those that hold there'),
    }),
    answer: json(pageOf(planOut)),
  }),
  createPlan: route({
    ...keeps,
    method: 'POST',
    path: '/api/v1/plans',
    does: { zh: '新建预案', en: 'Add a plan' },
    act: { zh: '新建预案', en: 'Add a plan' },
    body: body(planCreate),
    answer: created(planOut),
    refusals: ['code-taken', 'unknown-reference'],
  }),
  changePlan: route({
    ...keeps,
    method: 'PATCH',
    path: '/api/v1/plans/{code}',
    does: { zh: '修改预案', en: 'Change a plan' },
    act: { zh: '修改预案', en: 'Change a plan' },
    params: ofCode,
    body: body(planPatch),
    answer: json(planOut),
    refusals: ['not-found', 'unknown-reference', 'changed-since'],
  }),
  resources: route({
    ...sees,
    path: '/api/v1/resources',
    does: { zh: '应急资源', en: 'Resources' },
    act: { zh: '查看应急资源', en: 'See resources' },
    query: z.strictObject({ ...paging, kind: z.enum(RESOURCE_KINDS).optional() }),
    answer: json(pageOf(resourceOut)),
  }),
  createResource: route({
    ...keeps,
    method: 'POST',
    path: '/api/v1/resources',
    does: { zh: '新建应急资源', en: 'Add a resource' },
    act: { zh: '新建应急资源', en: 'Add a resource' },
    body: body(resourceCreate),
    answer: created(resourceOut),
    refusals: ['code-taken', 'unknown-reference'],
  }),
  changeResource: route({
    ...keeps,
    method: 'PATCH',
    path: '/api/v1/resources/{code}',
    does: { zh: '修改应急资源', en: 'Change a resource' },
    act: { zh: '修改应急资源', en: 'Change a resource' },
    params: ofCode,
    body: body(resourcePatch),
    answer: json(resourceOut),
    refusals: ['not-found', 'unknown-reference', 'changed-since'],
  }),
  nearby: route({
    ...sees,
    path: '/api/v1/nearby',
    does: {
      zh: '附近的资源、监测点、报警与作业',
      en: 'What is near a point or place: resources, points, alarms, works',
    },
    act: { zh: '查看附近', en: 'See what is near' },
    query: nearbyQuery,
    answer: json(nearbyOut),
    refusals: ['point-unknown', 'invalid'],
  }),
};
