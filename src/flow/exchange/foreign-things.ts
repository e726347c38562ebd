import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmId, IncidentId, OrderId, WarningId } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Order } from '../../domain/order/order.ts';
import { isOpenResponse, type ResponseStep, type ResponseThing } from '../../domain/response/journaled.ts';
import type { Warning } from '../../domain/warning/warning.ts';

/** Things of sources that ended lately: what is told of them late must find them. */
const REMEMBERED = 10_000;

/** What a platform below tells of besides alarms. */
export type ForeignResponse = Extract<ResponseThing, { readonly of: 'order' | 'warning' | 'incident' }>;

/** Alarms, orders, warnings and incidents of platforms below: shown here, decided there. Silence of a line ends none of them. */
export class ForeignThings {
  readonly alarms = new Map<AlarmId, Alarm>();
  readonly orders = new Map<OrderId, Order>();
  readonly warnings = new Map<WarningId, Warning>();
  readonly incidents = new Map<IncidentId, Incident>();
  readonly #over = new Map<string, number>();

  takeAlarm(alarm: Alarm): void {
    if (alarm.phase.is !== 'closed') this.alarms.set(alarm.id, alarm);
    else {
      this.alarms.delete(alarm.id);
      this.#ended(alarm);
    }
  }

  takeResponse(thing: ForeignResponse): void {
    const { after } = thing;
    const there: Map<string, ForeignResponse['after']> = this.#of(thing.of);
    if (isOpenResponse(thing)) there.set(after.id, after);
    else {
      there.delete(after.id);
      this.#ended(after);
    }
  }

  /** @returns whether a step is of a platform below, whose newest word is then taken */
  restore({ event: { change } }: ResponseStep): boolean {
    if (change.kind !== 'reported') return false;
    if ('order' in change) this.takeResponse({ of: 'order', after: change.order });
    else if ('warning' in change) this.takeResponse({ of: 'warning', after: change.warning });
    else this.takeResponse({ of: 'incident', after: change.incident });
    return true;
  }

  /** One that is open, whatever it is; `undefined`: none is known by that. */
  open(id: string): Alarm | ForeignResponse['after'] | undefined {
    return (
      this.alarms.get(id as AlarmId) ??
      this.orders.get(id as OrderId) ??
      this.warnings.get(id as WarningId) ??
      this.incidents.get(id as IncidentId)
    );
  }

  /** The revision up to which a thing is known here; 0: not at all. @param durable as the journal had it when it was asked */
  revisionOf(id: string, durable: { readonly revision: number } | null): number {
    return Math.max(this.open(id)?.revision ?? 0, this.#over.get(id) ?? 0, durable?.revision ?? 0);
  }

  #of(kind: ForeignResponse['of']): Map<string, ForeignResponse['after']> {
    const all: { readonly [K in ForeignResponse['of']]: Map<string, ForeignResponse['after']> } = {
      order: this.orders,
      warning: this.warnings,
      incident: this.incidents,
    };
    return all[kind];
  }

  #ended({ id, revision }: { readonly id: string; readonly revision: number }): void {
    this.#over.set(id, revision);
    if (this.#over.size > REMEMBERED) this.#over.delete(this.#over.keys().next().value as string);
  }
}
