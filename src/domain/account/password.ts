import type { Bilingual } from '../text.ts';

/**
 * `dengbao`: at least 8 characters of at least 3 classes, changed every 90 days: what 等保 assessors look for
 * (domain §10). `asvs`: at least 12 characters, no classes, no change for its own sake, and none of the
 * commonest (OWASP ASVS 5, 6.2).
 */
export type PasswordProfile = 'dengbao' | 'asvs';

const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
/** Words around which the commonest passwords are built; what is little more than one of them is refused. */
const COMMON = [
  'password',
  'passw0rd',
  'p@ssw0rd',
  'admin',
  'administrator',
  'qwerty',
  'qwertyuiop',
  'letmein',
  'welcome',
  'iloveyou',
  'woaini',
  'zhongguo',
  'huawei',
  'lifeline',
  'changeme',
  'abc123',
  'abcdef',
  '123456',
  '123456789',
  '111111',
  '000000',
  '888888',
  '666666',
  '5201314',
  '1qaz2wsx',
  'qazwsx',
];

/** What is wrong with a new password; `null` if it will do. The upper bound keeps hashing cheap. */
export function passwordFlaw(password: string, profile: PasswordProfile = 'dengbao'): Bilingual | null {
  const length = [...password].length;
  const least = profile === 'asvs' ? 12 : 8;
  if (length < least) return { zh: `密码至少 ${least} 位`, en: `At least ${least} characters.` };
  if (length > 256) return { zh: '密码最长 256 位', en: 'At most 256 characters.' };
  if (profile === 'asvs') {
    return isCommon(password)
      ? { zh: '密码过于常见，请换一个', en: 'It is one of the commonest: choose another.' }
      : null;
  }
  if (CLASSES.filter((c) => c.test(password)).length < 3) {
    return {
      zh: '密码须含小写字母、大写字母、数字、符号中的至少三类',
      en: 'At least three of: small letters, capitals, digits, others.',
    };
  }
  return null;
}

function isCommon(password: string): boolean {
  const plain = password.toLowerCase();
  if (new Set(plain).size <= 3) return true;
  const rest = COMMON.reduce((text, word) => text.replaceAll(word, ''), plain);
  return rest.length <= 4;
}

/** Days after which a password must be changed; `null`: never. */
export const passwordAge = (profile: PasswordProfile): number | null => (profile === 'dengbao' ? 90 : null);
