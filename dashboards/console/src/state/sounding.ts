import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { News } from './board.ts';
import { isHidden, isUnacked } from './phase.ts';

export type Level = AlarmJson['level'];

/** Beeps, in Hz and milliseconds, and how long until they are played again. */
export type Pattern = {
  readonly beeps: readonly { readonly hz: number; readonly ms: number }[];
  readonly every: number;
};

/** Graver is higher, more often and more insistent; blue is only a knock at the door. */
export const PATTERNS: Readonly<Record<Level, Pattern>> = {
  1: { beeps: [beep(960, 160), beep(720, 160), beep(960, 160), beep(720, 160)], every: 1_600 },
  2: { beeps: [beep(820, 180), beep(820, 180)], every: 3_500 },
  3: { beeps: [beep(660, 220)], every: 8_000 },
  4: { beeps: [beep(520, 180)], every: 20_000 },
};
/** Nothing would be heard of a new alarm: low and falling, so that it is taken for none. */
export const WARNING: Pattern = { beeps: [beep(440, 260), beep(330, 420)], every: 8_000 };
/** Of a drill: slow and rising, so that nobody takes it for an alarm; never together with one. */
export const DRILL_TONE: Pattern = { beeps: [beep(392, 300), beep(494, 300), beep(587, 300)], every: 12_000 };
export const TEST_TONE: Pattern = { beeps: [beep(660, 180), beep(880, 240)], every: 0 };
export const MUTE_FOR = 120_000;

function beep(hz: number, ms: number): { hz: number; ms: number } {
  return { hz, ms };
}

/** The level that should be heard: the gravest that nobody has acknowledged. Backfill is marked, not shouted. */
export function levelToSound(open: Iterable<AlarmJson>): Level | null {
  let gravest: Level | null = null;
  for (const a of open) {
    if (!isUnacked(a) || isHidden(a) || a.late) continue;
    if (gravest === null || a.level < gravest) gravest = a.level;
  }
  return gravest;
}

const SPEAKS_UP = new Set<News['event']>([
  'raised',
  'escalated',
  'recurred',
  'realarmed',
  'unsuppressed',
  'returnedToService',
]);

/** What just began to ask for somebody: news that is heard, of an alarm that is. */
export const speaksUp = (n: News): boolean =>
  SPEAKS_UP.has(n.event) && isUnacked(n.alarm) && !isHidden(n.alarm) && !n.alarm.late;

/** A new red ends a mute: silence was asked for what was known then, not for this. */
export const endsMute = (news: readonly News[]): boolean =>
  news.some((n) => n.alarm.level === 1 && speaksUp(n));
