import type { Bilingual } from '../../domain/text.ts';

/** `[…]{1,64}`, perhaps with another first sign or a letter before it: what the codes and names of this interface are. */
const SIMPLE =
  /^\/\^(?:(?<head>[A-Z])|\[(?<first>[^\]]+)\])?(?:\[(?<class>[^\]]+)\]|(?<digits>\\d))\{(?<from>\d+),(?<to>\d+)\}\$\/u?$/;

/** Several of them with commas between. */
const LIST = /^\/\^(?<one>.+)\(,\k<one>\)\{0,(?<more>\d+)\}\$\/$/;

/** Of one form each. */
const WHOLE: Readonly<Record<string, Bilingual>> = {
  '/^(live|bulk)-[1-9]\\d{0,14}$/': {
    zh: '条目编号：live- 或 bulk- 加数字（如 live-17）',
    en: 'the number of an item: live- or bulk- and digits, such as live-17',
  },
  '/^[0-9a-f]{64}$/': { zh: '64 位小写十六进制（SHA-256）', en: '64 hex digits (SHA-256)' },
  '/^\\d{14}_\\d{14}_\\d$/': {
    zh: '预警信息标识（14 位_14 位_1 位）',
    en: 'an identifier of a message: 14 digits, 14, 1',
  },
  '/^EPSG:(?:449[1-9]|45[0-4]\\d|455[0-4])$/': {
    zh: 'CGCS2000 高斯投影的 EPSG 代号（EPSG:4491 至 EPSG:4554）',
    en: 'a projected zone of CGCS2000, EPSG:4491 to EPSG:4554',
  },
  '/^[\\p{L}\\p{N}_][\\p{L}\\p{N}_. -]{0,99}\\.pmtiles$/': {
    zh: '以 .pmtiles 结尾的文件名，其余为文字、数字、_、点、空格、-',
    en: 'the name of a file that ends in .pmtiles; else letters, digits, _, dots, spaces, -',
  },
};

const WORDS: readonly (readonly [piece: RegExp, words: Bilingual])[] = [
  [/A-Za-z|a-zA-Z/, { zh: '字母', en: 'letters' }],
  [/\\w/, { zh: '字母、数字、_', en: 'letters, digits, _' }],
  [/A-Z/, { zh: '大写字母', en: 'capital letters' }],
  [/a-z/, { zh: '小写字母', en: 'small letters' }],
  [/0-9|\\d/, { zh: '数字', en: 'digits' }],
];

/**
 * What a regular expression wants, for people. @param pattern as zod has it: `/^[A-Za-z0-9_-]{1,64}$/`
 *
 * @returns `null` where it is not of a simple kind
 */
export function patternInWords(pattern: string): Bilingual | null {
  if (pattern.includes('\\p{Cc}'))
    return { zh: '不含控制字符或不可见字符的文本', en: 'without control characters or invisible ones' };
  const whole = WHOLE[pattern.replace(/u$/, '')];
  if (whole !== undefined) return whole;
  const list = LIST.exec(pattern)?.groups;
  if (list !== undefined) {
    const one = patternInWords(`/^${list.one}$/`);
    const most = Number(list.more) + 1;
    return (
      one && {
        zh: `至多 ${most} 个以逗号分隔的编码，各为 ${one.zh}`,
        en: `at most ${most} with commas between, each ${one.en}`,
      }
    );
  }
  const found = SIMPLE.exec(pattern)?.groups;
  if (found === undefined) return null;
  const { head, first, from, to } = found;
  const signs = signsOf(found.class ?? '\\d');
  const more = Number(head !== undefined || first !== undefined);
  const [least, most] = [Number(from) + more, Number(to) + more];
  const begins = head ?? (first === undefined ? undefined : first === found.class ? undefined : first);
  const opening =
    begins === undefined
      ? null
      : begins.length === 1
        ? { zh: `以 ${begins} 开头`, en: `beginning with ${begins}` }
        : { zh: `首位为${signsOf(begins).zh}`, en: `beginning with ${signsOf(begins).en}` };
  return {
    zh: `${least} 至 ${most} 位${signs.zh}${opening === null ? '' : `，${opening.zh}`}`,
    en: `${least} to ${most} of ${signs.en}${opening === null ? '' : `, ${opening.en}`}`,
  };
}

function signsOf(of: string): Bilingual {
  const found: Bilingual[] = [];
  let rest = of;
  for (const [piece, words] of WORDS) {
    if (!piece.test(rest)) continue;
    rest = rest.replace(piece, '');
    found.push(words);
  }
  const signs = [...rest.replaceAll('\\', '')].join(' ');
  return {
    zh: [...found.map((f) => f.zh), ...(signs === '' ? [] : [signs])].join('、'),
    en: [...found.map((f) => f.en), ...(signs === '' ? [] : [signs])].join(', '),
  };
}
