import type { WarningEvent } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { eventWords } from '../../parts/response/event-words.ts';
import type { Moment } from '../../parts/response/LineOfTime.vue';
import { warningEventDetail } from '../../parts/response/warning-event.ts';

/** An event of a warning as a line of time tells it. */
export function momentOf(
  e: WarningEvent,
  say: Say<keyof typeof eventWords>,
  nameOf: (unit: string) => string,
): Moment {
  return {
    key: `${e.warningId}/${e.revision}`,
    seq: e.seq,
    at: e.at,
    event: e.event,
    word: say(`event.warning.${e.event}`),
    by: e.by,
    detail: [warningEventDetail(e, say, nameOf), e.identifier ?? ''].filter((x) => x !== '').join(' · '),
  };
}
