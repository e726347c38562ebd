import { useConsole } from '../console/console.ts';
import { type Key, type Say, sayIn, type Words } from './translate.ts';

/** Of a screen's words those that are common already: none may be, or one key would have two sentences. */
type Apart<W> = { readonly [K in keyof W & Key]: never };

/** The `say` of a screen: its own words and the common ones. In a template it follows the language switch by itself. */
export function useWords<W extends Words>(words: W & Apart<W>): Say<keyof W & string> {
  const { language } = useConsole();
  return sayIn<W>(() => language.value, words);
}
