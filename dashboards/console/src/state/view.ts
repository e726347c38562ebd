import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import { compareAlarms } from './order.ts';
import { isHidden, isUnacked } from './phase.ts';

export type Level = AlarmJson['level'];
export const LEVELS: readonly Level[] = [1, 2, 3, 4];
export type Counts = Readonly<Record<Level, { readonly unacked: number; readonly total: number }>>;

/** The open alarms in the order of the list, those under an overlay aside. */
export function arrange(open: Iterable<AlarmJson>): { shown: AlarmJson[]; hidden: AlarmJson[] } {
  const shown: AlarmJson[] = [];
  const hidden: AlarmJson[] = [];
  for (const a of open) (isHidden(a) ? hidden : shown).push(a);
  return { shown: shown.sort(compareAlarms), hidden: hidden.sort(compareAlarms) };
}

export function countByLevel(alarms: readonly AlarmJson[]): Counts {
  const counts = Object.fromEntries(LEVELS.map((l) => [l, { unacked: 0, total: 0 }])) as Record<
    Level,
    { unacked: number; total: number }
  >;
  for (const a of alarms) {
    counts[a.level].total += 1;
    if (isUnacked(a)) counts[a.level].unacked += 1;
  }
  return counts;
}

/** What the list is narrowed to; an empty word does not narrow. `area` is a prefix: 3416 finds every district below. */
export type Filter = {
  readonly q: string;
  readonly level: string;
  readonly lifeline: string;
  readonly area: string;
};

/** Over all open alarms and not over a page of them: what is filtered away is really not there. */
export const select = (alarms: readonly AlarmJson[], f: Filter): readonly AlarmJson[] =>
  search(
    f.level === '' && f.lifeline === '' && f.area === ''
      ? alarms
      : alarms.filter(
          (a) =>
            (f.level === '' || String(a.level) === f.level) &&
            (f.lifeline === '' || a.lifeline === f.lifeline) &&
            a.areaCode.startsWith(f.area),
        ),
    f.q,
  );

/** Every word must be found somewhere in what the row shows. */
export function search(alarms: readonly AlarmJson[], query: string): readonly AlarmJson[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return alarms;
  return alarms.filter((a) => {
    const text =
      `${a.pointCode} ${a.pointName} ${a.assetName ?? ''} ${a.ruleName.zh} ${a.ruleName.en} ${a.lifeline} ${a.areaCode}`.toLowerCase();
    return words.every((w) => text.includes(w));
  });
}

/**
 * Where the eye goes after `id` was dealt with: of the unacknowledged to the gravest, and of these to the one that
 * has waited longest, wherever it stands in the list; where none is left it stays.
 */
export function nextAfter(list: readonly AlarmJson[], id: string): string {
  let next: AlarmJson | null = null;
  for (const a of list) {
    if (a.id === id || !isUnacked(a)) continue;
    if (next === null || a.level < next.level || (a.level === next.level && a.raisedAt < next.raisedAt))
      next = a;
  }
  return next?.id ?? id;
}

/** What is marked when the list was narrowed, widened or changed for another: what was, if it is still there. */
export const keptChoice = (list: readonly AlarmJson[], id: string | null): string | null =>
  (list.find((a) => a.id === id) ?? list[0])?.id ?? null;

/** `by` rows up or down from `id`, kept within the list; an unknown id starts at the top. */
export function stepFrom(list: readonly AlarmJson[], id: string | null, by: number): string | null {
  if (list.length === 0) return null;
  const here = list.findIndex((a) => a.id === id);
  const at = here < 0 ? 0 : Math.min(list.length - 1, Math.max(0, here + by));
  return list[at]?.id ?? null;
}
