import { days, hours, type Millis } from '../time.ts';
import type { CitizenKind, CitizenReport } from './citizen-report.ts';

/**
 * Working days for an answer. One city's rule: questions 3, complaints 13 (docs/plan/response.md A.2, [P10]); the others are ours.
 * What the hotline itself says goes before.
 */
export const CITIZEN_DUE_DAYS: Readonly<Record<CitizenKind, number>> = {
  question: 3,
  help: 3,
  complaint: 13,
  suggestion: 13,
  other: 13,
};
const BEIJING = hours(8);
/** Amber at 80 %, as of orders (docs/plan/response.md A.3). */
const AMBER = 0.8;
/** 书面催办 the day after, 通报 five days after (the same city). */
const CRITICISED_AFTER = days(5);

export type CitizenDue = {
  readonly state: 'running' | 'amber' | 'overdue' | 'met' | 'missed';
  /** What its city does about an answer that is late; `null`: it is not. */
  readonly reminder: 'reminded' | 'criticised' | null;
};

/**
 * The end, in Beijing, of the last working day for an answer: Monday to Friday. Public holidays, and
 * Saturdays that are worked for them, are not known here.
 */
export function citizenDueAt(kind: CitizenKind, calledAt: Millis): Millis {
  let day = Math.floor((calledAt + BEIJING) / days(1));
  for (let left = CITIZEN_DUE_DAYS[kind]; left > 0; ) {
    day += 1;
    // Day 0 was a Thursday.
    const weekday = (day + 4) % 7;
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return (day + 1) * days(1) - BEIJING;
}

/** How its answer stands by our clock. What was rejected or is a duplicate has no answer of its own. */
export function citizenDue(
  r: Pick<CitizenReport, 'calledAt' | 'dueAt' | 'answeredAt' | 'overAt'>,
  now: Millis,
): CitizenDue | null {
  if (r.answeredAt === null && r.overAt !== null) return null;
  const at = r.answeredAt ?? now;
  const late = at - r.dueAt;
  const reminder = late < 0 ? null : late >= CRITICISED_AFTER ? 'criticised' : 'reminded';
  if (r.answeredAt !== null) return { state: late < 0 ? 'met' : 'missed', reminder: null };
  if (late >= 0) return { state: 'overdue', reminder };
  const amberAt = r.calledAt + (r.dueAt - r.calledAt) * AMBER;
  return { state: now >= amberAt ? 'amber' : 'running', reminder };
}
