import { masked } from '../notice/unit.ts';
import type { CitizenWords } from './citizen-report.ts';

/**
 * Digits that may be a telephone, an identity card or a bank card: mobiles and land lines also in groups, others from seven on. What
 * stands after a letter or a dash is a number of something else.
 */
const NUMBERS =
  /(?<![\dA-Za-z-])(?:\+?86[- ]?)?(?:1\d{2}[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{7,}[Xx]?)(?!\d)/g;

/** A name as everybody may see it: the family's. */
export const maskedName = (name: string): string => {
  const [first = ''] = name;
  return `${first}**`;
};

/** Free text without the numbers in it, and without the caller's name. */
export function maskedText(text: string, caller: string | null): string {
  const unnamed = caller === null || caller.length < 2 ? text : text.replaceAll(caller, maskedName(caller));
  return unnamed.replaceAll(NUMBERS, (digits) => masked(digits));
}

/** Our own text: only who called is left out of it. */
const withoutCaller = (text: string, { caller, phone }: CitizenWords): string => {
  const unnamed = caller === null || caller.length < 2 ? text : text.replaceAll(caller, maskedName(caller));
  return phone === null ? unnamed : unnamed.replaceAll(phone, masked(phone));
};

/** Words as they stand in lists, files and on screens; whole ones are asked for with a reason, and that is an act. */
export const maskedWords = (w: CitizenWords): CitizenWords => ({
  text: maskedText(w.text, w.caller),
  place: maskedText(w.place, w.caller),
  caller: w.caller === null ? null : maskedName(w.caller),
  phone: w.phone === null ? null : masked(w.phone),
  answer: w.answer === null ? null : withoutCaller(w.answer, w),
  reasons: w.reasons.map(({ at, text }) => ({ at, text: maskedText(text, w.caller) })),
});

/** Whether somebody has taken the caller's name or number into a text that goes elsewhere, and stays. */
export function namesCaller(
  text: string,
  { caller, phone }: Pick<CitizenWords, 'caller' | 'phone'>,
): boolean {
  const digits = (s: string) => s.replaceAll(/\D/g, '');
  if (phone !== null && digits(phone).length >= 7 && digits(text).includes(digits(phone))) return true;
  return caller !== null && caller.length >= 2 && text.includes(caller);
}
