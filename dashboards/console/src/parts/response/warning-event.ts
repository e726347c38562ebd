import type { WarningEvent } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { eventWords } from './event-words.ts';

/** What else is worth knowing of what happened to a warning: its level, for whom, by which document, why. */
export const warningEventDetail = (
  e: WarningEvent,
  say: Say<keyof typeof eventWords>,
  unitName: (code: string) => string,
): string =>
  [
    e.level === undefined ? '' : `${e.level} ${say(`level.${e.level}`)}`,
    e.unit === undefined ? '' : unitName(e.unit),
    e.documentNo ?? '',
    e.reason ?? '',
  ]
    .filter((x) => x !== '')
    .join(' · ');
