import { en } from './en.ts';
import { type Key, type Messages, zh } from './zh-CN.ts';

export type { Key };
export type Language = 'zh-CN' | 'en';
export type Places = Readonly<Record<string, string | number>>;
/** Says a sentence of the tables in the chosen language. */
export type Say = (key: Key, places?: Places) => string;

const TABLES: Record<Language, Messages> = { 'zh-CN': zh, en };

export function sayIn(language: Language): Say {
  const table = TABLES[language];
  return (key, places) =>
    table[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(places?.[name] ?? whole));
}

/** The half of a bilingual text of the server (rule name, advice) that the reader wants. */
export const ofBilingual = (
  text: { readonly zh: string; readonly en: string },
  language: Language,
): string => (language === 'en' ? text.en || text.zh : text.zh || text.en);
