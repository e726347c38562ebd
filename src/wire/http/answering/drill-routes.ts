import { z } from 'zod';
import { DRILL_NOTICES } from '../../../domain/drill/drill.ts';
import { DRILL_SPANS } from '../../../domain/drill/spans.ts';
import { drillJson } from '../../response/drill.ts';
import { asked } from '../response/orders.ts';
import { route } from '../route.ts';
import { codeIn, instantOut, pageOf, paging } from '../shapes.ts';

const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 16 * 1_024 }) as const;
const ofDrill = z.strictObject({ id: idIn });

export const drillScenarioOut = z
  .object({
    key: z.string(),
    title: z.object({ zh: z.string(), en: z.string() }),
    lifelines: z.array(z.string()),
    lastsMin: z.number().describe('how long its devices speak'),
  })
  .meta({ id: 'DrillScenario' });

const spanOut = z.object({
  what: z
    .enum(DRILL_SPANS)
    .describe(
      'tell: somebody was told; acknowledge, close: of an alarm; accept, arrive, control: of an order; confirm: of a warning',
    ),
  subject: z.object({ kind: z.enum(['alarm', 'order', 'warning']), id: z.string(), title: z.string() }),
  from: instantOut,
  at: instantOut.nullable().describe('null: it had not come to that'),
  tookS: z.number().nullable(),
  dueAt: instantOut.nullable().describe('when the clock of the order runs out; null: nothing sets one'),
  late: z.boolean().nullable(),
  who: z.string().nullable(),
  unit: z.string().nullable(),
});
const sumOut = z.object({
  what: z.enum(DRILL_SPANS),
  n: z.number().int(),
  open: z.number().int().describe('of these it had not come to that'),
  medianS: z.number().nullable(),
  worstS: z.number().nullable(),
  late: z.number().int().describe('of those that have a clock'),
  withClock: z.number().int(),
});
/** What a drill has measured. */
export const drillSheetOut = z
  .object({
    drill: drillJson,
    spans: z.array(spanOut).describe('by the instants of the journal, oldest first'),
    byPerson: z.array(z.object({ name: z.string(), sums: z.array(sumOut) })),
    byUnit: z.array(z.object({ unit: z.string(), sums: z.array(sumOut) })),
  })
  .meta({ id: 'DrillSheet' });

const eventOut = z
  .object({
    seq: z.number().int(),
    of: z.enum(['drill', 'alarm', 'order', 'warning', 'incident', 'handover', 'report', 'notice']),
    id: z.string(),
    event: z.string(),
    at: instantOut,
    by: z.string(),
  })
  .meta({ id: 'DrillEvent' });

const sees = { who: 'session', tag: 'drills', right: 'picture.see', audited: false, method: 'GET' } as const;
const runs = { who: 'session', tag: 'drills', right: 'drill.run', audited: true, method: 'POST' } as const;

/** Drills 演练 (docs/drills.md). */
export const DRILL_ROUTES = {
  drillScenarios: route({
    ...sees,
    path: '/api/v1/drill-scenarios',
    does: { zh: '可用的演练场景', en: 'Scenarios that can be played as a drill' },
    act: { zh: '查看演练场景', en: 'See scenarios of drills' },
    answer: json(z.object({ items: z.array(drillScenarioOut), next: z.null() })),
  }),
  drills: route({
    ...sees,
    path: '/api/v1/drills',
    does: { zh: '演练，新的在前', en: 'Drills, newest first' },
    act: { zh: '查看演练', en: 'See drills' },
    query: z.strictObject(paging),
    answer: json(pageOf(drillJson)),
    problems: ['bad-cursor'],
  }),
  beginDrill: route({
    ...runs,
    path: '/api/v1/drills',
    does: {
      zh: '开始演练：把场景放到运行中的系统里，所引起的一切都带演练标记',
      en: 'Begin a drill: a scenario plays into the running service, and all that it causes is marked',
    },
    act: { zh: '开始演练', en: 'Begin a drill' },
    body: body(
      z
        .strictObject({
          scenario: z.string().min(1).max(64).describe('see GET /drill-scenarios'),
          area: codeIn
            .optional()
            .describe('with everything below it; left out: wherever there are points for it'),
          notices: z
            .enum(DRILL_NOTICES)
            .default('off')
            .describe('marked: to their real receivers, marked 演练; off: kept as not sent'),
          commandId: asked.commandId,
        })
        .meta({ id: 'BeginDrill' }),
    ),
    answer: { status: 201, type: 'json', schema: drillJson },
    refusals: ['drill-scenario-unknown', 'drill-running', 'drill-nowhere', 'foreign-area', 'command-reused'],
    problems: ['audit-failed'],
  }),
  drill: route({
    ...sees,
    path: '/api/v1/drills/{id}',
    does: { zh: '一次演练', en: 'One drill' },
    act: { zh: '查看一次演练', en: 'See a drill' },
    params: ofDrill,
    answer: json(drillJson),
    refusals: ['drill-unknown'],
  }),
  drillEvents: route({
    ...sees,
    path: '/api/v1/drills/{id}/events',
    does: {
      zh: '演练中发生的一切，按日志次序',
      en: 'Everything that happened in it, in the order of the journal',
    },
    act: { zh: '查看演练过程', en: 'See a drill’s story' },
    params: ofDrill,
    query: z.strictObject(paging),
    answer: json(pageOf(eventOut)),
    refusals: ['drill-unknown'],
    problems: ['bad-cursor'],
  }),
  drillSheet: route({
    ...sees,
    path: '/api/v1/drills/{id}/sheet',
    does: {
      zh: '演练评估表：按人员、单位对照时限的各项用时',
      en: 'Its sheet: how long everything took, per person and unit, against the clocks',
    },
    act: { zh: '查看演练评估表', en: 'See a drill’s sheet' },
    params: ofDrill,
    answer: json(drillSheetOut),
    refusals: ['drill-unknown'],
  }),
  endDrill: route({
    ...runs,
    path: '/api/v1/drills/{id}/end',
    does: { zh: '结束演练：留下的内容保持原样', en: 'End it: what it left stands as it was' },
    act: { zh: '结束演练', en: 'End a drill' },
    params: ofDrill,
    body: body(z.strictObject({ commandId: asked.commandId }).meta({ id: 'EndDrill' })),
    answer: json(drillJson),
    refusals: ['drill-unknown', 'drill-over', 'command-reused'],
    problems: ['audit-failed'],
  }),
};
