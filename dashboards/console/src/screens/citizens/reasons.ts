import type { CitizenMatch } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { words } from './words.ts';

/** Why a point may be what a citizen means, in words. */
export function reasonWords(r: CitizenMatch['reasons'][number], say: Say<keyof typeof words>): string {
  switch (r.by) {
    case 'distance':
      return say('by.distance', { n: r.metres });
    case 'address':
      return say('by.address', { words: r.words.join('、') });
    case 'time':
      if (r.minutes === 0) return say('by.same');
      return say(r.minutes < 0 ? 'by.before' : 'by.after', { n: Math.abs(r.minutes) });
    case 'alarms':
      return say('by.alarms', { n: r.open });
    default:
      return say(`by.${r.by}`);
  }
}
