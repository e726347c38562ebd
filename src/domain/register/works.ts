import type { PointCode } from '../ids.ts';
import { hours, type Millis } from '../time.ts';
import type { EndWorks, OpenWorks } from './commands.ts';
import { flaw, type RegisterFlaw } from './flaw.ts';
import type { WorkWindow } from './register.ts';

/** A permit is for a day's work; longer is taking the point out of service. */
const AT_MOST = hours(24);

const PASSED = flaw(
  'until',
  'until-passed',
  '须晚于开始时间和现在',
  'must be after its beginning and after now',
);
const TOO_LONG = flaw('until', 'until-too-late', '作业窗口最长 24 小时', 'a work window lasts 24 h at most');

/** What is wrong with the time that works shall last. */
export function worksFlaws(
  { from, until }: Pick<OpenWorks, 'from' | 'until'>,
  now: Millis,
): readonly RegisterFlaw[] {
  const begins = from ?? now;
  if (until <= begins || until <= now) return [PASSED];
  return until - begins > AT_MOST ? [TOO_LONG] : [];
}

/** Works as they are authorised now, under an id that is in order of time and not taken. */
export function openedWorks(
  { from, until, reason, by, second }: OpenWorks,
  point: PointCode,
  others: readonly WorkWindow[],
  now: Millis,
): WorkWindow {
  const taken = new Set(others.map((w) => w.id));
  let id = '';
  for (let n = 0; id === '' || taken.has(id); n++) id = `W${(now + n).toString(36).padStart(9, '0')}`;
  return {
    id,
    point,
    from: from ?? now,
    until,
    reason,
    by,
    ...(second === null ? {} : { second: second.name }),
    at: now,
    ended: null,
  };
}

/** Works that are over already, or were ended by somebody else, stay as they are. */
export const endedWorks = (work: WorkWindow, { by }: EndWorks, now: Millis): WorkWindow =>
  work.ended !== null || work.until <= now ? work : { ...work, ended: { at: now, by } };
