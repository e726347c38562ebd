import { z } from 'zod';
import { type KeptView, type SeriesNote, VIEW_SCREENS } from '../../../domain/desk/kept.ts';
import { iso } from '../../alarm.ts';
import { route } from '../route.ts';
import { codeIn, instantIn, instantOut, lineIn, metricIn, pageOf, textIn } from '../shapes.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const created = <S extends z.ZodType>(schema: S) => ({ status: 201 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json' as const, schema, atMost: 16 * 1_024 });
const nothing = { status: 204, type: 'nothing' } as const;
const screenIn = z.enum(VIEW_SCREENS);

export const viewOut = z
  .object({
    id: z.string(),
    screen: screenIn,
    name: z.string(),
    query: z.string(),
    shared: z.boolean(),
    mine: z.boolean(),
    by: z.string(),
    at: instantOut,
  })
  .meta({ id: 'View' });
const viewCreate = z
  .strictObject({
    screen: screenIn,
    name: lineIn(40),
    query: z
      .string()
      .max(2_000)
      .regex(/^[\w.~!*'()%+&=:,;@/-]*$/)
      .describe('what stands in the address of the screen after `?`'),
    shared: z.boolean().default(false).describe('for all who sit at the desk'),
  })
  .meta({ id: 'CreateView' });

export const noteOut = z
  .object({
    id: z.string(),
    point: z.string(),
    metric: z.string().nullable(),
    from: instantOut,
    to: instantOut.nullable(),
    text: z.string(),
    by: z.string(),
    mine: z.boolean(),
    at: instantOut,
  })
  .meta({ id: 'SeriesNote' });
const noteCreate = z
  .strictObject({
    metric: metricIn.nullable().default(null),
    from: instantIn,
    to: instantIn.nullable().default(null),
    text: textIn(500),
  })
  .meta({ id: 'CreateSeriesNote' });

export const viewJson = (v: KeptView, account: string): z.input<typeof viewOut> => ({
  id: v.id,
  screen: v.screen,
  name: v.name,
  query: v.query,
  shared: v.shared,
  mine: v.by.account === account,
  by: v.by.name,
  at: iso(v.at),
});

export const noteJson = (n: SeriesNote, account: string): z.input<typeof noteOut> => ({
  id: n.id,
  point: n.point,
  metric: n.metric,
  from: iso(n.from),
  to: n.to === null ? null : iso(n.to),
  text: n.text,
  by: n.by.name,
  mine: n.by.account === account,
  at: iso(n.at),
});

const ofId = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });
const reads = { method: 'GET', who: 'session', tag: 'desk', right: 'picture.see', audited: false } as const;
const writes = { who: 'session', tag: 'desk', right: 'alarm.note', audited: true } as const;

/** What the desk keeps for people: views under a name, and what was written beside curves. */
export const KEPT_ROUTES = {
  views: route({
    ...reads,
    path: '/api/v1/views',
    does: { zh: '保存的视图：本人的和共用的', en: 'Views that are kept: one’s own, and those of the desk' },
    act: { zh: '查看视图', en: 'See views' },
    query: z.strictObject({ screen: screenIn.optional() }),
    answer: json(pageOf(viewOut)),
  }),
  createView: route({
    ...writes,
    method: 'POST',
    path: '/api/v1/views',
    does: { zh: '保存视图', en: 'Keep a view' },
    act: { zh: '保存视图', en: 'Keep a view' },
    body: body(viewCreate),
    answer: created(viewOut),
    refusals: ['too-many-kept'],
  }),
  dropView: route({
    ...writes,
    method: 'DELETE',
    path: '/api/v1/views/{id}',
    does: { zh: '删除视图（限本人保存的）', en: 'Take away a view of one’s own' },
    act: { zh: '删除视图', en: 'Take away a view' },
    params: ofId,
    answer: nothing,
    refusals: ['not-found'],
  }),
  seriesNotes: route({
    ...reads,
    path: '/api/v1/points/{code}/notes',
    does: { zh: '曲线标注，由旧到新', en: 'What was written beside the curves of a point, oldest first' },
    act: { zh: '查看曲线标注', en: 'See notes beside curves' },
    params: z.strictObject({ code: codeIn }),
    answer: json(pageOf(noteOut)),
    refusals: ['point-unknown'],
  }),
  createSeriesNote: route({
    ...writes,
    method: 'POST',
    path: '/api/v1/points/{code}/notes',
    does: { zh: '在曲线上标注', en: 'Write something beside a curve' },
    act: { zh: '曲线标注', en: 'Write beside a curve' },
    params: z.strictObject({ code: codeIn }),
    body: body(noteCreate),
    answer: created(noteOut),
    refusals: ['point-unknown', 'too-many-kept'],
  }),
  dropSeriesNote: route({
    ...writes,
    method: 'DELETE',
    path: '/api/v1/points/{code}/notes/{id}',
    does: { zh: '撤回曲线标注（限本人写的）', en: 'Take back what one wrote beside a curve' },
    act: { zh: '撤回曲线标注', en: 'Take back a note beside a curve' },
    params: z.strictObject({ code: codeIn, id: ofId.shape.id }),
    answer: nothing,
    refusals: ['point-unknown', 'not-found'],
  }),
} as const;
