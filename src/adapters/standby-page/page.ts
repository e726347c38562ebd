import { createHash } from 'node:crypto';
import type { Language } from '../../wire/http/head/language.ts';
import type { Standing } from '../../wire/http/health.ts';

const STYLE = `body{margin:0;font:18px/1.6 system-ui,sans-serif;background:#f4f5f7;color:#1b1f24}
main{max-width:38rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.4rem;margin:0 0 1rem;padding:.75rem 1rem;border-radius:.5rem;color:#fff;background:#444c56}
section{background:#fff;border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}
p{margin:.5rem 0}.bad{background:#fff3cd}`;

/** Nothing runs, and nothing but our own style is used. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Looked at again by itself: when this machine has taken over, the console comes up here. */
const AGAIN_SECONDS = 3;

/** For whoever opens this machine in a browser. Both languages: nobody has logged in, and a wrong guess costs a minute that counts. */
export function pageOf(standing: Standing, first: Language): string {
  const blocks = { zh: block(standing, 'zh'), en: block(standing, 'en') };
  const second: Language = first === 'zh' ? 'en' : 'zh';
  return `<!doctype html>
<html lang="${first === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="${AGAIN_SECONDS}"><title>${first === 'zh' ? '备用机' : 'Standby'} · ${escaped(standing.name)}</title><style>${STYLE}</style></head>
<body><main>${blocks[first]}${blocks[second]}</main></body></html>
`;
}

function block(standing: Standing, language: Language): string {
  const { active, name, takingOver, database, troubles } = standing;
  const ago = active === null ? 0 : Math.max(0, Math.round(active.heardMsAgo / 1_000));
  const lines =
    language === 'zh'
      ? {
          title: takingOver ? '本机正在接管' : '本机为备用机',
          what: takingOver
            ? '正在读取事件日志，几秒后控制台在此打开。'
            : '值班请打开主用机。主用机停机后，本机自动接管，本页随即变为控制台。',
          who:
            active === null
              ? '尚无主用机。'
              : `主用机 ${escaped(active.name)}，${ago} 秒前有应答；本机 ${escaped(name)}。`,
          away: '数据库无法访问：本机不知道谁在值守，也不能接管，正在重试。',
          unfit: '本机不能接管，请管理员查看 /readyz。',
        }
      : {
          title: takingOver ? 'This machine is taking over' : 'This machine stands by',
          what: takingOver
            ? 'The journal is being read; in a few seconds the console opens here.'
            : 'Open the active machine. When it stops, this one takes over by itself, and this page becomes the console.',
          who:
            active === null
              ? 'No machine is active yet.'
              : `Active: ${escaped(active.name)}, heard ${ago} s ago. This is ${escaped(name)}.`,
          away: 'The database cannot be reached: this machine does not know who is active, cannot take over, and keeps trying.',
          unfit: 'This machine could not take over: its administrator finds at /readyz why.',
        };
  const body =
    database === 'away'
      ? `<section class="bad"><p>${lines.away}</p></section>`
      : `<p>${lines.who}</p>${troubles.length === 0 ? '' : `<section class="bad"><p>${lines.unfit}</p></section>`}`;
  return `<section lang="${language === 'zh' ? 'zh-CN' : 'en'}"><h1>${lines.title}</h1><p>${lines.what}</p>${body}</section>`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
