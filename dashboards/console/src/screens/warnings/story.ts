import type { WarningEvent } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { Moment } from '../../parts/response/LineOfTime.vue';
import type { words } from './words.ts';

/** An event of a warning as a line of time tells it. */
export function momentOf(
  e: WarningEvent,
  say: Say<keyof typeof words>,
  nameOf: (unit: string) => string,
): Moment {
  const detail = [
    e.level === undefined ? '' : `${e.level} ${say(`level.${e.level}`)}`,
    e.unit === undefined ? '' : nameOf(e.unit),
    e.documentNo ?? '',
    e.reason ?? '',
    e.identifier ?? '',
  ];
  return {
    key: `${e.warningId}/${e.revision}`,
    seq: e.seq,
    at: e.at,
    event: e.event,
    word: say(`did.${e.event}`),
    by: e.by,
    detail: detail.filter((x) => x !== '').join(' · '),
  };
}
