import type { Clock } from '../../src/flow/ports/clock.ts';

/** A clock that moves only when told: due calls are made in order of their instant. */
export class ManualClock implements Clock {
  #now: number;
  #calls: { at: number; period: number | null; tell: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  every(period: number, tell: () => void): () => void {
    return this.#add({ at: this.#now + period, period, tell });
  }

  after(delay: number, tell: () => void): () => void {
    return this.#add({ at: this.#now + delay, period: null, tell });
  }

  /** Moves on by `ms`, making every call that falls due on the way. */
  forward(ms: number): void {
    this.to(this.#now + ms);
  }

  to(then: number): void {
    for (;;) {
      const due = this.#calls.filter((c) => c.at <= then).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.at);
      if (due.period === null) this.#calls.splice(this.#calls.indexOf(due), 1);
      else due.at += due.period;
      due.tell();
    }
    this.#now = then;
  }

  #add(call: { at: number; period: number | null; tell: () => void }): () => void {
    this.#calls.push(call);
    return () => {
      this.#calls = this.#calls.filter((c) => c !== call);
    };
  }
}
