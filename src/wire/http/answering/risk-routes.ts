import { z } from 'zod';
import type { RefusalCode } from '../../../domain/refusals.ts';
import { DIAGNOSIS_STEPS } from '../../../domain/risk/diagnosis.ts';
import { MATERIALS, RISK_PART_KEYS, TRAFFIC } from '../../../domain/risk/parts.ts';
import { RISK_COLOURS } from '../../../domain/risk/risk.ts';
import { route } from '../route.ts';
import { codeIn, instantIn, instantOut, lineIn, pageOf, paging, textIn } from '../shapes.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 16 * 1_024 }) as const;
const bilingual = z.object({ zh: z.string(), en: z.string() });
const ofAsset = z.strictObject({ code: codeIn });
const ofId = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/) });

const partOut = z.object({
  key: z.enum(RISK_PART_KEYS),
  name: bilingual,
  input: z.union([z.string(), z.number(), z.boolean()]).nullable().describe('null: missing'),
  source: z
    .enum(['assessed', 'register', 'alarms', 'works'])
    .nullable()
    .describe(
      'assessed: PUT here; register: an attribute of the asset; alarms, works: counted by the service',
    ),
  score: z.number().nullable().describe('1 … 5; of what adds, how much'),
  counts: z.enum(['base', 'adds']),
});
const sideOut = z.object({ score: z.number().int().min(1).max(5).nullable(), parts: z.array(partOut) });
/** Static risk of an asset, beside how it stands now. */
export const riskOut = z
  .object({
    asset: z.string(),
    name: z.string(),
    lifeline: z.string(),
    area: z.string(),
    colour: z.enum(RISK_COLOURS).describe('风险四色; grey: not assessed, since an input is missing'),
    likelihood: sideOut,
    consequence: sideOut,
    product: z.number().int().nullable(),
    missing: z.array(z.enum(RISK_PART_KEYS)),
    live: z
      .object({ level: z.number().int().min(1).max(4).nullable(), alarms: z.number().int() })
      .describe('another layer: its open alarms'),
    revision: z.number().int().describe('give it back as seenRevision; 0: nobody has assessed it'),
  })
  .meta({ id: 'Risk' });
const countsOut = z.object(
  Object.fromEntries(RISK_COLOURS.map((c) => [c, z.number().int()])) as Record<
    (typeof RISK_COLOURS)[number],
    z.ZodNumber
  >,
);

const saidIn = z
  .strictObject({
    builtYear: z.number().int().min(1850).max(2200),
    material: z.enum(MATERIALS),
    pressureMpa: z.number().min(0).max(20),
    openDefects: z.number().int().min(0).max(10_000),
    people: z.number().int().min(0).max(10_000_000),
    spaceM3: z.number().min(0).max(1e9),
    traffic: z.enum(TRAFFIC),
    criticalUser: z.boolean(),
  })
  .partial();

const doneOut = { at: instantOut, by: z.string() };
export const diagnosisOut = z
  .object({
    id: z.string(),
    revision: z.number().int(),
    title: z.string(),
    area: z.string(),
    asset: z.string().nullable(),
    standard: z.string(),
    next: z.enum(DIAGNOSIS_STEPS).nullable().describe('the step that comes next; null: it is done with'),
    examine: z.object({ value: z.number(), unit: z.string(), ...doneOut }),
    evaluate: z
      .object({ target: z.number(), better: z.enum(['higher', 'lower']), meets: z.boolean(), ...doneOut })
      .nullable(),
    diagnose: z.object({ cause: z.string(), ...doneOut }).nullable(),
    treat: z
      .object({ order: z.string().nullable(), rule: z.string().nullable(), measure: z.string(), ...doneOut })
      .nullable(),
    recheck: z.object({ value: z.number(), meets: z.boolean(), ...doneOut }).nullable(),
    watch: z.object({ rule: z.string(), ...doneOut }).nullable(),
  })
  .meta({ id: 'Diagnosis' });

const indicatorOut = z.object({
  key: z.string(),
  name: bilingual,
  standard: z.string().describe('五统一: whose definition it is'),
  definitionVersion: z.number().int(),
  asOf: instantOut,
  place: z.string().describe('code of the area; empty: all that they see'),
  numerator: z.number(),
  denominator: z.number(),
  value: z.number().nullable().describe('null: missing, and not zero'),
  target: z.number(),
  better: z.enum(['higher', 'lower']),
  score: z.number().nullable().describe('0 … 100'),
});

export const healthIndexOut = z
  .object({
    index: z.number().nullable().describe('null: more than half is missing'),
    worst: indicatorOut.nullable(),
    coverage: z.number().nullable(),
    missingShare: z.number(),
    indicators: z.array(indicatorOut),
  })
  .meta({ id: 'HealthIndex' });

const sees = { who: 'session', tag: 'risks', right: 'picture.see', audited: false, method: 'GET' } as const;
const keeps = { who: 'session', tag: 'risks', right: 'risk.keep', audited: true } as const;
const STALE: readonly RefusalCode[] = ['changed-since', 'unknown-reference'];

