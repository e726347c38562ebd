import type { Duration, Millis } from '../../../src/domain/time.ts';
import type { TurnRecord } from '../../../src/flow/ports/journal.ts';
import { must } from '../failure.ts';
import { IncidentsKept } from './incidents-kept.ts';
import { OrdersKept } from './orders-kept.ts';
import { WarningsKept } from './warnings-kept.ts';

/** What was asked of orders, warnings and incidents, once it is on the disk: once each, in order, and nothing of it lost. */
export class ResponsesKept {
  readonly orders: OrdersKept;
  readonly warnings: WarningsKept;
  readonly incidents = new IncidentsKept();
  readonly #revisions = new Map<string, number>();
  /** In which turn each command was carried out. */
  readonly #turns = new Map<string, number>();
  events = 0;

  /** @param ourClockIsSet in this history, now and then */
  constructor(ourClockIsSet: boolean) {
    this.orders = new OrdersKept(ourClockIsSet);
    this.warnings = new WarningsKept();
  }

  wasCarriedOut(commandId: string): boolean {
    return this.#turns.has(commandId);
  }

  /** 0: there is no such thing. */
  revisionOf(id: string): number {
    return this.#revisions.get(id) ?? 0;
  }

  /** Another life begins. @param now our clock @param movedBy it was set by so much while nothing ran */
  begins(now: Millis, movedBy: Duration): void {
    this.orders.begins(now, movedBy);
    this.warnings.begins(now, movedBy);
  }

  durable({ turn, responses = [] }: TurnRecord): void {
    for (const e of responses) {
      if (e.of === 'notice') continue;
      this.events++;
      const { id, revision, commandId, change } = e.event;
      must(
        revision === this.revisionOf(id) + 1 && e.after.revision === revision,
        () => `${change.kind} of ${id} is revision ${revision} after ${this.revisionOf(id)}`,
      );
      this.#revisions.set(id, revision);
      if (commandId !== null && commandId !== '') {
        const earlier = this.#turns.get(commandId) ?? turn;
        must(
          earlier === turn,
          () =>
            `${commandId} was carried out in turn ${earlier}, and again in ${turn}: ${change.kind} of ${id}`,
        );
        this.#turns.set(commandId, turn);
      }
      if (e.of === 'order') this.orders.event(e.event, e.after);
      else if (e.of === 'warning') this.warnings.event(e.event, e.after);
      else if (e.of === 'incident') this.incidents.event(e.event, e.after);
    }
    if (responses.length > 0) this.incidents.turnIsOver();
  }

  /** The clock has ticked. @param now our clock */
  tick(now: Millis): void {
    this.orders.tick(now);
    this.warnings.tick(now);
  }
}
