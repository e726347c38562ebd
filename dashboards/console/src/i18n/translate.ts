import { common, type Key } from './common.ts';

export type { Key };
export type Language = 'zh-CN' | 'en';
export type Places = Readonly<Record<string, string | number>>;
/** One sentence in both languages, side by side, so that neither can be forgotten. */
export type Pair = readonly [zh: string, en: string];
/** The words of one screen, `screens/<name>/words.ts`; `{places}` are filled when they are said. */
export type Words = Readonly<Record<string, Pair>>;
/**
 * Says a sentence in the chosen language: a common one or one of the screen's own (`Own`) by its key, or a pair
 * that came with what is shown. A place that is given nothing stays as it is written.
 */
export type Say<Own extends string = never> = (what: Key | Own | Pair, places?: Places) => string;

/** A `say` that knows the common words and these. */
export function sayIn<W extends Words>(language: () => Language, own: W): Say<keyof W & string> {
  const words: Words = { ...common, ...own };
  return (what, places) => {
    const [zh, en] = typeof what === 'string' ? (words[what] as Pair) : what;
    const sentence = language() === 'en' ? en : zh;
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(places?.[name] ?? whole));
  };
}

/** The half of a bilingual text of the server (rule name, advice) that the reader wants. */
export const ofBilingual = (
  text: { readonly zh: string; readonly en: string },
  language: Language,
): string => (language === 'en' ? text.en || text.zh : text.zh || text.en);
