import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Incident } from '../api/answers.ts';
import { isUnacked } from './phase.ts';

/** What a row says of the incident that it stands in. */
export type Grouped = {
  readonly incident: Pick<Incident, 'id' | 'name' | 'level'>;
  /** The first row of its incident, which says how many there are. */
  readonly head: {
    readonly count: number;
    readonly unacked: number;
    readonly folded: boolean;
    /** The gravest of them, and of these the one that went farthest over its limit. */
    readonly peak: AlarmJson;
  } | null;
  readonly last: boolean;
};
export type ByIncident = {
  readonly rows: readonly AlarmJson[];
  /** By alarm; absent: it stands in no incident, or alone in one. */
  readonly groups: ReadonlyMap<string, Grouped>;
};

/**
 * The list by incident: what belongs together stands together, at the place of the first of them, in the order of the
 * list. Of one that is folded the first alone stands there, and says how many more there are.
 *
 * @param list in the order of the list, so that an incident stands where its most urgent alarm does
 */
export function byIncident(
  list: readonly AlarmJson[],
  incidentOf: (alarm: string) => Grouped['incident'] | null,
  folded: ReadonlySet<string>,
): ByIncident {
  const members = new Map<string, AlarmJson[]>();
  for (const a of list) {
    const id = incidentOf(a.id)?.id;
    if (id === undefined) continue;
    const known = members.get(id);
    if (known === undefined) members.set(id, [a]);
    else known.push(a);
  }
  const rows: AlarmJson[] = [];
  const groups = new Map<string, Grouped>();
  for (const a of list) {
    const incident = incidentOf(a.id);
    const all = incident === null ? [a] : (members.get(incident.id) ?? []);
    if (incident === null || all.length === 1) {
      rows.push(a);
      continue;
    }
    if (all[0] !== a) continue;
    const isFolded = folded.has(incident.id);
    const shown = isFolded ? all.slice(0, 1) : all;
    shown.forEach((one, i) => {
      rows.push(one);
      const head =
        i === 0
          ? { count: all.length, unacked: all.filter(isUnacked).length, folded: isFolded, peak: peakOf(all) }
          : null;
      groups.set(one.id, { incident, head, last: i === shown.length - 1 });
    });
  }
  return { rows, groups };
}

/** How far over its limit it has been, as a part of it: what compares metres with parts of a gas. */
const excess = (a: AlarmJson): number =>
  a.worst.value === null || a.trigger.limit === 0
    ? 0
    : ((a.worst.value - a.trigger.limit) / Math.abs(a.trigger.limit)) * (a.trigger.side === 'below' ? -1 : 1);

/** The gravest, and of these the one that went farthest over its own limit. @param all at least one */
export function peakOf(all: readonly AlarmJson[]): AlarmJson {
  const graver = (a: AlarmJson, b: AlarmJson): number => a.level - b.level || excess(b) - excess(a);
  return [...all].sort(graver)[0] as AlarmJson;
}
