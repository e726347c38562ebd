import type { ContactId, UnitCode } from '../ids.ts';
import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';

/** One shift 班次 of a roster: from, inclusive, to, exclusive; our clock. */
export type RosterShift = {
  readonly from: Millis;
  readonly to: Millis;
  readonly duty: readonly ContactId[];
  readonly leader: readonly ContactId[];
};

/** 排班 of one unit. Shifts stand in order of their beginning. */
export type Roster = { readonly unit: UnitCode; readonly shifts: readonly RosterShift[] };

export type RosterPost = 'duty' | 'leader';

/** Whom the roster names at an instant; those of overlapping shifts together, each once, the earlier shift first. */
export function answersAt(roster: Roster, post: RosterPost, at: Millis): readonly ContactId[] {
  const names = roster.shifts.filter((s) => s.from <= at && at < s.to).flatMap((s) => s[post]);
  return [...new Set(names)];
}

/** What will hurt: nobody named from–to, or two shifts at once. */
export type RosterFinding =
  | { readonly is: 'gap'; readonly post: RosterPost; readonly from: Millis; readonly to: Millis }
  | { readonly is: 'overlap'; readonly from: Millis; readonly to: Millis };

/**
 * Gaps and overlaps within a span, in order of their beginning. A shift that names nobody for a post is a gap of that
 * post, and so is what lies before the first shift and after the last one.
 *
 * @param span from, inclusive, to, exclusive
 */
export function rosterFindings(
  roster: Roster,
  span: { readonly from: Millis; readonly to: Millis },
): readonly RosterFinding[] {
  const cuts = [span.from, span.to, ...roster.shifts.flatMap((s) => [s.from, s.to])]
    .filter((at) => at >= span.from && at <= span.to)
    .sort((a, b) => a - b);
  const found: RosterFinding[] = [];
  for (const [i, from] of cuts.entries()) {
    const to = cuts[i + 1];
    if (to === undefined || to === from) continue;
    const on = roster.shifts.filter((s) => s.from <= from && from < s.to);
    for (const post of ['duty', 'leader'] as const)
      if (on.every((s) => s[post].length === 0)) extend(found, { is: 'gap', post, from, to });
    if (on.length > 1) extend(found, { is: 'overlap', from, to });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** Goes on with the finding of the same kind that ends where this one begins. */
function extend(found: RosterFinding[], next: RosterFinding): void {
  const post = 'post' in next ? next.post : null;
  const at = found.findIndex(
    (f) => f.is === next.is && ('post' in f ? f.post : null) === post && f.to === next.from,
  );
  const before = found[at];
  if (before === undefined) found.push(next);
  else found[at] = { ...before, to: next.to };
}

/** A shift that is none. */
export type ShiftFlaw = 'ends-before-it-begins' | 'names-nobody' | 'longer-than-a-week' | 'contact-unknown';

const WEEK = 7 * 86_400_000;

/** @returns none: it can stand */
export function shiftFlaws(shift: RosterShift, isKnown: (id: ContactId) => boolean): readonly ShiftFlaw[] {
  const named = [...shift.duty, ...shift.leader];
  return [
    ...(shift.from < shift.to ? [] : ['ends-before-it-begins' as const]),
    ...(shift.to - shift.from > WEEK ? ['longer-than-a-week' as const] : []),
    ...(named.length === 0 ? ['names-nobody' as const] : []),
    ...(named.every(isKnown) ? [] : ['contact-unknown' as const]),
  ];
}

/** What is wrong with a shift, for people. */
export const SHIFT_FLAWS: Readonly<Record<ShiftFlaw, Bilingual>> = {
  'ends-before-it-begins': { zh: '结束不晚于开始', en: 'it ends before it begins' },
  'names-nobody': { zh: '没有任何人', en: 'it names nobody' },
  'longer-than-a-week': { zh: '超过一周', en: 'it is longer than a week' },
  'contact-unknown': { zh: '有不存在的联系人', en: 'it names a contact that is not there' },
};

/** As a roster is kept: in order of beginning, then of end. */
export const inOrder = (shifts: readonly RosterShift[]): readonly RosterShift[] =>
  [...shifts].sort((a, b) => a.from - b.from || a.to - b.to);
