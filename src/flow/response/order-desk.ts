import type { DrillId, OrderId } from '../../domain/ids.ts';
import type { LiesIn } from '../../domain/notice/policy.ts';
import { type ClockPolicy, clockPolicyFor, DEFAULT_CLOCK_POLICIES } from '../../domain/order/clock-policy.ts';
import { nextLookAt } from '../../domain/order/clocks.ts';
import type { OrderCommand } from '../../domain/order/commands.ts';
import { decideOrder } from '../../domain/order/decide.ts';
import { evolveOrder } from '../../domain/order/evolve.ts';
import { isOrderOpen, type Order } from '../../domain/order/order.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Filed } from '../../domain/response/filed.ts';
import type { ResponseHappened } from '../../domain/response/journaled.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { type Duration, hours, type Millis } from '../../domain/time.ts';
import { DueTimes } from './due-times.ts';

/** What of a turn in hand the desk writes. */
export type ResponseDraft = {
  readonly at: Millis;
  respond(what: ResponseHappened): void;
};

/** Orders that are over and were written to lately. */
const REMEMBERED = 1_000;

/**
 * The desk for orders, inside the turn: keeps the open ones, puts every command and every tick to `decideOrder`, and writes what came of
 * it into the turn's draft.
 */
export class OrderDesk {
  /** Those that are real. */
  readonly open = new Map<OrderId, Order>();
  /** Those of drills that run: apart, so that nobody counts them. */
  readonly drilled = new Map<OrderId, Order>();
  readonly #over = new Map<OrderId, Order>();
  readonly #due = new DueTimes();
  readonly #policies = new Map<string, ClockPolicy[]>(DEFAULT_CLOCK_POLICIES.map((p) => [p.id, [p]]));
  readonly #liesIn: LiesIn;
  #lastNo = '';
  /** How many orders each drill that runs has had. */
  readonly #drillNos = new Map<DrillId, number>();
  /** Our clock was set by so much, and the orders have not been told yet. */
  #toMove: Duration = 0;

  constructor(given: { readonly liesIn: LiesIn }) {
    this.#liesIn = given.liesIn;
  }

  /** The order as it is in this turn. @param durable as it was known outside when somebody asked for it */
  find(id: OrderId, durable: Order | null): Order | null {
    return this.open.get(id) ?? this.drilled.get(id) ?? this.#over.get(id) ?? durable;
  }

  /** @param order as `find` has it */
  command(order: Order | null, command: OrderCommand, draft: ResponseDraft): Result<Order, Refusal> {
    if (order?.from !== undefined) return no({ code: 'of-a-source', detail: null });
    const decided = decideOrder(order, command, draft.at);
    if (!decided.ok) return decided;
    let now = order;
    for (const event of decided.value) {
      now = evolveOrder(now, event);
      draft.respond({ of: 'order', event, after: now });
    }
    if (now !== null && now !== order) this.#seat(now);
    return ok(now as Order);
  }

  /** The clock: what is due, and nothing else is looked at. */
  tick(draft: ResponseDraft): void {
    if (this.#toMove !== 0) {
      const by = this.#toMove;
      this.#toMove = 0;
      for (const order of [...this.open.values(), ...this.drilled.values()])
        this.command(order, { do: 'move-clock', by }, draft);
    }
    for (const id of this.#due.take(draft.at)) {
      const order = this.open.get(id as OrderId) ?? this.drilled.get(id as OrderId);
      if (order === undefined) continue;
      const done = this.command(order, { do: 'tick' }, draft);
      if (done.ok && done.value === order) this.#due.set(id, nextLookAt(order));
    }
  }

  /** Those in force, in order of id. */
  policies(): readonly ClockPolicy[] {
    return [...this.#policies.values()].flatMap((v) => v.at(-1) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Oldest first. */
  versions(id: string): readonly ClockPolicy[] {
    return this.#policies.get(id) ?? [];
  }

  policyFor(order: Parameters<typeof clockPolicyFor>[1]): ClockPolicy {
    return clockPolicyFor(this.policies(), order, this.#liesIn);
  }

  take(filed: Filed): void {
    if (filed.is !== 'clock-policy') return;
    const { policy } = filed;
    const known = this.versions(policy.id).filter((v) => v.version !== policy.version);
    this.#policies.set(
      policy.id,
      [...known, policy].sort((a, b) => a.version - b.version),
    );
  }

  /** The next number: by day in Beijing, counted from 1. */
  nextNo(now: Millis): string {
    const day = new Date(now + hours(8)).toISOString().slice(0, 10).replaceAll('-', '');
    const head = `GD${day}-`;
    const last = this.#lastNo.startsWith(head) ? Number(this.#lastNo.slice(head.length)) : 0;
    return head + String(last + 1).padStart(4, '0');
  }

  /** The same within a drill: it takes no number from what is real. */
  nextDrillNo(drill: DrillId): string {
    return `YL${drill.slice(1)}-${String((this.#drillNos.get(drill) ?? 0) + 1).padStart(2, '0')}`;
  }

  /** A drill is over: what it left stands as it was. */
  drop(drill: DrillId): void {
    for (const order of [...this.drilled.values()]) {
      if (order.drill !== drill) continue;
      this.drilled.delete(order.id);
      this.#due.set(order.id, null);
    }
    this.#drillNos.delete(drill);
  }

  /** Puts back an open order as the journal has it. */
  restore(order: Order): void {
    this.#seat(order);
  }

  /** @param no of the newest order of all, open or over; `null`: there was none yet */
  countFrom(no: string | null): void {
    this.#lastNo = no ?? '';
  }

  /** Our clock was set while nothing ran: the next tick writes it into every open order. */
  clockMoved(by: Duration): void {
    this.#toMove += by;
  }

  #seat(order: Order): void {
    if (order.drill !== undefined) {
      const n = Number(order.no.slice(order.no.lastIndexOf('-') + 1));
      this.#drillNos.set(order.drill, Math.max(n, this.#drillNos.get(order.drill) ?? 0));
    } else if (order.revision === 1) this.#lastNo = order.no;
    if (isOrderOpen(order)) {
      (order.drill === undefined ? this.open : this.drilled).set(order.id, order);
      this.#due.set(order.id, nextLookAt(order));
      return;
    }
    this.open.delete(order.id);
    this.drilled.delete(order.id);
    this.#due.set(order.id, null);
    this.#over.set(order.id, order);
    if (this.#over.size > REMEMBERED) this.#over.delete(this.#over.keys().next().value as OrderId);
  }
}
