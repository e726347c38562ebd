import type { WatchedClock } from '../../src/flow/ports/clock.ts';

type Call = { at: number; readonly period: number | null; readonly tell: () => void };

/** A clock that moves only when told: due calls are made in order of their instant. */
export class ManualClock implements WatchedClock {
  #now: number;
  /** What the machine's clock shows beyond ours. */
  #apart = 0;
  #rate = 1;
  #calls: Call[] = [];

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

  /** Somebody sets the machine's clock. */
  wallStepsBy(ms: number): void {
    this.#apart += ms;
  }

  apart(): number {
    return Math.round(this.#apart);
  }

  goAt(rate: number): void {
    this.#rate = rate;
  }

  notBefore(then: number): void {
    const ahead = Math.max(0, then - this.#now);
    this.#now += ahead;
    this.#apart -= ahead;
  }

  adopt(): number {
    const by = this.apart();
    this.#now += by;
    for (const call of this.#calls) call.at += by;
    this.#apart = 0;
    return by;
  }

  /** Whoever had asked for calls has been killed: nobody is called any more. */
  killed(): void {
    this.#calls = [];
  }

  /** The machine is off for so long, or its clock is set while it is. */
  off(ms: number): void {
    this.#now += ms;
    for (const call of this.#calls) call.at += ms;
  }

  /** Moves on by `ms` of what really passes, as the machine's clock does: ours goes at its own rate. */
  passes(ms: number): void {
    this.#apart += ms - ms * this.#rate;
    this.forward(ms * this.#rate);
  }

  /** Moves on by `ms`, making every call that falls due on the way. */
  forward(ms: number): void {
    this.to(this.#now + ms);
  }

  to(then: number): void {
    for (;;) {
      let due: Call | undefined;
      for (const c of this.#calls) if (c.at <= then && (due === undefined || c.at < due.at)) due = c;
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.at);
      if (due.period === null) this.#calls.splice(this.#calls.indexOf(due), 1);
      else due.at += due.period;
      due.tell();
    }
    this.#now = then;
  }

  #add(call: Call): () => void {
    this.#calls.push(call);
    return () => {
      this.#calls = this.#calls.filter((c) => c !== call);
    };
  }
}
