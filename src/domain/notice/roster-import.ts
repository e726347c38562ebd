import type { ContactId } from '../ids.ts';
import { isSame } from '../register/look.ts';
import { inOrder, type Roster, type RosterShift, type ShiftFlaw, shiftFlaws } from './roster.ts';

export type RosterRow = { readonly line: number; readonly shift: RosterShift };

export type RosterImport = {
  readonly roster: Roster;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Shifts that were there and are no more. */
  readonly dropped: number;
  readonly failed: readonly { readonly line: number; readonly flaws: readonly ShiftFlaw[] }[];
};

/**
 * Decides on rows of shifts. A row with the hours of a shift that is there takes its place; the others are added, and what then
 * overlaps is said by `rosterFindings`.
 *
 * @param how `add`: what the file does not name stays. `replace`: it goes, if all rows are good; nothing is changed otherwise
 */
export function decideRoster(
  rows: readonly RosterRow[],
  before: Roster,
  { how, isKnown }: { readonly how: 'add' | 'replace'; isKnown(id: ContactId): boolean },
): RosterImport {
  const hours = (s: RosterShift) => `${s.from}/${s.to}`;
  const was = Map.groupBy(before.shifts, hours);
  const now = new Map<string, RosterShift>();
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const failed: RosterImport['failed'][number][] = [];
  for (const { line, shift } of rows) {
    const flaws = shiftFlaws(shift, isKnown);
    if (flaws.length > 0) {
      failed.push({ line, flaws });
      continue;
    }
    const there = was.get(hours(shift)) ?? [];
    const same = there.length === 1 && isSame(there[0], shift);
    counts[there.length === 0 ? 'created' : same ? 'unchanged' : 'updated'] += 1;
    now.set(hours(shift), shift);
  }
  if (how === 'replace' && failed.length > 0)
    return { roster: before, created: 0, updated: 0, unchanged: 0, dropped: 0, failed };
  const others = before.shifts.filter((s) => !now.has(hours(s)));
  const shifts = inOrder([...now.values(), ...(how === 'add' ? others : [])]);
  const dropped = how === 'add' ? 0 : others.length;
  return { roster: { unit: before.unit, shifts }, ...counts, dropped, failed };
}
