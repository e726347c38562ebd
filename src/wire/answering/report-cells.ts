import type { Figure, FigureCell } from '../../domain/report/figures.ts';
import type { Report } from '../../domain/report/report.ts';
import type { Language } from '../http/head/language.ts';
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
const CELLS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'by.line': { zh: '专项', en: 'line' },
  'by.district': { zh: '区县', en: 'district' },
  'by.vendor': { zh: '厂家', en: 'vendor' },
  'key.': { zh: '未登记', en: 'not registered' },
  'clock.accept': { zh: '签收', en: 'accept' },
  'clock.arrive': { zh: '到场', en: 'arrive' },
  'clock.first-feedback': { zh: '首次反馈', en: 'first word' },
  'clock.feedback': { zh: '续报', en: 'next word' },
  'clock.control': { zh: '控制', en: 'control' },
  'clock.verify': { zh: '核查', en: 'verify' },
  'basis.said': { zh: '实报', en: 'what was said' },
  'basis.fit': { zh: '检验', en: 'the fit' },
  'of.alarm': { zh: '报警', en: 'alarm' },
  'of.order': { zh: '工单', en: 'order' },
  'of.warning': { zh: '预警', en: 'warning' },
  'of.incident': { zh: '事件', en: 'incident' },
};

/** A cell of a table as people read it, by the name of its column. */
export function cellText(column: string, cell: FigureCell, language: Language = 'zh'): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return CELLS[`${column}.${cell}`]?.[language] ?? cell;
  if (column === 'at' || column.endsWith('At')) return minuteOf(cell);
  if (column.endsWith('Ms')) return length(cell);
  if (column === 'share' || column.endsWith('Share')) return percent(cell);
  return rounded(cell, 2);
}

/** The name of what a report is about: `月报 2026-11-01 至 2026-12-01`. */
export const titleOf = (r: Pick<Report, 'kind' | 'from' | 'to'>, language: Language = 'zh'): string =>
  `${KIND_WORDS[r.kind][language]} ${minuteOf(r.from)} ${language === 'zh' ? '至' : 'to'} ${minuteOf(r.to)}`;

const HEADS: Readonly<Record<Language, readonly string[]>> = {
  zh: ['项目', '数值', '单位', '分子', '分母', '算法'],
  en: ['Item', 'Value', 'Unit', 'Numerator', 'Denominator', 'How'],
};
const FACTS = {
  no: { zh: '编号', en: 'No.' },
  report: { zh: '报告', en: 'Report' },
  area: { zh: '区域', en: 'Area' },
  city: { zh: '全市', en: 'the whole city' },
  seq: { zh: '日志位置', en: 'Place in the journal' },
  text: { zh: '说明', en: 'Text' },
} as const;

/** Columns of the file for spreadsheets: figures first, then each table under its own heads. */
export const reportColumns = (language: Language): readonly string[] => [
  ...HEADS[language],
  ...Array.from({ length: 7 }, () => ''),
];

/** Every figure and table of a report as rows of one sheet. Numbers stay numbers. */
export function* reportRows(
  r: Report,
  language: Language = 'zh',
): Generator<readonly (string | number | null)[]> {
  const fact = (key: keyof typeof FACTS): string => FACTS[key][language];
  yield [fact('no'), r.no];
  yield [fact('report'), titleOf(r, language)];
  yield [fact('area'), r.area ?? fact('city')];
  yield [fact('seq'), r.seq];
  if (r.text !== null) yield [fact('text'), r.text];
  for (const f of r.figures.figures)
    yield [figureWords(f.key)[language], f.value, f.unit, f.of ?? null, f.due ?? null, figureQuery(f.key)];
  for (const t of r.figures.tables) {
    yield [];
    yield [tableWords(t.key)[language], t.total];
    yield t.columns.map((c) => columnWords(c)[language]);
    for (const row of t.rows)
      yield row.map((cell, i) => {
        const column = t.columns[i] ?? '';
        return typeof cell === 'number' && (column === 'at' || column.endsWith('At')) ? minuteOf(cell) : cell;
      });
  }
}
