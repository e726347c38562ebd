import { MINUTE, minutesOf, type Sample } from '../../domain/forecast/curve.ts';
import { LOOKS } from '../../domain/forecast/looks.ts';
import { ScoreBook } from '../../domain/forecast/skill.ts';
import type { MinutesAhead } from '../../domain/forecast/trend.ts';
import type { Point } from '../../domain/register/register.ts';
import { type Millis, minutes } from '../../domain/time.ts';

/** Samples that the look back needs, and those of minutes that are scored. */
const KEPT = minutes(LOOKS + 45);

type Owed = { readonly due: Millis; readonly now: number; readonly said: MinutesAhead };

/** What is known of one point whose next minutes are forecast. */
export class ForecastPoint {
  readonly samples: Sample[] = [];
  readonly #owed: Owed[] = [];
  ahead: readonly MinutesAhead[] = [];
  book: ScoreBook;
  point: Point;

  constructor(point: Point, limits: readonly number[]) {
    this.point = point;
    this.book = new ScoreBook(limits);
  }

  hear(sample: Sample): void {
    const last = this.samples.at(-1);
    // What comes late has its place in the history; a forecast goes by what was known.
    if (last !== undefined && sample.at <= last.at) return;
    this.samples.push(sample);
    const from = sample.at - KEPT;
    let old = 0;
    while ((this.samples[old]?.at ?? sample.at) < from) old++;
    if (old > 64) this.samples.splice(0, old);
  }

  get newest(): Sample | null {
    return this.samples.at(-1) ?? null;
  }

  /** What was known at the end of the last minutes. */
  minutes(now: Millis): Float64Array {
    return minutesOf(this.samples, now - LOOKS * MINUTE, now);
  }

  /** What was said earlier of this very minute is held against what it has brought. */
  settle(now: Millis, value: number): void {
    while (this.#owed.length > 0 && (this.#owed[0] as Owed).due <= now) {
      const owed = this.#owed.shift() as Owed;
      if (now - owed.due < MINUTE) this.book.scored({ now: owed.now, said: owed.said, came: value });
    }
  }

  said(now: Millis, value: number, ahead: readonly MinutesAhead[]): void {
    this.ahead = ahead;
    for (const said of ahead) this.#owed.push({ due: now + said.horizon * MINUTE, now: value, said });
    this.#owed.sort((a, b) => a.due - b.due);
  }
}
