import type { Contact, Roster } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import type { EditField } from '../../parts/edit.ts';
import { dateOf, minuteOf } from '../../state/beijing.ts';
import { instantIn, shiftsTyped } from './days.ts';
import type { words } from './words.ts';

type Shift = Roster['shifts'][number];
type Values = Readonly<Record<string, string>>;
const REPEATS = [1, 3, 7, 14];
const HOUR = 3_600_000;
const typedAt = (t: number): string => `${dateOf(t)}T${minuteOf(t)}`;

/** @param of `null`: a new one, which begins where the last one ends */
export function shiftFields(
  of: Shift | null,
  { roster, people, now }: { roster: Roster; people: readonly Contact[]; now: number },
  say: Say<keyof typeof words>,
): readonly EditField[] {
  const called = people.filter((c) => c.inService);
  const who = (post: Contact['post']): { value: string; label: string }[] =>
    [...called]
      .sort((a, b) => Number(b.post === post) - Number(a.post === post))
      .map((c) => ({ value: c.id, label: c.name }));
  const nobody = { value: '', label: say('noLeader') };
  const last = roster.shifts.reduce((t, s) => Math.max(t, Date.parse(s.to)), 0);
  const begin = of === null ? Math.max(last, Math.floor(now / HOUR) * HOUR) : Date.parse(of.from);
  const end = of === null ? begin + 12 * HOUR : Date.parse(of.to);
  return [
    {
      name: 'duty',
      label: say('post.duty'),
      value: of?.duty[0] ?? who('duty')[0]?.value ?? '',
      options: who('duty'),
    },
    { name: 'second', label: say('second'), value: of?.duty[1] ?? '', options: [nobody, ...who('duty')] },
    {
      name: 'leader',
      label: say('post.leader'),
      value: of?.leader[0] ?? '',
      options: [nobody, ...who('leader')],
    },
    { name: 'from', label: say('from'), value: typedAt(begin), instant: true },
    { name: 'to', label: say('to'), value: typedAt(end), instant: true },
    ...(of === null
      ? [
          {
            name: 'repeat',
            label: say('repeat'),
            value: '1',
            options: REPEATS.map((n) => ({
              value: String(n),
              label: n === 1 ? say('once') : say('daily', { n }),
            })),
          },
        ]
      : []),
  ];
}

/** As it shall be: what the form does not show of the shift stays. */
export function shiftChanged(v: Values, of: Shift): Shift {
  const [typed] = shiftsTyped({ ...v, repeat: '1' });
  return {
    from: instantIn(v.from ?? ''),
    to: instantIn(v.to ?? ''),
    duty: [...(typed?.duty ?? []), ...of.duty.slice(2)],
    leader: [...(typed?.leader ?? []), ...of.leader.slice(1)],
  };
}
