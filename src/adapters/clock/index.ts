import type { Duration, Millis } from '../../domain/time.ts';
import type { WatchedClock } from '../../flow/ports/clock.ts';

/** The one place that reads the machine's clock. Who asks it directly asks when people say it is, and may be told anything. */
export const wallNow = (): Millis => Date.now();

/** What the steady clock is made of; tests set the wall. */
export type Sources = {
  /** The machine's clock: may be set at any moment. */
  readonly wall: () => Millis;
  /** Milliseconds that have passed since some moment; cannot be set. */
  readonly passed: () => Duration;
};

const MACHINE: Sources = { wall: wallNow, passed: () => performance.now() };

/**
 * Our clock: the machine's as it was at the start, and from there on by what has passed. Timers do not keep the process
 * alive by themselves.
 */
export class SteadyClock implements WatchedClock {
  readonly #sources: Sources;
  /** Ours was this … */
  #from: Millis;
  /** … when this much had passed … */
  #since: Duration;
  /** … and has gone at this rate since. */
  #rate = 1;
  /** What had passed when we were last asked. */
  #passed: Duration;

  constructor(sources: Sources = MACHINE) {
    this.#sources = sources;
    this.#passed = sources.passed();
    this.#since = this.#passed;
    this.#from = sources.wall();
  }

  /** Whole milliseconds. */
  now(): Millis {
    return Math.floor(this.#exact());
  }

  apart(): Duration {
    return Math.round(this.#sources.wall() - this.#exact());
  }

  goAt(rate: number): void {
    if (rate === this.#rate) return;
    this.#mark();
    this.#rate = rate;
  }

  notBefore(then: Millis): void {
    this.#mark();
    this.#from = Math.max(this.#from, then);
  }

  adopt(): Duration {
    this.#mark();
    const before = this.#from;
    this.#from = this.#sources.wall();
    this.#rate = 1;
    return Math.round(this.#from - before);
  }

  every(period: Duration, tell: () => void): () => void {
    const timer = setInterval(tell, period);
    timer.unref();
    return () => clearInterval(timer);
  }

  after(delay: Duration, tell: () => void): () => void {
    const timer = setTimeout(tell, delay);
    timer.unref();
    return () => clearTimeout(timer);
  }

  #exact(): number {
    const passed = this.#sources.passed();
    // A counter that goes back (a machine that was moved to another, a faked one) does not take us along.
    if (passed < this.#passed) this.#goOnFrom(this.#passed, passed);
    this.#passed = passed;
    return this.#from + (passed - this.#since) * this.#rate;
  }

  /** Ours as it is now becomes what it goes on from. */
  #mark(): void {
    this.#exact();
    this.#goOnFrom(this.#passed, this.#passed);
  }

  #goOnFrom(passed: Duration, since: Duration): void {
    this.#from += (passed - this.#since) * this.#rate;
    this.#since = since;
  }
}
