import type { Duration } from './time.ts';

/**
 * Where a number comes from. `mark` as in the domain fact sheet: V read in the source named, V2 read
 * second-hand, R recalled, D derived by us. `ref` names document and place, for people.
 */
export type Source = { readonly mark: 'V' | 'V2' | 'R' | 'D'; readonly ref: string };

/** What a person reads, in both languages. */
export type Bilingual = { readonly zh: string; readonly en: string };

/**
 * A length of time as people say it: 86,400 s is 24 小时; two units at most.
 *
 * @param length whole seconds of it are said
 */
export function lengthInWords(length: Duration): Bilingual {
  const whole = Math.round(length / 1_000);
  const units = [
    [86_400, '天', 'd'],
    [3_600, '小时', 'h'],
    [60, '分钟', 'min'],
    [1, '秒', 's'],
  ] as const;
  // Hours and minutes are said up to twice the next unit: an interval is 24 h and not 1 d.
  const first = units.findIndex(([size]) => whole >= (size === 1 ? 0 : size === 86_400 ? 2 * size : size));
  let rest = whole;
  const parts: { zh: string; en: string }[] = [];
  for (const [size, zh, en] of units.slice(first, first + 2)) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0 || (size === 1 && parts.length === 0)) parts.push({ zh: `${n} ${zh}`, en: `${n} ${en}` });
  }
  return { zh: parts.map((p) => p.zh).join(' '), en: parts.map((p) => p.en).join(' ') };
}
