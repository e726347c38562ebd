/**
 * Rows of numbers, oldest first, as one memory sees them; it never changes. Memories that follow each other share what
 * lies behind: the one whose rows end there grows it in place, an older one that goes on (a reading came behind) takes
 * a copy. So a window that moves on by one reading copies nothing, and an older memory is still what it was.
 */
export class Rows {
  readonly #kept: number[];
  /** This memory's stretch of `#kept`, end exclusive. */
  readonly #from: number;
  readonly #to: number;

  private constructor(kept: number[], from: number, to: number) {
    this.#kept = kept;
    this.#from = from;
    this.#to = to;
  }

  static of(numbers: readonly number[]): Rows {
    return new Rows([...numbers], 0, numbers.length);
  }

  /** In numbers, not in rows. */
  get length(): number {
    return this.#to - this.#from;
  }

  /** Numbers that memory is taken for, those before this memory's stretch among them. */
  get held(): number {
    return this.#kept.length;
  }

  /** @param i 0 ≤ i < length */
  at(i: number): number {
    return this.#kept[this.#from + i] as number;
  }

  /** How many numbers lie in rows that begin with less than `first`, where they ascend by what they begin with. */
  before(first: number, width: number): number {
    let i = 0;
    while (i < this.length && this.at(i) < first) i += width;
    return i;
  }

  /**
   * One more row at the end.
   *
   * @param without how many numbers from the oldest on are no longer wanted
   */
  followedBy(row: readonly number[], without = 0): Rows {
    let kept = this.#kept;
    let from = this.#from + without;
    // Somebody else has gone on from here, nothing is left, or too much lies before it that nobody wants.
    if (kept.length !== this.#to || from === this.#to || from >= UNWANTED_LEAST + (this.#to - from) / 2) {
      kept = kept.slice(from, this.#to);
      from = 0;
    }
    for (let i = 0; i < row.length; i++) kept.push(row[i] as number);
    return new Rows(kept, from, kept.length);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  toJSON(): number[] {
    return this.#kept.slice(this.#from, this.#to);
  }
}

/**
 * With half of what is wanted, the numbers that nobody wants may lie before it: what an array that is begun anew has room
 * for when it has grown once. (A second time would cost more than beginning anew.)
 */
const UNWANTED_LEAST = 16;

export const NO_ROWS = Rows.of([]);
