import { z } from 'zod';
import { FIGURE_KEYS } from '../../domain/report/figures.ts';
import { REPORT_KINDS } from '../../domain/report/period.ts';
import {
  REPORT_STATES,
  type Report,
  type ReportChangeKind,
  type ReportEvent,
} from '../../domain/report/report.ts';
import { accountOf } from '../../domain/response/event.ts';
import { actorName, iso } from '../alarm.ts';
import { figureQuery, figureWords, tableWords } from './report-words.ts';

const instant = z.iso.datetime().describe('ISO 8601 UTC');
const bilingual = z.object({ zh: z.string(), en: z.string() });
const signed = z.object({ by: z.string(), at: instant }).nullable();

/** A report 报告 without its figures: in lists and frames (interfaces §9). */
export const reportJson = z
  .object({
    id: z.string(),
    no: z.string().describe('for people'),
    kind: z.enum(REPORT_KINDS),
    state: z.enum(REPORT_STATES),
    from: instant,
    to: instant.describe('exclusive'),
    area: z.string().nullable().describe('null: the whole city'),
    incident: z.string().nullable(),
    seq: z.number().int().describe('the newest event that the figures know'),
    text: z.string().nullable(),
    author: z.string(),
    madeAt: instant,
    reviewed: signed,
    issued: signed,
    corrects: z.string().nullable().describe('the report that this one stands in place of'),
    corrected: z.object({ by: z.string(), at: instant, reason: z.string(), to: z.string() }).nullable(),
    revision: z.number().int(),
  })
  .meta({ id: 'Report' });

export const reportOut = reportJson
  .extend({
    figures: z.array(
      z.object({
        key: z.enum(FIGURE_KEYS),
        name: bilingual,
        unit: z.enum(['count', 'share', 'ms', 'per-10-min']),
        value: z.number().nullable().describe('null: there was nothing to measure'),
        of: z.number().optional().describe('of a share'),
        due: z.number().optional().describe('of a share: of so many'),
        query: z.string().describe('how it was made of the journal’s events'),
      }),
    ),
    tables: z.array(
      z.object({
        key: z.string(),
        name: bilingual,
        columns: z.array(z.string()),
        rows: z.array(z.array(z.union([z.string(), z.number()]).nullable())),
        total: z.number().int(),
      }),
    ),
    curves: z.array(
      z.object({
        key: z.string(),
        step: z.number().describe('milliseconds'),
        names: z.array(z.string()),
        steps: z.array(z.object({ at: instant, values: z.array(z.number()) })),
      }),
    ),
  })
  .meta({ id: 'ReportWithFigures' });

const signature = (s: Report['reviewed']) => (s === null ? null : { by: actorName(s.by), at: iso(s.at) });

export const reportToJson = (r: Report): z.infer<typeof reportJson> => ({
  id: r.id,
  no: r.no,
  kind: r.kind,
  state: r.state,
  from: iso(r.from),
  to: iso(r.to),
  area: r.area,
  incident: r.incident,
  seq: r.seq,
  text: r.text,
  author: actorName(r.author),
  madeAt: iso(r.madeAt),
  reviewed: signature(r.reviewed),
  issued: signature(r.issued),
  corrects: r.corrects,
  corrected:
    r.corrected === null
      ? null
      : {
          by: actorName(r.corrected.by),
          at: iso(r.corrected.at),
          reason: r.corrected.reason,
          to: r.corrected.to,
        },
  revision: r.revision,
});

export const reportWithFigures = (r: Report): z.infer<typeof reportOut> => ({
  ...reportToJson(r),
  figures: r.figures.figures.map((f) => ({ ...f, name: figureWords(f.key), query: figureQuery(f.key) })),
  tables: r.figures.tables.map((t) => ({
    ...t,
    name: tableWords(t.key),
    columns: [...t.columns],
    rows: t.rows.map((row) => [...row]),
  })),
  curves: r.figures.curves.map((c) => ({
    ...c,
    names: [...c.names],
    steps: c.steps.map((s) => ({ at: iso(s.at), values: [...s.values] })),
  })),
});

const KINDS: { readonly [K in ReportChangeKind]: true } = {
  compiled: true,
  reviewed: true,
  issued: true,
  corrected: true,
};
export const reportEventKind = z.enum(Object.keys(KINDS) as [ReportChangeKind, ...ReportChangeKind[]]);

export const reportEventOut = z
  .object({
    seq: z.number().int(),
    revision: z.number().int(),
    event: reportEventKind,
    at: instant,
    by: z.string(),
    account: z.string().nullable().describe('null: the service itself'),
    reason: z.string().optional(),
  })
  .meta({ id: 'ReportEvent' });

export const reportEventJson = (seq: number, e: ReportEvent): z.infer<typeof reportEventOut> => ({
  seq,
  revision: e.revision,
  event: e.change.kind,
  at: iso(e.at),
  by: actorName(e.by),
  account: accountOf(e.by),
  ...(e.change.kind === 'corrected' ? { reason: e.change.reason } : {}),
});
