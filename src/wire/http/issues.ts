import { z } from 'zod';
import type { Language } from './head/language.ts';
import type { FieldError } from './problems.ts';

const LOCALES = { zh: z.locales.zhCN().localeError, en: z.locales.en().localeError };

/** Hands zod the language of its own messages, for one parse. */
export const inLanguage = (language: Language) => ({ error: LOCALES[language] });

/** Turns what zod found into sentences that say what would be right. At most 20: enough to mend a request. */
export function explain(
  issues: readonly z.core.$ZodIssue[],
  part: 'params' | 'query' | 'body',
  language: Language,
): FieldError[] {
  return issues.slice(0, 20).map((issue) => ({
    at: [part, ...issue.path.map((p) => String(p).slice(0, 64))].join('.'),
    message: sentence(issue, language).slice(0, 400),
  }));
}

function sentence(issue: z.core.$ZodIssue, language: Language): string {
  if (issue.code === 'invalid_format' && issue.format === 'datetime') {
    return language === 'zh'
      ? '须为带 Z 或时区的 ISO 8601 时间，如 2026-01-31T08:00:00Z 或 2026-01-31T16:00:00+08:00（网址中 + 写作 %2B）'
      : 'must be an ISO 8601 time with Z or an offset, e.g. 2026-01-31T08:00:00Z or 2026-01-31T16:00:00+08:00 (in an address write + as %2B)';
  }
  if (issue.code === 'invalid_format' && issue.format === 'regex' && issue.pattern?.includes('{Cc}')) {
    return language === 'zh'
      ? '不得含控制字符或不可见字符'
      : 'must not contain control characters or invisible ones';
  }
  if (issue.code === 'invalid_format' && issue.pattern !== undefined) {
    return language === 'zh' ? `须符合 ${issue.pattern}` : `must match ${issue.pattern}`;
  }
  return issue.message;
}
