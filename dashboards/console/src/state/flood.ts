import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import { isUnacked } from './phase.ts';
import { LEVELS } from './view.ts';

/** More than ten new alarms in ten minutes are more than one person can look at (EEMUA 191, ISA-18.2). */
export const FLOOD_FROM = 10;
export const FLOOD_WITHIN = 10 * 60_000;
const MOST_GROUPS = 6;

export type FloodGroup = {
  readonly key: string;
  readonly lifeline: string;
  readonly ruleName: AlarmJson['ruleName'];
  /** The gravest of the group. */
  readonly level: AlarmJson['level'];
  readonly count: number;
  /** How many of each level, the gravest first; levels of which there is none are left out. */
  readonly byLevel: readonly { readonly level: AlarmJson['level']; readonly count: number }[];
};

export type Flood = {
  readonly count: number;
  /** Gravest first, then largest. */
  readonly groups: readonly FloodGroup[];
  /** Groups beyond those named. */
  readonly more: number;
};

/** The unacknowledged alarms that rose lately, grouped by what they are about; `null` while there are few. */
export function floodOf(shown: readonly AlarmJson[], now: number): Flood | null {
  const since = new Date(now - FLOOD_WITHIN).toISOString();
  const groups = new Map<string, Omit<FloodGroup, 'byLevel'> & { readonly levels: number[] }>();
  let count = 0;
  for (const a of shown) {
    if (a.raisedAt < since || !isUnacked(a)) continue;
    count += 1;
    const key = `${a.lifeline}/${a.ruleId}`;
    const known = groups.get(key);
    const levels = known?.levels ?? [];
    levels[a.level] = (levels[a.level] ?? 0) + 1;
    groups.set(key, {
      key,
      lifeline: a.lifeline,
      ruleName: a.ruleName,
      level: known === undefined || a.level < known.level ? a.level : known.level,
      count: (known?.count ?? 0) + 1,
      levels,
    });
  }
  if (count <= FLOOD_FROM) return null;
  const inOrder = [...groups.values()].sort((a, b) => a.level - b.level || b.count - a.count);
  const named = inOrder.slice(0, MOST_GROUPS).map(({ levels, ...g }) => ({
    ...g,
    byLevel: LEVELS.flatMap((level) => {
      const n = levels[level] ?? 0;
      return n === 0 ? [] : [{ level, count: n }];
    }),
  }));
  return { count, groups: named, more: Math.max(0, inOrder.length - MOST_GROUPS) };
}
