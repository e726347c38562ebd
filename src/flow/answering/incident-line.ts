import type { Incident } from '../../domain/incident/incident.ts';
import type { FigureCell, FigureTable } from '../../domain/report/figures.ts';
import { actorName } from '../../wire/alarm.ts';
import { type AnyJournaled, isOfAlarm } from '../ports/journal.ts';

const ROWS_AT_MOST = 1_000;

/** @returns whether an event is of an incident, its alarms, or what followed from them; `null`: any is */
export function concerning(incident: Incident | null): (e: AnyJournaled) => boolean {
  if (incident === null) return () => true;
  const { id } = incident;
  const alarms = new Set<string>(incident.members.map((m) => m.alarm));
  return (e) => {
    if (isOfAlarm(e)) return alarms.has(e.event.alarmId);
    switch (e.of) {
      case 'incident':
        return e.event.id === id;
      case 'order':
        return e.after.incident === id || e.after.alarms.some((a) => alarms.has(a));
      case 'warning':
        return e.after.basis.incident === id || e.after.basis.alarms.some((a) => alarms.has(a));
      default:
        return false;
    }
  };
}

/** What happened to an incident, its alarms, orders and warnings, in order. */
export class IncidentLine {
  readonly #rows: (readonly FigureCell[])[] = [];
  #total = 0;

  take(e: AnyJournaled): void {
    this.#total += 1;
    if (this.#rows.length >= ROWS_AT_MOST) return;
    const [of, what] = isOfAlarm(e)
      ? ['alarm', `${e.after.pointName} ${e.after.ruleName.zh}`]
      : e.of === 'order'
        ? ['order', `${e.after.no} ${e.after.title}`]
        : e.of === 'warning'
          ? ['warning', `${e.after.kind} ${e.after.areaText}`]
          : [e.of, e.of === 'incident' ? e.after.name.zh : ''];
    this.#rows.push([e.event.at, of ?? '', what ?? '', e.event.change.kind, actorName(e.event.by)]);
  }

  table(): FigureTable {
    return {
      key: 'timeline',
      columns: ['at', 'of', 'what', 'event', 'by'],
      rows: this.#rows,
      total: this.#total,
    };
  }
}
