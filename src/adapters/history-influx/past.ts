import type { PointCode, TurnNumber } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import { KeptAhead } from './ahead.ts';

/**
 * Knows where something may lie in the store already.
 *
 * InfluxDB merges what is written to one series and instant field by field, and no field can be emptied. Where nothing
 * can lie yet, a good reading is one field; anywhere else it must say that it is good, and a bad one that the number
 * beside it no longer counts. Almost every live reading is the newest of its point, so that this costs nothing.
 */
export class Past {
  /** Turns up to here may have been written by a run before this one, in whole or in part. */
  readonly #doubtfulUpTo: TurnNumber;
  #newestInStore: Millis = Number.POSITIVE_INFINITY;
  readonly #newest = new Map<PointCode, Millis>();
  /** What was kept ahead of a backlog. */
  readonly ahead = new KeptAhead();

  /** @param lastTurn the last turn before this start */
  constructor(lastTurn: TurnNumber) {
    this.#doubtfulUpTo = lastTurn;
  }

  /** The store has said how far it goes. Until then nothing counts as new. */
  storeGoesTo(newest: Millis): void {
    this.#newestInStore = newest;
  }

  /** @returns true where nothing can lie at this point and instant; from then on something does */
  isNew(point: PointCode, at: Millis, turn: TurnNumber): boolean {
    const newest = this.#newest.get(point);
    if (newest === undefined || at > newest) this.#newest.set(point, at);
    // The first of each point is never taken for new, so that every metric has its quality field in the schema.
    if (newest === undefined || at <= newest) return false;
    return at > this.#newestInStore && turn > this.#doubtfulUpTo && !this.ahead.mayHave(point, at);
  }

  /** Everything up to here is in the store: the backlog may have met what was kept ahead. */
  reached(cursor: TurnNumber): void {
    for (const [point, at] of this.ahead.reached(cursor)) {
      if (at > (this.#newest.get(point) ?? Number.NEGATIVE_INFINITY)) this.#newest.set(point, at);
    }
  }
}
