import type { Duration } from '../../src/domain/time.ts';
import {
  LEASE,
  type Machine,
  type OtherMachine,
  type PairRole,
  type Switch,
  type WriterRow,
  type WriterSeen,
} from '../../src/flow/ports/pair/pair.ts';

/** The row as a database has it, with a clock of its own. */
export class MemoryWriterRow implements WriterRow {
  /** The database's clock. */
  readonly #now: () => Duration;
  #epoch = 0;
  #holder: Machine | null = null;
  #until = 0;
  #released = false;
  #switched: Switch | null = null;
  readonly #machines = new Map<string, OtherMachine>();
  readonly #notes = new Map<string, string>();

  constructor(now: () => Duration) {
    this.#now = now;
  }

  async look(me: Machine, role: PairRole, reachesBroker: boolean | null): Promise<WriterSeen> {
    this.#machines.set(me.id, { ...me, role, seenAt: this.#now(), reachesBroker });
    return {
      at: this.#now(),
      epoch: this.#epoch,
      holder: this.#holder === null ? null : { id: this.#holder.id, name: this.#holder.name },
      left: this.#holder === null || this.#released ? 0 : this.#until - this.#now(),
      switched: this.#switched,
      others: [...this.#machines.values()].filter((m) => m.id !== me.id).sort((a, b) => b.seenAt - a.seenAt),
    };
  }

  async take(me: Machine): Promise<number | null> {
    const before = this.#holder;
    if (before !== null && before.id !== me.id && this.#until >= this.#now()) return null;
    if (before !== null && before.id !== me.id)
      this.#switched = {
        at: this.#now(),
        from: before.name,
        why: this.#released ? 'released' : 'run-out',
      };
    this.#holder = me;
    this.#released = false;
    this.#until = this.#now() + LEASE.lasts;
    this.#epoch += 1;
    return this.#epoch;
  }

  async renew(epoch: number): Promise<boolean> {
    if (epoch !== this.#epoch || this.#released) return false;
    this.#until = this.#now() + LEASE.lasts;
    return true;
  }

  async release(epoch: number): Promise<void> {
    if (epoch !== this.#epoch) return;
    this.#released = true;
    this.#until = Number.NEGATIVE_INFINITY;
  }

  note = async (name: string): Promise<string | null> => this.#notes.get(name) ?? null;

  keepNote = async (name: string, value: string): Promise<void> => {
    this.#notes.set(name, value);
  };

  close = async (): Promise<void> => undefined;
}
