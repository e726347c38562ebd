import { type Duration, type Millis, minutes, seconds } from '../../domain/time.ts';

/** A memory changes with every reading: it is kept this often at most … */
const LEAST: Duration = seconds(10);
/** … and, while little comes in, at least this often. */
const MOST: Duration = minutes(1);
/** A start judges again what came since the oldest memory that is not kept: so many readings at most, a second or two. */
const REPLAYED_AT_MOST = 100_000;
const MARK_EVERY: Duration = seconds(1);

/**
 * How long the memories of points rest before they go into the journal. To keep one costs several times what judging a
 * reading does, so it pays to replay the turns in between at a start, as long as these are few.
 */
export class MemoryRests {
  #read = 0;
  /** How many readings had come by then, oldest first. */
  readonly #marks: { readonly at: Millis; readonly read: number }[] = [];

  /** Readings that have just been judged. */
  took(readings: number): void {
    this.#read += readings;
  }

  /** @returns memories that have been others than kept since then, or for longer, are due */
  dueUpTo(now: Millis): Millis {
    const marks = this.#marks;
    if (now - (marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= MARK_EVERY)
      marks.push({ at: now, read: this.#read });
    while (now - (marks[0]?.at ?? now) > MOST) marks.shift();
    const full = marks.findLast((m) => this.#read - m.read >= REPLAYED_AT_MOST)?.at;
    return Math.min(Math.max(now - MOST, full ?? Number.NEGATIVE_INFINITY), now - LEAST);
  }
}
