import type { Language, Say } from '../../i18n/translate.ts';
import { words } from './words.ts';

type Own = keyof typeof words;
const has = (key: string): key is Own => key in words;

type Reader = { readonly language: Language; readonly say: Say<Own> };

/** What is wrong with a packet, by its code; the code itself where a newer service has one that this page does not know. */
export const flawName = (code: string, say: Say<Own>): string =>
  has(`flaw.${code}`) ? say(`flaw.${code}` as Own) : code;

/**
 * What it is about, and what would be right, in the reader's language. The service says it in English, for whoever programs the
 * device; a reader of Chinese is told what was given, in its quotation marks, and the right form by the kind of flaw.
 */
export function flawDetail(code: string, detail: string, { language, say }: Reader): string {
  if (language === 'en') return detail;
  const given = [...new Set(detail.match(/"[^"]+"/g) ?? [])].map((q) => `“${q.slice(1, -1)}”`).join('、');
  const right = has(`right.${code}`) ? say(`right.${code}` as Own) : '';
  return [given, right].filter((p) => p !== '').join('：');
}
