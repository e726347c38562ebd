import type { Places, Say } from '../../i18n/translate.ts';
import { lengthOf } from '../../state/age.ts';
import type { EffectiveRule } from '../register/types.ts';
import type { words } from './words.ts';

/** Why a rule says nothing of a point that is heard: that is not the same as "normal". */
export function unjudgedInWords(
  u: NonNullable<EffectiveRule['unjudged']>,
  own: (key: keyof typeof words, places?: Places) => string,
  say: Say,
): string {
  return own(`unjudged.${u.why}`, {
    every: lengthOf(u.everyMs ?? 0, say),
    window: lengthOf(u.windowMs ?? 0, say),
  });
}
