import type { Duration, Millis } from '../../domain/time.ts';
import type { Listened } from '../ports/journal.ts';

/** Kept at most: of more, those with the shortest stop between them become one. */
const STRETCHES_AT_MOST = 64;

/**
 * How long the service has listened since something was heard. While it was stopped nobody could be heard: a long stop makes
 * nobody silent, and a service that is stopped every night still finds who has been gone for three days.
 */
export class Listening {
  readonly startedAt: Millis;
  /** Before this start, oldest first. */
  readonly #past: readonly Listened[];

  /** @param past as kept, oldest first: of earlier starts */
  constructor(past: readonly Listened[], startedAt: Millis) {
    this.#past = bounded(past);
    this.startedAt = startedAt;
  }

  /** True where our clock was set back while the service was stopped: what is kept then lies in a time to come. */
  get wasSetBack(): boolean {
    return (this.#past.at(-1)?.until ?? this.startedAt) > this.startedAt;
  }

  /**
   * From when on silence counts, as if the service had listened without a stop.
   *
   * @param heardAt our clock, as it was then; 0: never, and nothing is known
   */
  silentSince(heardAt: Millis): Millis {
    if (heardAt === 0) return this.startedAt;
    // Most points are heard soon after a start.
    if (heardAt >= this.startedAt && !this.wasSetBack) return heardAt;
    return this.startedAt - this.#listenedAfter(heardAt);
  }

  /** The same, where everything that was kept has been turned into today's clock by `silentSince`. */
  inTodaysClock(): Listening {
    const all = this.#listenedAfter(Number.NEGATIVE_INFINITY);
    return new Listening(
      all === 0 ? [] : [{ from: this.startedAt - all, until: this.startedAt }],
      this.startedAt,
    );
  }

  /** The same, where our clock was set by so much while nothing ran. */
  moved(by: Duration): Listening {
    const past = this.#past.map(({ from, until }) => ({ from: from + by, until: until + by }));
    return new Listening(past, this.startedAt);
  }

  /** To be kept. */
  upTo(now: Millis): readonly Listened[] {
    return bounded([...this.#past, { from: this.startedAt, until: Math.max(now, this.startedAt) }]);
  }

  #listenedAfter(heardAt: Millis): Duration {
    let listened = 0;
    for (let i = this.#past.length - 1; i >= 0; i--) {
      const { from, until } = this.#past[i] as Listened;
      if (until <= heardAt) break;
      listened += until - Math.max(from, heardAt);
    }
    return listened;
  }
}

function bounded(stretches: readonly Listened[]): readonly Listened[] {
  const all = [...stretches];
  while (all.length > STRETCHES_AT_MOST) {
    let nearest = 1;
    for (let i = 2; i < all.length; i++) if (stopBefore(all, i) < stopBefore(all, nearest)) nearest = i;
    const [a, b] = [all[nearest - 1] as Listened, all[nearest] as Listened];
    all.splice(nearest - 1, 2, { from: a.from, until: b.until });
  }
  return all;
}

const stopBefore = (all: readonly Listened[], i: number): Duration =>
  (all[i] as Listened).from - (all[i - 1] as Listened).until;
