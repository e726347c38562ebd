import type { AlarmId, IncidentId } from '../ids.ts';
import { type Incident, isIncidentOpen, takesAlarms } from './incident.ts';

/**
 * Incidents of which something may still come, and the one that each alarm is in: the one that takes alarms, and where there is
 * none the newest of those that are closed and not reviewed.
 */
export class OpenIncidents {
  readonly all = new Map<IncidentId, Incident>();
  readonly #of = new Map<AlarmId, IncidentId>();

  of(alarm: AlarmId): Incident | null {
    const id = this.#of.get(alarm);
    return (id === undefined ? undefined : this.all.get(id)) ?? null;
  }

  /** An incident as it is now: the first time, again, or when it is over. */
  put(incident: Incident): void {
    const before = this.all.get(incident.id)?.members ?? [];
    if (isIncidentOpen(incident)) this.all.set(incident.id, incident);
    else this.all.delete(incident.id);
    if (takesAlarms(incident) && incident.mergedInto === null) {
      const stays = new Set(incident.members.map((m) => m.alarm));
      for (const { alarm } of before) if (!stays.has(alarm)) this.#find(alarm);
      for (const alarm of stays) this.#of.set(alarm, incident.id);
      return;
    }
    for (const { alarm } of [...before, ...incident.members]) this.#find(alarm);
  }

  /** Forgets those, as they are. */
  drop(which: (incident: Incident) => boolean): void {
    for (const i of [...this.all.values()]) {
      if (!which(i)) continue;
      this.all.delete(i.id);
      for (const { alarm } of i.members) this.#find(alarm);
    }
  }

  #find(alarm: AlarmId): void {
    let found: Incident | undefined;
    for (const i of this.all.values())
      if (i.members.some((m) => m.alarm === alarm) && (found === undefined || isRather(i, found))) found = i;
    if (found === undefined) this.#of.delete(alarm);
    else this.#of.set(alarm, found.id);
  }
}

function isRather(a: Incident, b: Incident): boolean {
  if (takesAlarms(a) !== takesAlarms(b)) return takesAlarms(a);
  return a.madeAt === b.madeAt ? a.id > b.id : a.madeAt > b.madeAt;
}
