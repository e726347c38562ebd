import type { EffectiveRule } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import { lengthOf } from '../../state/age.ts';

/** Why a rule says nothing of a point that is heard: that is not the same as "normal". */
export const unjudgedInWords = (u: NonNullable<EffectiveRule['unjudged']>, say: Say): string =>
  say(`unjudged.${u.why}`, { every: lengthOf(u.everyMs ?? 0, say), window: lengthOf(u.windowMs ?? 0, say) });
