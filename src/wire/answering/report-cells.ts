import type { Figure, FigureCell } from '../../domain/report/figures.ts';
import type { Report } from '../../domain/report/report.ts';
import { columnWords, figureQuery, figureWords, KIND_WORDS, tableWords } from './report-words.ts';

const BEIJING = 8 * 3_600_000;
/** `2026-12-01 08:00`, Beijing time. */
export const minuteOf = (at: number): string =>
  new Date(at + BEIJING).toISOString().slice(0, 16).replace('T', ' ');

const rounded = (n: number, digits: number): string => String(Math.round(n * 10 ** digits) / 10 ** digits);
const length = (ms: number): string =>
  ms < 3_600_000 ? `${rounded(ms / 60_000, 1)} min` : `${rounded(ms / 3_600_000, 1)} h`;
const percent = (share: number): string => `${rounded(share * 100, 2)} %`;

/** A figure as people read it; `—`: there was nothing to measure. */
export function figureText({ unit, value, of, due }: Figure): string {
  if (value === null) return '—';
  switch (unit) {
    case 'share':
      return of === undefined || due === undefined || due > 10_000_000
        ? percent(value)
        : `${percent(value)}（${of} / ${due}）`;
    case 'ms':
      return length(value);
    case 'per-10-min':
      return rounded(value, 2);
    case 'count':
      return String(value);
  }
}

/** Codes that stand in cells, in words. */
const CELLS: Readonly<Record<string, string>> = {
  'by.line': '专项',
  'by.district': '区县',
  'by.vendor': '厂家',
  'key.': '未登记',
  'clock.accept': '签收',
  'clock.arrive': '到场',
  'clock.first-feedback': '首次反馈',
  'clock.feedback': '续报',
  'clock.control': '控制',
  'clock.verify': '核查',
  'of.alarm': '报警',
  'of.order': '工单',
  'of.warning': '预警',
  'of.incident': '事件',
};

/** A cell of a table as people read it, by the name of its column. */
export function cellText(column: string, cell: FigureCell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return CELLS[`${column}.${cell}`] ?? cell;
  if (column === 'at' || column.endsWith('At')) return minuteOf(cell);
  if (column.endsWith('Ms')) return length(cell);
  if (column === 'share' || column.endsWith('Share')) return percent(cell);
  return rounded(cell, 2);
}

/** The name of what a report is about: `月报 2026-11-01 至 2026-12-01`. */
export const titleOf = (r: Pick<Report, 'kind' | 'from' | 'to'>): string =>
  `${KIND_WORDS[r.kind].zh} ${minuteOf(r.from)} 至 ${minuteOf(r.to)}`;

/** Columns of the file for spreadsheets: figures first, then each table under its own heads. */
export const REPORT_COLUMNS = ['项目', '数值', '单位', '分子', '分母', '算法', '', '', '', ''] as const;

/** Every figure and table of a report as rows of one sheet. Numbers stay numbers. */
export function* reportRows(r: Report): Generator<readonly (string | number | null)[]> {
  yield ['编号', r.no];
  yield ['报告', titleOf(r)];
  yield ['区域', r.area ?? '全市'];
  yield ['日志位置', r.seq];
  if (r.text !== null) yield ['说明', r.text];
  for (const f of r.figures.figures)
    yield [figureWords(f.key).zh, f.value, f.unit, f.of ?? null, f.due ?? null, figureQuery(f.key)];
  for (const t of r.figures.tables) {
    yield [];
    yield [tableWords(t.key).zh, t.total];
    yield t.columns.map((c) => columnWords(c).zh);
    for (const row of t.rows)
      yield row.map((cell, i) => {
        const column = t.columns[i] ?? '';
        return typeof cell === 'number' && (column === 'at' || column.endsWith('At')) ? minuteOf(cell) : cell;
      });
  }
}