/** Risk, findings and the index (docs/risk.md). */
export const RISK_ROUTES = {
  risks: route({
    ...sees,
    path: '/api/v1/risks',
    does: {
      zh: '设施风险四色及评分构成；缺项为灰',
      en: 'Risk of assets in four colours, with the parts of each score; grey where something is missing',
    },
    act: { zh: '查看设施风险', en: 'See risks' },
    query: z.strictObject({
      ...paging,
      area: codeIn.optional().describe('prefix: 3416 finds every district below'),
      colour: z.enum(RISK_COLOURS).optional(),
      brief: z
        .literal('true')
        .optional()
        .describe('scores without their parts, as a map of many assets needs them'),
    }),
    answer: json(
      pageOf(riskOut).extend({
        areas: z
          .array(z.object({ area: z.string(), colour: z.enum(RISK_COLOURS), counts: countsOut }))
          .describe('of all assets asked for, on whatever page: the gravest colour, beside the counts'),
      }),
    ),
    problems: ['bad-cursor'],
  }),
  assetRisk: route({
    ...sees,
    path: '/api/v1/assets/{code}/risk',
    does: { zh: '一处设施的风险', en: 'The risk of one asset' },
    act: { zh: '查看一处设施的风险', en: 'See the risk of an asset' },
    params: ofAsset,
    answer: json(riskOut),
    problems: ['not-found'],
  }),
  assessRisk: route({
    ...keeps,
    method: 'PUT',
    path: '/api/v1/assets/{code}/risk',
    does: {
      zh: '评估一处设施的风险：给出各项输入，未给出的用台账属性',
      en: 'Assess an asset: its inputs; what is left out is taken from its attributes in the register',
    },
    act: { zh: '评估设施风险', en: 'Assess the risk of an asset' },
    params: ofAsset,
    body: body(
      z.strictObject({ inputs: saidIn, seenRevision: z.number().int().min(0) }).meta({ id: 'AssessRisk' }),
    ),
    answer: json(riskOut),
    refusals: ['changed-since'],
    problems: ['not-found', 'audit-failed'],
  }),
  diagnoses: route({
    ...sees,
    path: '/api/v1/diagnoses',
    does: { zh: '六步记录，新的在前', en: 'Findings of the six steps, newest first' },
    act: { zh: '查看六步记录', en: 'See findings' },
    query: z.strictObject({ ...paging, area: codeIn.optional(), open: z.literal('true').optional() }),
    answer: json(pageOf(diagnosisOut)),
  }),
  makeDiagnosis: route({
    ...keeps,
    method: 'POST',
    path: '/api/v1/diagnoses',
    does: {
      zh: '记下一项体检值，开始六步',
      en: 'Write a value that was examined down: the first of six steps',
    },
    act: { zh: '新建六步记录', en: 'Make a finding' },
    body: body(
      z
        .strictObject({
          title: lineIn(200),
          area: codeIn,
          asset: codeIn.optional(),
          standard: lineIn(200).describe('its standard, or the paper that sets what is measured'),
          value: z.number(),
          unit: lineIn(16),
        })
        .meta({ id: 'MakeDiagnosis' }),
    ),
    answer: { status: 201, type: 'json', schema: diagnosisOut },
    refusals: ['unknown-reference', 'foreign-area'],
    problems: ['audit-failed'],
  }),
  stepDiagnosis: route({
    ...keeps,
    method: 'PATCH',
    path: '/api/v1/diagnoses/{id}',
    does: { zh: '记下下一步：评价、诊断、治理、复查、监测预警', en: 'Write its next step down' },
    act: { zh: '推进六步记录', en: 'Take a finding a step on' },
    params: ofId,
    body: body(
      z
        .strictObject({
          seenRevision: z.number().int().min(1),
          step: z.discriminatedUnion('do', [
            z.strictObject({
              do: z.literal('evaluate'),
              target: z.number(),
              better: z.enum(['higher', 'lower']),
            }),
            z.strictObject({ do: z.literal('diagnose'), cause: textIn(500) }),
            z.strictObject({
              do: z.literal('treat'),
              order: lineIn(64).optional(),
              rule: lineIn(100).optional(),
              measure: textIn(500),
            }),
            z.strictObject({ do: z.literal('recheck'), value: z.number() }),
            z.strictObject({ do: z.literal('watch'), rule: lineIn(100) }),
          ]),
        })
        .meta({ id: 'StepDiagnosis' }),
    ),
    answer: json(diagnosisOut),
    refusals: ['diagnosis-unknown', 'diagnosis-over', 'diagnosis-order', 'diagnosis-measure', ...STALE],
    problems: ['audit-failed'],
  }),
  healthIndex: route({
    ...sees,
    path: '/api/v1/health-index',
    does: {
      zh: '城市健康指数：与最差项、覆盖率、缺失比例一并给出',
      en: 'The index, never alone: with the worst item, coverage and the share that is missing',
    },
    act: { zh: '查看健康指数', en: 'See the index' },
    query: z.strictObject({
      area: codeIn.optional(),
      from: instantIn.optional().describe('of the period; left out: 30 days back'),
      to: instantIn.optional(),
    }),
    answer: json(healthIndexOut),
  }),
};
