import { FIGURE_KEYS, type FigureCurve } from '../../domain/report/figures.ts';
import type { Report } from '../../domain/report/report.ts';
import type { Language } from '../http/head/language.ts';
import { cellText, figureText, minuteOf, titleOf } from './report-cells.ts';
import { columnWords, figureWords, STATE_WORDS, tableWords } from './report-words.ts';

/** Levels as on every screen, and two greys for the rest. */
const INKS = ['#ff4d4f', '#ff9f1a', '#ffe04a', '#4aa8ff'] as const;
const GREYS = ['#5b6670', '#b4bcc4'] as const;
const WIDTH = 680;
const HEIGHT = 150;
const LEFT = 34;
const FOOT = 22;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Words = Readonly<Record<Language, string>>;
const GROUPS: readonly (readonly [prefix: string, title: Words])[] = [
  ['alarms.', { zh: '报警', en: 'Alarms' }],
  ['online.', { zh: '在线', en: 'On line' }],
  ['orders.', { zh: '工单', en: 'Orders' }],
  ['warnings.', { zh: '预警', en: 'Warnings' }],
  ['incidents.', { zh: '事件', en: 'Incidents' }],
];
const WORDS = {
  raised: { zh: '新发报警', en: 'Alarms raised' },
  orders: { zh: '工单（新建、完成）', en: 'Orders: made, done' },
  area: { zh: '区域：', en: 'Area: ' },
  city: { zh: '全市', en: 'the whole city' },
  seq: { zh: '数据截至日志第 {n} 条', en: 'as of event {n} of the journal' },
  state: { zh: '状态：', en: 'State: ' },
  text: { zh: '说明', en: 'Text' },
  first: { zh: '（前 {n}，共 {all}）', en: ' (the first {n} of {all})' },
  made: { zh: '编制：', en: 'Made: ' },
  reviewed: { zh: '审核：', en: 'Reviewed: ' },
  issued: { zh: '签发：', en: 'Issued: ' },
} as const satisfies Record<string, Words>;

/** A report for paper: one page of HTML without a script, its curves drawn in it. The same report is the same bytes but for its number. */
export function reportPage(r: Report, language: Language = 'zh'): string {
  const word = (key: keyof typeof WORDS): string => WORDS[key][language];
  const space = '　'.repeat(8);
  const { figures, tables, curves } = r.figures;
  const groups = GROUPS.map(([prefix, title]) => {
    const rows = FIGURE_KEYS.filter((k) => k.startsWith(prefix)).flatMap((key) => {
      const f = figures.find((x) => x.key === key);
      return f === undefined
        ? []
        : [
            `<tr><th scope="row">${escaped(figureWords(key)[language])}</th><td>${escaped(figureText(f))}</td></tr>`,
          ];
    });
    return rows.length === 0
      ? ''
      : `<section><h2>${title[language]}</h2><table class="figures">${rows.join('')}</table></section>`;
  });
  const drawn = curves
    .filter((c) => c.steps.length > 1)
    .map((c) => `<section><h2>${word(c.key === 'raised' ? 'raised' : 'orders')}</h2>${drawing(c)}</section>`);
  const lists = tables
    .filter((t) => t.rows.length > 0)
    .map(
      (t) =>
        `<section><h2>${escaped(tableWords(t.key)[language])}${t.total > t.rows.length ? word('first').replace('{n}', String(t.rows.length)).replace('{all}', String(t.total)) : ''}</h2><table><thead><tr>${t.columns.map((c) => `<th scope="col">${escaped(columnWords(c)[language])}</th>`).join('')}</tr></thead><tbody>${t.rows
          .map(
            (row) =>
              `<tr>${row.map((c, i) => `<td>${escaped(cellText(t.columns[i] ?? '', c, language))}</td>`).join('')}</tr>`,
          )
          .join('')}</tbody></table></section>`,
    );
  const title = titleOf(r, language);
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><header><p class="no">${escaped(r.no)}</p><h1>${escaped(title)}</h1>
<p>${word('area')}${escaped(r.area ?? word('city'))}　${word('seq').replace('{n}', String(r.seq))}　${word('state')}${STATE_WORDS[r.state][language]}</p></header>
${r.text === null ? '' : `<section><h2>${word('text')}</h2><p class="text">${escaped(r.text)}</p></section>`}
${groups.join('\n')}
${drawn.join('\n')}
${lists.join('\n')}
<footer><p>${word('made')}${space}${word('reviewed')}${space}${word('issued')}${space}</p></footer></body></html>
`;
}

/** Bars, one for each step, stacked; the axis says the most and the first and last instant. */
function drawing({ steps, names }: FigureCurve): string {
  const inks: readonly string[] = names.length === 4 ? INKS : GREYS;
  const most = Math.max(1, ...steps.map((s) => s.values.reduce((a, b) => a + b, 0)));
  const wide = (WIDTH - LEFT) / steps.length;
  const bars = steps.flatMap((s, i) => {
    let y = HEIGHT - FOOT;
    return s.values.flatMap((v, k) => {
      if (v === 0) return [];
      const high = (v / most) * (HEIGHT - FOOT - 10);
      y -= high;
      return [
        `<rect x="${at(LEFT + i * wide)}" y="${at(y)}" width="${at(Math.max(1, wide - 1))}" height="${at(high)}" fill="${inks[k] ?? '#888'}"/>`,
      ];
    });
  });
  const first = steps[0]?.at ?? 0;
  const last = steps.at(-1)?.at ?? 0;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><line x1="${LEFT}" y1="${HEIGHT - FOOT}" x2="${WIDTH}" y2="${HEIGHT - FOOT}" stroke="#333"/><text x="${LEFT - 4}" y="14" text-anchor="end">${most}</text><text x="${LEFT - 4}" y="${HEIGHT - FOOT}" text-anchor="end">0</text>${bars.join('')}<text x="${LEFT}" y="${HEIGHT - 6}">${minuteOf(first)}</text><text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${minuteOf(last)}</text></svg>`;
}

const at = (n: number): string => String(Math.round(n * 100) / 100);

const STYLE = `body{font:14px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:760px;margin:0 auto;padding:16px;color:#111}h1{font-size:20px;text-align:center;margin:4px 0}h2{font-size:15px;border-bottom:2px solid #333;margin:18px 0 6px}header p{text-align:center;margin:2px}.no{color:#555}table{width:100%;border-collapse:collapse;font-size:12.5px}th,td{border:1px solid #999;padding:3px 6px;text-align:left;overflow-wrap:anywhere}thead th,.figures th{background:#eef0f2;font-weight:400}.figures th{width:52%}.text{white-space:pre-wrap}svg{width:100%;font-size:10px}footer{margin-top:32px}@media print{body{max-width:none;padding:0}tr,svg{break-inside:avoid}section{break-inside:auto}@page{size:A4;margin:16mm}}`;

/** Nothing is fetched, nothing runs, and it stands in no other page. */
export const REPORT_PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
