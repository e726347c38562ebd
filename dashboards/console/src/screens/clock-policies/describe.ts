import type { ClockPolicy } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { Changed } from '../../parts/edit.ts';
import type { orderWords } from '../../parts/order/words.ts';
import { spanOf } from '../../state/age.ts';
import type { words } from './words.ts';

/** What a clock policy says, of a version or of a form. */
export type ClockContent = Pick<ClockPolicy, 'match' | 'minutes' | 'safetyCheck'>;
export type ClockName = keyof ClockPolicy['minutes'];
export const CLOCKS: readonly ClockName[] = [
  'accept',
  'arrive',
  'first-feedback',
  'feedback',
  'control',
  'verify',
];

export type Telling = {
  readonly say: Say<keyof typeof words | keyof typeof orderWords>;
  readonly nameOf: (match: ClockPolicy['match']) => string;
};

const MOST_MIN = 525_600;
export const isMinutes = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= MOST_MIN;

/** Each of its clocks, and whether a safety check is needed, as a label and its words. */
export const limitsOf = (
  p: Pick<ClockContent, 'minutes' | 'safetyCheck'>,
  { say }: Pick<Telling, 'say'>,
): readonly (readonly [label: string, words: string])[] => [
  ...CLOCKS.map((name) => {
    const n = p.minutes[name];
    return [say(`clock.${name}`), isMinutes(n) ? spanOf(n * 60_000, say) : say('notMinutes')] as const;
  }),
  [say('safety'), say(p.safetyCheck ? 'safetyOn' : 'safetyOff')],
];

/** Old → new, thing by thing; empty: nothing would change. */
export function changesOf(was: ClockContent | null, is: ClockContent, t: Telling): readonly Changed[] {
  const told = (p: ClockContent): ReadonlyMap<string, string> =>
    new Map([[t.say('holdsFor'), t.nameOf(p.match)], ...limitsOf(p, t)]);
  const before = was === null ? null : told(was);
  return [...told(is)].flatMap(([label, now]) => {
    const change = { label, was: before?.get(label) ?? null, is: now };
    return change.was === change.is ? [] : [change];
  });
}
