import type { CitizenReport } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { Choice, EditField } from '../../parts/edit.ts';
import type { words } from './words.ts';

export type CitizenDeed = 'order' | 'place' | 'answer' | 'close' | 'reopen' | 'reject' | 'duplicate';

const OPEN = ['received', 'matched', 'assigned'];

/** What can be done with a report as it stands; the server has the last word. */
export function deedsOf({
  state,
  words: said,
}: Pick<CitizenReport, 'state' | 'words'>): readonly CitizenDeed[] {
  if (said === null || state === 'closed') return [];
  if (state === 'answered') return ['close', 'reopen'];
  if (!OPEN.includes(state)) return ['reopen'];
  return state === 'assigned' ? ['answer', 'place'] : ['order', 'answer', 'place', 'reject', 'duplicate'];
}

type Offered = {
  readonly areas: readonly Choice[];
  readonly lifelines: readonly Choice[];
  readonly units: readonly Choice[];
  readonly levels: readonly Choice[];
  readonly draft: string;
};
const OUTCOMES = ['satisfied', 'dissatisfied', 'not-reached', 'not-asked'] as const;

/** The form of a deed. */
export function fieldsOf(
  deed: CitizenDeed,
  r: CitizenReport,
  offered: Offered,
  say: Say<keyof typeof words>,
): readonly EditField[] {
  const lifeline = { name: 'lifeline', label: say('lifeline'), value: r.lifeline ?? '' };
  const unset = { value: '', label: say('unknown') };
  switch (deed) {
    case 'order':
      return [
        { name: 'title', label: say('orderTitle'), value: `市民诉求 ${r.category ?? r.externalNo}` },
        { name: 'level', label: say('level'), value: '3', options: offered.levels },
        { ...lifeline, options: r.lifeline === null ? [unset, ...offered.lifelines] : offered.lifelines },
        { name: 'place', label: say('place'), value: r.words?.place ?? '' },
        { name: 'unit', label: say('unit'), hint: say('unitHint'), suggest: offered.units },
      ];
    case 'place':
      return [
        { name: 'lon', label: say('lon'), value: String(r.lon ?? ''), number: true },
        { name: 'lat', label: say('lat'), value: String(r.lat ?? ''), number: true },
        { name: 'area', label: say('area'), value: r.area, suggest: offered.areas },
        { ...lifeline, options: [unset, ...offered.lifelines] },
      ];
    case 'answer':
      return [
        { name: 'text', label: say('answerText'), value: offered.draft, hint: say('answerWhy'), lines: true },
      ];
    case 'close':
      return [
        {
          name: 'outcome',
          label: say('outcome'),
          value: 'satisfied',
          options: OUTCOMES.map((o) => ({ value: o, label: say(`outcome.${o}`) })),
        },
      ];
    case 'duplicate':
      return [{ name: 'of', label: say('duplicateOf') }];
    default:
      return [{ name: 'reason', label: say('reason'), lines: true }];
  }
}

/** The body of a deed that is one verb of the report's. */
export function bodyOf(deed: CitizenDeed, v: Readonly<Record<string, string>>): Record<string, unknown> {
  if (deed !== 'place') return { ...v };
  const number = (text: string | undefined) => (text?.trim() ? Number(text) : null);
  return {
    lon: number(v.lon),
    lat: number(v.lat),
    area: v.area?.trim(),
    lifeline: v.lifeline === '' ? null : v.lifeline,
  };
}
