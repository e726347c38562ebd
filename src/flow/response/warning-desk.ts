import type { AlarmId, DrillId, WarningId } from '../../domain/ids.ts';
import { isGraver } from '../../domain/level.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { WarningCommand } from '../../domain/warning/commands.ts';
import { decideWarning } from '../../domain/warning/decide.ts';
import { evolveWarning } from '../../domain/warning/evolve.ts';
import { isWarningOpen, type Warning } from '../../domain/warning/warning.ts';
import { capStampOf } from '../../wire/files/cap.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import { DueTimes } from './due-times.ts';
import type { ResponseDraft } from './order-desk.ts';

/** Seconds in which messages were sent, the oldest forgotten first. */
const SECONDS_KNOWN = 50_000;
/** Warnings that are over and were written to lately. */
const REMEMBERED = 200;

/** The desk for warnings, inside the turn, as the one for orders. */
export class WarningDesk {
  /** Those that are real. */
  readonly open = new Map<WarningId, Warning>();
  /** Those of drills that run. */
  readonly drilled = new Map<WarningId, Warning>();
  readonly #over = new Map<WarningId, Warning>();
  readonly #due = new DueTimes();
  /** Warnings in force, by the alarms that they rest on. */
  readonly #byAlarm = new Map<AlarmId, Set<WarningId>>();
  #toMove: Duration = 0;
  /** The last digit that a second's identifiers have, in order of use: our clock may be set back, and comes by again. */
  readonly #digits = new Map<number, number>();

  find(id: WarningId, durable: Warning | null): Warning | null {
    return this.open.get(id) ?? this.drilled.get(id) ?? this.#over.get(id) ?? durable;
  }

  command(warning: Warning | null, command: WarningCommand, draft: ResponseDraft): Result<Warning, Refusal> {
    if (warning?.from !== undefined) return no({ code: 'of-a-source', detail: null });
    const decided = decideWarning(warning, command, draft.at);
    if (!decided.ok) return decided;
    let now = warning;
    for (const event of decided.value) {
      now = evolveWarning(now, event);
      draft.respond({ of: 'warning', event, after: now });
    }
    if (now !== null && now !== warning) this.#seat(now);
    return ok(now as Warning);
  }

  tick(draft: ResponseDraft): void {
    if (this.#toMove !== 0) {
      const by = this.#toMove;
      this.#toMove = 0;
      for (const w of [...this.open.values(), ...this.drilled.values()])
        this.command(w, { do: 'move-clock', by }, draft);
    }
    for (const id of this.#due.take(draft.at)) {
      const w = this.open.get(id as WarningId) ?? this.drilled.get(id as WarningId);
      if (w !== undefined) this.command(w, { do: 'tick' }, draft);
    }
  }

  /** What alarms did in this turn: a graver one of a warning's basis proposes, and does nothing more. */
  follow(events: readonly JournaledEvent[], draft: ResponseDraft): void {
    for (const { event, after } of events) {
      const { kind } = event.change;
      if (kind !== 'escalated' && kind !== 'recurred' && kind !== 'raised') continue;
      for (const id of this.#byAlarm.get(after.id) ?? []) {
        const w = this.open.get(id) ?? this.drilled.get(id);
        if (w !== undefined && isGraver(after.level, w.level))
          this.command(w, { do: 'propose', level: after.level, alarm: after.id }, draft);
      }
    }
  }

  /**
   * An instant and a digit that no message has: within one second ten are told apart, and the eleventh is of the next.
   *
   * @returns as it goes into the identifier
   */
  nextStamp(now: Millis): { readonly at: Millis; readonly n: number } {
    let second = Math.floor(now / 1_000);
    while ((this.#digits.get(second) ?? -1) >= 9) second++;
    const n = (this.#digits.get(second) ?? -1) + 1;
    this.#used(second, n);
    return { at: second * 1_000, n };
  }

  /** What has ended is not put back at a start, and its identifiers are used all the same. */
  hasUsed(identifier: string): void {
    const stamp = capStampOf(identifier);
    if (stamp !== null) this.#used(stamp.at / 1_000, stamp.n);
  }

  #used(second: number, n: number): void {
    this.#digits.set(second, Math.max(n, this.#digits.get(second) ?? -1));
    if (this.#digits.size > SECONDS_KNOWN) this.#digits.delete(this.#digits.keys().next().value as number);
  }

  /** A drill is over: what it left stands as it was. */
  drop(drill: DrillId): void {
    for (const w of [...this.drilled.values()]) {
      if (w.drill !== drill) continue;
      this.drilled.delete(w.id);
      this.#due.set(w.id, null);
      for (const alarm of w.basis.alarms) this.#byAlarm.delete(alarm);
    }
  }

  restore(warning: Warning): void {
    for (const { identifier } of warning.messages) this.hasUsed(identifier);
    this.#seat(warning);
  }

  clockMoved(by: Duration): void {
    this.#toMove += by;
  }

  #seat(w: Warning): void {
    const isOpen = isWarningOpen(w);
    for (const alarm of w.basis.alarms) {
      const there = this.#byAlarm.get(alarm) ?? new Set();
      if (w.state === 'issued') there.add(w.id);
      else there.delete(w.id);
      if (there.size > 0) this.#byAlarm.set(alarm, there);
      else this.#byAlarm.delete(alarm);
    }
    if (isOpen) {
      (w.drill === undefined ? this.open : this.drilled).set(w.id, w);
      this.#due.set(w.id, w.state === 'draft' || w.overdue ? null : w.expires);
      return;
    }
    this.open.delete(w.id);
    this.drilled.delete(w.id);
    this.#due.set(w.id, null);
    this.#over.set(w.id, w);
    if (this.#over.size > REMEMBERED) this.#over.delete(this.#over.keys().next().value as WarningId);
  }
}
