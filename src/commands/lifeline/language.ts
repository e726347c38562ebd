import type { Language } from '../../wire/http/head/language.ts';

/**
 * The language of the terminal: `LIFELINE_LANGUAGE` where it is set, else the locale as POSIX orders it; Chinese where
 * the locale says Chinese, or nothing at all.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const said = env.LIFELINE_LANGUAGE ?? env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '';
  return said === '' || said.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
