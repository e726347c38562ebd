import type { z } from 'zod';
import type { Bilingual } from '../../domain/text.ts';
import type { Language } from './head/language.ts';
import { patternInWords } from './pattern-in-words.ts';
import type { FieldError } from './problems.ts';

type Issue = z.core.$ZodIssue;
type InWords = (issue: Issue) => Bilingual;

/** For one parse: what was sent stays with what is wrong of it, so that "missing" can be told from "of another kind". */
export const WITH_INPUT = { reportInput: true } as const;

/** Turns what zod found into sentences that say what would be right. At most 20: enough to mend a request. */
export function explain(
  issues: readonly Issue[],
  part: 'params' | 'query' | 'body',
  language: Language,
): FieldError[] {
  return issues.slice(0, 20).map((issue) => ({
    at: [part, ...issue.path.map((p) => String(p).slice(0, 64))].join('.'),
    message: inWords(issue)[language].slice(0, 400),
  }));
}

const inWords: InWords = (issue) => {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue);
  // What a schema of ours wants beside the form of its parts: `params: { zh }` beside the message in English.
  if (issue.code === 'custom') return { zh: String(issue.params?.zh ?? issue.message), en: issue.message };
  const right = spaced(rightOf(issue));
  // Only an absent one has no input; in a query everything is a text.
  if (issue.input === undefined && issue.code !== 'too_small')
    return { zh: `缺少此项：应为${right.zh}`, en: `is missing: ${right.en} would be right` };
  const got = kindOf(issue.input);
  return issue.code === 'invalid_type'
    ? { zh: `应为${right.zh}，而不是${got.zh}`, en: `must be ${right.en}, not ${got.en}` }
    : { zh: `应为${right.zh}`, en: `must be ${right.en}` };
};

/** Between Chinese and a figure or a Latin letter stands a space. */
const spaced = ({ zh, en }: Bilingual): Bilingual => ({ zh: /^[\dA-Za-z]/.test(zh) ? ` ${zh}` : zh, en });

function rightOf(issue: Issue): Bilingual {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? { zh: issue.expected, en: issue.expected };
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return ofUnion(issue);
    case 'invalid_format':
      return ofFormat(issue);
    case 'not_multiple_of':
      return { zh: ` ${issue.divisor} 的倍数`, en: `a multiple of ${issue.divisor}` };
    case 'too_small':
    case 'too_big':
      return ofSize(issue);
    default:
      return { zh: issue.message, en: issue.message };
  }
}

const TYPES: Readonly<Record<string, Bilingual>> = {
  string: { zh: '文本', en: 'a text' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'a whole number' },
  boolean: { zh: ' true 或 false', en: 'true or false' },
  array: { zh: '列表 […]', en: 'a list […]' },
  object: { zh: '对象 {…}', en: 'an object {…}' },
  record: { zh: '对象 {…}', en: 'an object {…}' },
  null: { zh: ' null', en: 'null' },
};

function kindOf(input: unknown): Bilingual {
  if (input === null) return { zh: ' null', en: 'null' };
  if (typeof input === 'number' && !Number.isInteger(input))
    return Number.isFinite(input) ? { zh: '小数', en: 'a fraction' } : { zh: '非数字', en: 'no number' };
  return TYPES[Array.isArray(input) ? 'array' : typeof input] ?? { zh: '其他', en: 'something else' };
}

function oneOf(values: readonly string[]): Bilingual {
  const quoted = values.map((v) => `"${v}"`);
  return quoted.length === 1
    ? { zh: ` ${quoted[0]}`, en: String(quoted[0]) }
    : { zh: `以下之一：${quoted.join('、')}`, en: `one of ${quoted.join(', ')}` };
}

/** Each kind that would do, once; of forms told apart by a word, those words. */
function ofUnion(issue: Extract<Issue, { code: 'invalid_union' }>): Bilingual {
  if ('options' in issue && Array.isArray(issue.options)) return oneOf(issue.options.map(String));
  const each = issue.errors.flatMap(([first]) =>
    first === undefined || first.path.length > 0 ? [] : [rightOf(first)],
  );
  const [zh, en] = [new Set(each.map((e) => e.zh.trim())), new Set(each.map((e) => e.en))];
  return each.length === 0
    ? { zh: '另一种形式', en: 'of another form' }
    : { zh: [...zh].join('或'), en: [...en].join(' or ') };
}

function ofFormat(issue: Extract<Issue, { code: 'invalid_format' }>): Bilingual {
  switch (issue.format) {
    case 'datetime':
      return {
        zh: '带 Z 或时区的 ISO 8601 时间，如 2026-01-31T08:00:00Z 或 2026-01-31T16:00:00+08:00（网址中 + 写作 %2B）',
        en: 'an ISO 8601 time with Z or an offset, e.g. 2026-01-31T08:00:00Z or 2026-01-31T16:00:00+08:00 (in an address write + as %2B)',
      };
    case 'date':
      return { zh: '日期，如 2026-01-31', en: 'a date, e.g. 2026-01-31' };
    case 'url':
      return { zh: '网址，如 https://example.org/', en: 'an address, e.g. https://example.org/' };
    default:
      return (
        (issue.pattern === undefined ? null : patternInWords(issue.pattern)) ?? {
          zh: `符合 ${issue.pattern ?? issue.format} 的文本`,
          en: `a text like ${issue.pattern ?? issue.format}`,
        }
      );
  }
}

function ofSize(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): Bilingual {
  const isLeast = issue.code === 'too_small';
  const bound = Number(isLeast ? issue.minimum : issue.maximum);
  if (issue.origin === 'string' && isLeast && bound === 1)
    return { zh: '非空文本', en: 'a text that is not empty' };
  const [zh, en] = SIZES[issue.origin] ?? ['', ''];
  const beyond = issue.inclusive === false;
  return isLeast
    ? {
        zh: `${beyond ? '大于' : '不少于'} ${bound}${zh}`,
        en: `${beyond ? 'more than' : 'at least'} ${bound}${en}`,
      }
    : {
        zh: `${beyond ? '小于' : '不超过'} ${bound}${zh}`,
        en: `${beyond ? 'less than' : 'at most'} ${bound}${en}`,
      };
}

const SIZES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  string: [' 个字符', ' characters'],
  array: [' 项', ' items'],
};

function unknownKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>): Bilingual {
  const keys = issue.keys.map((k) => `"${k.slice(0, 64)}"`);
  return {
    zh: `没有名为 ${keys.join('、')} 的项`,
    en: `knows nothing called ${keys.join(', ')}`,
  };
}
