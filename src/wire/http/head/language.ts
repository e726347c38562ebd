import type { Bilingual } from '../../../domain/text.ts';

/** The operator's language: Chinese unless English is asked for. */
export type Language = keyof Bilingual;

/** Picks by `Accept-Language` (RFC 9110 §12.5.4): the first of zh and en by weight; anything else is Chinese. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: { language: Language; weight: number } | null = null;
  for (const range of (acceptLanguage ?? '').slice(0, 200).split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((s) => s.trim().toLowerCase());
    const language = /^en\b/.test(tag) ? 'en' : /^zh\b/.test(tag) ? 'zh' : null;
    if (language === null) continue;
    const q = parameters.find((p) => p.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    if (weight > 0 && (best === null || weight > best.weight)) best = { language, weight };
  }
  return best?.language ?? 'zh';
}
