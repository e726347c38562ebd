import type { Roster } from '../../api/answers.ts';
import { BEIJING_OFFSET, dateOf, minuteOf } from '../../state/beijing.ts';

type Shift = Roster['shifts'][number];
type Finding = Roster['findings'][number];
/** One day by Beijing's calendar: which shifts touch it, and what is wrong with it, each from–to within the day. */
export type RosterDay = {
  readonly date: string;
  /** 0: Sunday. */
  readonly weekday: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  readonly shifts: readonly { readonly shift: Shift; readonly time: string }[];
  readonly findings: readonly { readonly finding: Finding; readonly time: string }[];
};

const DAY = 86_400_000;

/**
 * The days from now on, today first.
 *
 * @param n how many
 */
export function daysOf(roster: Roster, now: number, n: number): readonly RosterDay[] {
  const midnight = Math.floor((now + BEIJING_OFFSET) / DAY) * DAY - BEIJING_OFFSET;
  return Array.from({ length: n }, (_, i) => {
    const from = midnight + i * DAY;
    const within = <T extends { from: string; to: string }>(all: readonly T[]) =>
      all.flatMap((one) => {
        const time = spanWithin(one, from);
        return time === null ? [] : [{ one, time }];
      });
    return {
      date: dateOf(from),
      weekday: new Date(from + BEIJING_OFFSET).getUTCDay() as RosterDay['weekday'],
      shifts: within(roster.shifts).map(({ one, time }) => ({ shift: one, time })),
      findings: within(findingsOf(roster)).map(({ one, time }) => ({ finding: one, time })),
    };
  });
}

/** What is wrong. Where no shift names a leader the unit's leaders answer by their post: that is no gap. */
export function findingsOf({ shifts, findings }: Roster): readonly Finding[] {
  const leads = shifts.some((s) => s.leader.length > 0);
  return shifts.length === 0 ? [] : findings.filter((f) => f.post !== 'leader' || leads);
}

/** `08:00–20:00`; a whole day is ''; `null`: not on that day. */
function spanWithin({ from, to }: { from: string; to: string }, day: number): string | null {
  const begins = Math.max(Date.parse(from), day);
  const ends = Math.min(Date.parse(to), day + DAY);
  if (begins >= ends) return null;
  if (begins === day && ends === day + DAY) return '';
  return `${minuteOf(begins)}–${ends === day + DAY ? '24:00' : minuteOf(ends)}`;
}

/** An instant typed by Beijing's clock; what is none goes to the server as typed, so that it says what would be right. */
export function instantIn(typed: string, plus = 0): string {
  const at = Date.parse(`${typed}+08:00`);
  return Number.isNaN(at) ? typed : new Date(at + plus).toISOString();
}

/** The shifts that were typed: the same hours on so many days. */
export function shiftsTyped(v: Readonly<Record<string, string>>): readonly Shift[] {
  return Array.from({ length: Number(v.repeat ?? '1') }, (_, i) => ({
    from: instantIn(v.from ?? '', i * DAY),
    to: instantIn(v.to ?? '', i * DAY),
    duty: [...new Set([v.duty, v.second].filter((who) => who !== undefined && who !== ''))] as string[],
    leader: v.leader ? [v.leader] : [],
  }));
}
