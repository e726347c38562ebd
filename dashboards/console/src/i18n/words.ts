import { useConsole } from '../console/console.ts';
import type { Language, Places } from './translate.ts';

/** One sentence in both languages, side by side, so that neither can be forgotten. */
export type Pair = readonly [zh: string, en: string];
/** The words of one screen, `screens/<name>/words.ts`; `{places}` are filled when they are said. */
export type Words = Readonly<Record<string, Pair>>;

export const inLanguage = (pair: Pair, language: Language): string => pair[language === 'en' ? 1 : 0];

export const fill = (sentence: string, places?: Places): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(places?.[name] ?? whole));

/** Says the words of a screen; in a template it follows the language switch by itself. */
export function useWords<W extends Words>(words: W): (key: keyof W & string, places?: Places) => string {
  const { language } = useConsole();
  return (key, places) => fill(inLanguage(words[key] as Pair, language.value), places);
}
