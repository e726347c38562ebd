import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { isOpenResponse } from '../../../src/domain/response/journaled.ts';
import { type AnyJournaled, isDrilled, isOfAlarm } from '../../../src/flow/ports/journal.ts';
import type { FlowHarness } from '../../flow/flow-harness.ts';
import { must } from '../failure.ts';

/** A console that comes, goes, and resumes by the number of the last event that it has. */
export class WatchingConsole {
  #seq = 0;
  readonly #open = new Map<string, Alarm>();
  /** Revisions of open orders, warnings and incidents. */
  readonly #responses = new Map<string, number>();
  #leave: (() => void) | null = null;

  get isThere(): boolean {
    return this.#leave !== null;
  }

  async come(w: FlowHarness, first: boolean): Promise<void> {
    if (first) {
      const joined = w.board.join(this.#listener(w));
      this.#leave = joined.leave;
      this.#seq = joined.seq;
      for (const a of joined.open) this.#open.set(a.id, a);
      return;
    }
    // As an adapter does it: listen first, fetch what was missed, then go on with what came meanwhile.
    const meanwhile: AnyJournaled[] = [];
    let isMissing = true;
    const listener = this.#listener(w);
    const joined = w.board.join({
      ...listener,
      event: (e) => (isMissing ? void meanwhile.push(e) : this.#event(e, w)),
      response: (e) => (isMissing ? void meanwhile.push(e) : this.#event(e, w)),
    });
    this.#leave = joined.leave;
    for (const e of await w.journal.eventsAfter(this.#seq as never, Number.MAX_SAFE_INTEGER))
      if (e.seq <= joined.seq && !isDrilled(e)) this.#event(e, w);
    isMissing = false;
    for (const e of meanwhile) this.#event(e, w);
  }

  go(): void {
    this.#leave?.();
    this.#leave = null;
  }

  /** It shows what the board shows. */
  agrees(w: FlowHarness): void {
    const there = w.board.open();
    const isSame =
      there.length === this.#open.size && there.every((a) => this.#open.get(a.id)?.revision === a.revision);
    const inWords = (alarms: Iterable<Alarm>) =>
      Array.from(alarms, (a) => `${a.id} ${a.revision}`)
        .sort()
        .join(', ');
    this.#agreesOfResponses(w);
    must(isSame, () => `a console shows ${inWords(this.#open.values())}; there is ${inWords(there)}`);
  }

  #agreesOfResponses({ board: { responses } }: FlowHarness): void {
    const there = [...responses.orders(), ...responses.warnings(), ...responses.incidents()];
    must(
      there.length === this.#responses.size && there.every((t) => this.#responses.get(t.id) === t.revision),
      () =>
        `a console shows of orders and the like ${[...this.#responses].join('; ')}; there is ${there.map((t) => `${t.id} ${t.revision}`)}`,
    );
  }

  #listener(w: FlowHarness): Parameters<FlowHarness['board']['join']>[0] {
    const event = (e: AnyJournaled) => this.#event(e, w);
    return { event, response: event, readings: () => undefined };
  }

  #event(e: AnyJournaled, w: FlowHarness): void {
    must(e.seq === this.#seq + 1, () => `a console is told event ${e.seq} after ${this.#seq}`);
    must(
      e.seq <= w.disk.state.lastSeq,
      () => `a console is told event ${e.seq}, and the disk has ${w.disk.state.lastSeq}`,
    );
    this.#seq = e.seq;
    if (!isOfAlarm(e)) {
      if (e.of === 'notice') return;
      if (isOpenResponse(e)) this.#responses.set(e.after.id, e.after.revision);
      else this.#responses.delete(e.after.id);
      return;
    }
    if (e.after.phase.is === 'closed') this.#open.delete(e.after.id);
    else this.#open.set(e.after.id, e.after);
  }
}
