import type { Language } from '../i18n/translate.ts';

/** Standards with year, section and table; our sheet's own numbers of sources. */
const CITED =
  /(?:(?:GB|GBZ|CJJ|CJ|JTG|JT|JGJ|JGJT|DB\d*|CECS|HJ|SL|AQ|TSG|WS|XF|GA|YD|QX|T)(?:\/[A-Z]+)*\s?[\d.]+(?:-\d{4})?(?:\s?§\s?[\d.]+)?|\[S\d+\])/g;

/**
 * Where a number of a pack comes from, in the reader's language. The packs say it in English for whoever checks them; a reader of
 * Chinese is told the documents by their numbers, which are the same in every language. `''`: it names none.
 */
export function sourceWords(ref: string, language: Language): string {
  return language === 'en' ? ref : [...new Set(ref.match(CITED) ?? [])].join('、');
}
