import type { Alarm } from '../alarm/alarm.ts';
import type { AlarmEvent } from '../alarm/events.ts';
import { type Incident, isIncidentOpen } from '../incident/incident.ts';
import { isOrderOpen, type Order } from '../order/order.ts';
import type { Millis } from '../time.ts';
import { isWarningOpen, type Warning } from '../warning/warning.ts';
import type { FigureTable } from './figures.ts';
import type { Period } from './period.ts';

type Known = { readonly source: string; readonly isOpen: boolean };
type KnownAlarm = Known & { readonly level: number; readonly isRaised: boolean };
/** An order, a warning in force, an incident. */
type KnownThing = Known & { readonly isMade: boolean };

/** What platforms below 下级平台 have told of a period: beside the house's own figures, and in none of them. */
export class BelowCount {
  readonly #period: Period;
  readonly #alarms = new Map<string, KnownAlarm>();
  readonly #orders = new Map<string, KnownThing>();
  readonly #warnings = new Map<string, KnownThing>();
  readonly #incidents = new Map<string, KnownThing>();

  constructor(period: Period) {
    this.#period = period;
  }

  takeAlarm({ change, at }: AlarmEvent, after: Alarm): void {
    const before = this.#alarms.get(after.id);
    const isRaised = before?.isRaised === true || (change.kind === 'raised' && this.#isIn(at));
    // What happens after the end is known of its level, and not of how it stood then.
    const isOpen = at < this.#period.to ? after.phase.is !== 'closed' : (before?.isOpen ?? false);
    this.#alarms.set(after.id, { source: after.from ?? '', level: after.level, isRaised, isOpen });
  }

  takeOrder({ at }: Happened, after: Order): void {
    this.#take(this.#orders, after, { at, madeAt: after.createdAt, isOpen: isOrderOpen(after) });
  }

  /** One that is not in force yet is nobody's here. */
  takeWarning({ at }: Happened, after: Warning): void {
    if (after.effective === null) return;
    this.#take(this.#warnings, after, { at, madeAt: after.effective, isOpen: isWarningOpen(after) });
  }

  takeIncident({ at }: Happened, after: Incident): void {
    this.#take(this.#incidents, after, { at, madeAt: after.madeAt, isOpen: isIncidentOpen(after) });
  }

  /** It was open, and nothing happened to it. */
  alarmWasOpen({ id, from, level }: Alarm): void {
    if (!this.#alarms.has(id))
      this.#alarms.set(id, { source: from ?? '', level, isRaised: false, isOpen: true });
  }

  orderWasOpen(order: Order): void {
    wasOpen(this.#orders, order);
  }

  warningWasOpen(warning: Warning): void {
    if (warning.effective !== null) wasOpen(this.#warnings, warning);
  }

  incidentWasOpen(incident: Incident): void {
    wasOpen(this.#incidents, incident);
  }

  /** None where nothing is below. */
  tables(): readonly FigureTable[] {
    const alarms = [...this.#alarms.values()];
    const orders = [...this.#orders.values()];
    const warnings = [...this.#warnings.values()];
    const incidents = [...this.#incidents.values()];
    const things = [...alarms, ...orders, ...warnings, ...incidents];
    const sources = [...new Set(things.map((t) => t.source))].sort();
    const rows = sources.map((source) => {
      const raised = alarms.filter((a) => a.source === source && a.isRaised);
      const openOf = (things: readonly Known[]) =>
        things.filter((t) => t.source === source && t.isOpen).length;
      return [
        source,
        raised.length,
        ...[1, 2, 3, 4].map((level) => raised.filter((a) => a.level === level).length),
        openOf(alarms),
        ...[orders, warnings, incidents].flatMap((of) => [
          of.filter((t) => t.source === source && t.isMade).length,
          openOf(of),
        ]),
      ];
    });
    const columns = [
      'source',
      'raised',
      'level1',
      'level2',
      'level3',
      'level4',
      'open',
      'orders',
      'openOrders',
      'warnings',
      'openWarnings',
      'incidents',
      'openIncidents',
    ];
    return rows.length === 0 ? [] : [{ key: 'below', columns, rows, total: rows.length }];
  }

  #take(
    all: Map<string, KnownThing>,
    { id, from }: { readonly id: string; readonly from?: string },
    now: { readonly at: Millis; readonly madeAt: Millis; readonly isOpen: boolean },
  ): void {
    const before = all.get(id);
    const isMade = before?.isMade === true || this.#isIn(now.madeAt);
    const isOpen = now.at < this.#period.to ? now.isOpen : (before?.isOpen ?? false);
    all.set(id, { source: from ?? '', isMade, isOpen });
  }

  #isIn(at: Millis): boolean {
    return at >= this.#period.from && at < this.#period.to;
  }
}

type Happened = { readonly at: Millis };

function wasOpen(
  all: Map<string, KnownThing>,
  { id, from }: { readonly id: string; readonly from?: string },
): void {
  if (!all.has(id)) all.set(id, { source: from ?? '', isMade: false, isOpen: true });
}
