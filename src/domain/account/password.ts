import type { Bilingual } from '../metric.ts';

const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/**
 * What is wrong with a new password; `null` if it will do. At least 8 characters of at least 3 classes: what
 * 等保 assessors look for (DOMAIN §10). The upper bound keeps hashing cheap.
 */
export function passwordFlaw(password: string): Bilingual | null {
  const length = [...password].length;
  if (length < 8) return { zh: '密码至少 8 位', en: 'At least 8 characters.' };
  if (length > 256) return { zh: '密码最长 256 位', en: 'At most 256 characters.' };
  if (CLASSES.filter((c) => c.test(password)).length < 3) {
    return {
      zh: '密码须含小写字母、大写字母、数字、符号中的至少三类',
      en: 'At least three of: small letters, capitals, digits, others.',
    };
  }
  return null;
}
