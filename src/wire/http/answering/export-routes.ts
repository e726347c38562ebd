import { z } from 'zod';
import { mappingName } from '../../mapping/schema.ts';
import { auditExportQuery } from '../audit.ts';
import { ordersQuery } from '../response/orders.ts';
import { route } from '../route.ts';
import { rulesFileBody, rulesFileDone, rulesFileQuery } from '../rules/rules-file.ts';
import { cursorIn, limitIn } from '../shapes.ts';

const exportOrdersQuery = ordersQuery.pick({ state: true, lifeline: true, area: true }).extend({
  profile: mappingName.describe('urban-case 城管案件, or a file of the house'),
  format: z.enum(['csv', 'json']).default('json'),
  limit: limitIn(1_000, 500),
  after: cursorIn.describe('`next` of a former file; in a CSV it stands in the head `x-next`'),
});
const ordersExportQuery = ordersQuery.omit({ limit: true, after: true });

/** What people take away, and rules as a file (docs/interfaces.md §9). */
export const EXPORT_ROUTES = {
  ordersCsv: route({
    method: 'GET',
    path: '/api/v1/orders.csv',
    who: 'session',
    tag: 'exports',
    does: {
      zh: '导出工单，新的在前；单元格已防公式注入',
      en: 'Orders as CSV, newest first, also those that are over; cells guarded against formulas',
    },
    act: { zh: '导出工单', en: 'Export orders' },
    right: 'data.export',
    audited: true,
    query: ordersExportQuery,
    answer: { status: 200, type: 'csv' },
  }),
  exportOrders: route({
    method: 'GET',
    path: '/api/v1/orders/export',
    who: 'session',
    tag: 'exports',
    does: {
      zh: '按导出配置导出工单，如城管案件；本系统没有的字段在 gaps 中说明',
      en: 'Orders by a profile, such as cases of urban management; what is not here is named in `gaps`',
    },
    act: { zh: '按配置导出工单', en: 'Export orders by a profile' },
    right: 'data.export',
    audited: true,
    query: exportOrdersQuery,
    answer: { status: 200, type: 'file', media: ['application/json', 'text/csv'] },
    refusals: ['unknown-reference'],
    problems: ['bad-cursor'],
  }),
  ordersXlsx: route({
    method: 'GET',
    path: '/api/v1/orders.xlsx',
    who: 'session',
    tag: 'exports',
    does: {
      zh: '导出工单为 Excel 工作簿，新的在前；文本不会成为公式',
      en: 'Orders as a workbook, newest first; text is never a formula',
    },
    act: { zh: '导出工单（Excel）', en: 'Export orders as a workbook' },
    right: 'data.export',
    audited: true,
    query: ordersExportQuery,
    answer: { status: 200, type: 'workbook' },
  }),
  auditXlsx: route({
    method: 'GET',
    path: '/api/v1/audit.xlsx',
    who: 'session',
    tag: 'exports',
    does: {
      zh: '导出审计日志为 Excel 工作簿；文本不会成为公式',
      en: 'The audit journal as a workbook; text is never a formula',
    },
    act: { zh: '导出审计日志（Excel）', en: 'Export the audit journal as a workbook' },
    right: 'audit.read',
    audited: true,
    query: auditExportQuery,
    answer: { status: 200, type: 'workbook' },
    problems: ['audit-failed'],
  }),
  rulesFile: route({
    method: 'GET',
    path: '/api/v1/rules.json',
    who: 'session',
    tag: 'exports',
    does: {
      zh: '规则文件：本地改过的数值，按序排列，可入版本库比对',
      en: 'Rules as a file: what the house has set, sorted, to be compared under version control',
    },
    act: { zh: '导出规则文件', en: 'Take the rules as a file' },
    right: 'rule.story',
    audited: true,
    answer: { status: 200, type: 'file', media: ['application/json'] },
  }),
  putRulesFile: route({
    method: 'PUT',
    path: '/api/v1/rules.json',
    who: 'session',
    tag: 'exports',
    does: {
      zh: '按规则文件修改：与现行不同之处逐条提出，须两人的待他人批准；文件中没有的恢复出厂数值',
      en: 'Make the rules as the file has them: each difference is proposed, and waits where a second person must approve; what it does not say goes back to the pack',
    },
    act: { zh: '导入规则文件', en: 'Change the rules by a file' },
    right: 'rule.change',
    audited: true,
    query: rulesFileQuery,
    body: { type: 'json', schema: rulesFileBody, atMost: 2 * 1_024 * 1_024 },
    answer: { status: 200, type: 'json', schema: rulesFileDone },
  }),
};
