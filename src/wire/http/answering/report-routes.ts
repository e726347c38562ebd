import { z } from 'zod';
import { REPORT_KINDS } from '../../../domain/report/period.ts';
import { REPORT_STATES, type ReportState } from '../../../domain/report/report.ts';
import { reportEventOut, reportJson, reportOut } from '../../answering/report.ts';
import { asked, plainActBody } from '../response/orders.ts';
import { route } from '../route.ts';
import { codeIn, instantIn, pageOf, paging, textIn } from '../shapes.ts';

const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 64 * 1_024 }) as const;
const ofReport = z.strictObject({ id: idIn });
const ACTS = ['report-unknown', 'report-state', 'command-reused'] as const;

const sees = { who: 'session', tag: 'reports', right: 'report.see', audited: false, method: 'GET' } as const;
const takes = { who: 'session', tag: 'reports', right: 'data.export', audited: true, method: 'GET' } as const;
const issues = {
  who: 'session',
  tag: 'reports',
  right: 'report.issue',
  audited: true,
  method: 'POST',
  params: ofReport,
  answer: json(reportOut),
  refusals: ACTS,
} as const;

export const reportsQuery = z.strictObject({
  ...paging,
  state: z
    .string()
    .transform((s) => s.split(','))
    .pipe(z.array(z.enum(REPORT_STATES as unknown as [ReportState, ...ReportState[]])))
    .optional()
    .describe('states with commas between; left out: all'),
  kind: z.enum(REPORT_KINDS).optional(),
});

/** Reports 报告 (docs/interfaces.md §9). */
const inLanguage = z.strictObject({
  language: z.enum(['zh', 'en']).optional().describe('of heads and names; left out: of Accept-Language'),
});

export const REPORT_ROUTES = {
  reports: route({
    ...sees,
    path: '/api/v1/reports',
    does: { zh: '报告，新的在前', en: 'Reports, newest first' },
    act: { zh: '查看报告目录', en: 'See reports' },
    query: reportsQuery,
    answer: json(pageOf(reportJson)),
    problems: ['bad-cursor'],
  }),
  makeReport: route({
    who: 'session',
    tag: 'reports',
    right: 'report.make',
    audited: true,
    method: 'POST',
    path: '/api/v1/reports',
    does: {
      zh: '编制报告：日报、周报、月报、季报、年报、值班、事件；数据截至一个日志位置',
      en: 'Make a report over a shift, day, week, month, quarter or year, or of an incident, as of one place in the journal',
    },
    act: { zh: '编制报告', en: 'Make a report' },
    body: body(
      z
        .strictObject({
          kind: z.enum(REPORT_KINDS),
          from: instantIn
            .optional()
            .describe('an instant of the period; left out: the last one that is over'),
          area: codeIn.optional().describe('with all below it; left out: the whole city'),
          incident: idIn.optional().describe('of an incident’s report'),
          text: textIn(20_000).optional(),
          commandId: asked.commandId,
        })
        .meta({ id: 'MakeReport' }),
    ),
    answer: { status: 201, type: 'json', schema: reportOut },
    refusals: ['report-period', 'incident-unknown', 'unknown-reference', 'foreign-area', 'command-reused'],
  }),
  report: route({
    ...sees,
    path: '/api/v1/reports/{id}',
    does: { zh: '一份报告及其数据', en: 'One report, with its figures' },
    act: { zh: '查看报告', en: 'See a report' },
    params: ofReport,
    answer: json(reportOut),
    refusals: ['report-unknown'],
  }),
  reportEvents: route({
    ...sees,
    path: '/api/v1/reports/{id}/events',
    does: { zh: '报告的全过程', en: 'The whole story of a report' },
    act: { zh: '查看报告过程', en: 'See a report’s story' },
    params: ofReport,
    answer: json(pageOf(reportEventOut)),
    refusals: ['report-unknown'],
  }),
  reportHtml: route({
    ...takes,
    path: '/api/v1/reports/{id}.html',
    does: { zh: '报告（HTML，供打印）', en: 'A report as a page for paper' },
    act: { zh: '导出报告（HTML）', en: 'Take a report as a page' },
    params: ofReport,
    query: inLanguage,
    answer: { status: 200, type: 'page' },
    refusals: ['report-unknown'],
  }),
  reportXlsx: route({
    ...takes,
    path: '/api/v1/reports/{id}.xlsx',
    does: { zh: '报告（Excel 工作簿）', en: 'A report as a workbook' },
    act: { zh: '导出报告（Excel）', en: 'Take a report as a workbook' },
    params: ofReport,
    query: inLanguage,
    answer: { status: 200, type: 'workbook' },
    refusals: ['report-unknown'],
  }),
  reportCsv: route({
    ...takes,
    path: '/api/v1/reports/{id}.csv',
    does: { zh: '报告（CSV）', en: 'A report as CSV' },
    act: { zh: '导出报告（CSV）', en: 'Take a report as CSV' },
    params: ofReport,
    query: inLanguage,
    answer: { status: 200, type: 'csv' },
    refusals: ['report-unknown'],
  }),
  reviewReport: route({
    ...issues,
    path: '/api/v1/reports/{id}/review',
    does: { zh: '审核报告', en: 'Review a report' },
    act: { zh: '审核报告', en: 'Review a report' },
    body: body(z.strictObject({ text: textIn(20_000).optional(), ...asked }).meta({ id: 'ReviewReport' })),
  }),
  issueReport: route({
    ...issues,
    path: '/api/v1/reports/{id}/issue',
    does: { zh: '签发报告', en: 'Issue a report' },
    act: { zh: '签发报告', en: 'Issue a report' },
    body: body(plainActBody),
  }),
  correctReport: route({
    ...issues,
    path: '/api/v1/reports/{id}/correct',
    does: {
      zh: '更正已签发的报告：按现在所知重新统计，成为新的草稿',
      en: 'Correct an issued report: counted again with what is known by now, as a new draft',
    },
    act: { zh: '更正报告', en: 'Correct a report' },
    body: body(z.strictObject({ reason: textIn(500), ...asked }).meta({ id: 'CorrectReport' })),
  }),
};
