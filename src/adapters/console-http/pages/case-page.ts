import { createHash } from 'node:crypto';
import type { Alarm, PhaseName } from '../../../domain/alarm/alarm.ts';
import type { Level } from '../../../domain/level.ts';
import type { Bilingual } from '../../../domain/text.ts';
import { actorName } from '../../../wire/alarm.ts';
import { beijing } from '../../../wire/files/csv.ts';
import type { Language } from '../../../wire/http/head/language.ts';

const STYLE = `body{margin:0;font:18px/1.6 system-ui,sans-serif;background:#f4f5f7;color:#1b1f24}
main{max-width:32rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem;margin:0;padding:.75rem 1rem;border-radius:.5rem;color:#fff}
.l1{background:#b3131d}.l2{background:#a8480b}.l3{background:#7a5c00}.l4{background:#1457a8}.l0{background:#444c56}
dl{background:#fff;border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
dt{color:#555d66;font-size:.9rem;margin-top:.5rem}dd{margin:0}
button{width:100%;min-height:3.5rem;font:inherit;font-weight:700;border:0;border-radius:.5rem;background:#0b6e3b;color:#fff}
p{margin:.75rem 0}.said{background:#fff3cd;border-radius:.5rem;padding:.75rem 1rem}`;

/** Nothing but our own style can run or leave, and the form goes to us. */
export const CASE_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const LEVELS: Readonly<Record<Level, Bilingual>> = {
  1: { zh: '红色报警', en: 'Red alarm' },
  2: { zh: '橙色报警', en: 'Orange alarm' },
  3: { zh: '黄色报警', en: 'Yellow alarm' },
  4: { zh: '蓝色报警', en: 'Blue alarm' },
};
const PHASES: Readonly<Record<PhaseName, Bilingual>> = {
  'active-unacked': { zh: '未确认', en: 'Nobody has acknowledged it' },
  'active-acked': { zh: '已确认，险情仍在', en: 'Acknowledged, still there' },
  'returned-unacked': { zh: '已恢复，未确认', en: 'Returned, not acknowledged' },
  'latched-unacked': { zh: '已恢复，待确认复位', en: 'Returned, to be acknowledged and reset' },
  'latched-acked': { zh: '已确认，待复位', en: 'Acknowledged, to be reset' },
  'returned-acked': { zh: '已恢复，已确认', en: 'Returned, acknowledged' },
  closed: { zh: '已解除', en: 'Closed' },
};
const WORDS = {
  nowhere: { zh: '链接无效或已过期', en: 'This link leads nowhere, or no longer' },
  nowhereHelp: {
    zh: '报警可能已解除。请联系值班室，或登录平台查看。',
    en: 'The alarm may be over. Call the duty room, or log in.',
  },
  point: { zh: '监测点', en: 'Point' },
  asset: { zh: '设施', en: 'Asset' },
  value: { zh: '最严重值', en: 'Worst value' },
  since: { zh: '报警时间（北京时间）', en: 'Since (Beijing time)' },
  state: { zh: '状态', en: 'State' },
  by: { zh: '确认人', en: 'Acknowledged by' },
  advice: { zh: '处置建议', en: 'Advice' },
  acknowledge: { zh: '我已知悉，确认报警', en: 'I know of it: acknowledge' },
  for: { zh: '本链接仅供 {name} 使用，请勿转发', en: 'This link is for {name} alone: do not pass it on' },
} as const satisfies Record<string, Bilingual>;

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const safe = (text: string): string => text.replace(/[&<>"']/g, (c) => SIGNS[c] ?? c);

const frame = (language: Language, title: string, body: string): string => `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>
${body}
</main></body>
</html>
`;

/** Behind a link that leads nowhere: whether it ever did, nobody is told. */
export const nowherePage = (language: Language): string =>
  frame(
    language,
    WORDS.nowhere[language],
    `<h1 class="l0">${safe(WORDS.nowhere[language])}</h1><p>${safe(WORDS.nowhereHelp[language])}</p>`,
  );

/** One case for one addressee on a phone: what is, what to do, and one button. */
export function casePage(given: {
  readonly alarm: Alarm;
  /** Of the addressee. */
  readonly name: string;
  readonly mayAct: boolean;
  /** What came of their act, where it was refused. */
  readonly said: string | null;
  readonly language: Language;
}): string {
  const { alarm, language, said } = given;
  const say = (word: keyof typeof WORDS): string => WORDS[word][language];
  const title = `${LEVELS[alarm.level][language]}${language === 'zh' ? '：' : ': '}${alarm.ruleName[language]}`;
  const { worst, trigger, phase } = alarm;
  const facts: [keyof typeof WORDS, string | null][] = [
    ['point', `${alarm.pointName}（${alarm.pointCode}）`],
    ['asset', alarm.assetName],
    ['value', worst.value === null ? null : `${worst.value} ${trigger.unit}`],
    ['since', beijing(alarm.raisedAt).slice(0, 19)],
    ['state', PHASES[phase.is][language]],
    ['by', 'ack' in phase ? actorName(phase.ack.by) : null],
    ['advice', phase.is === 'closed' ? null : alarm.advice[language]],
  ];
  const rows = facts.flatMap(([word, text]) =>
    text === null ? [] : [`<dt>${say(word)}</dt><dd>${safe(text)}</dd>`],
  );
  const button =
    given.mayAct && phase.is.endsWith('-unacked')
      ? `<form method="post"><input type="hidden" name="revision" value="${alarm.revision}"><button>${say('acknowledge')}</button></form>`
      : '';
  return frame(
    language,
    title,
    `<h1 class="l${alarm.level}">${safe(title)}</h1>
${said === null ? '' : `<p class="said" role="status">${safe(said)}</p>`}
<dl>${rows.join('')}</dl>
${button}
<p>${safe(say('for').replace('{name}', given.name))}</p>`,
  );
}
