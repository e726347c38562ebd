/** What was not told by itself. */
export type Untold<T> = { readonly last: T; readonly times: number };

/**
 * What happens again and again, by kind: the first of a kind are told one by one, and when the minute ends how many more there
 * were. Of too many kinds the later ones are counted together: whoever makes them up buries nothing else.
 */
export class Repeats<T> {
  readonly #oneByOne: number;
  readonly #kindsAtMost: number;
  readonly #kinds = new Map<string, Untold<T>>();
  #beyond: Untold<T> | null = null;

  constructor(bounds: { readonly oneByOne: number; readonly kindsAtMost: number }) {
    this.#oneByOne = bounds.oneByOne;
    this.#kindsAtMost = bounds.kindsAtMost;
  }

  /** @returns whether this one is to be told by itself */
  note(kind: string, what: T): boolean {
    const known = this.#kinds.get(kind);
    if (known === undefined && this.#kinds.size >= this.#kindsAtMost) {
      this.#beyond = { last: what, times: (this.#beyond?.times ?? 0) + 1 };
      return false;
    }
    const times = (known?.times ?? 0) + 1;
    this.#kinds.set(kind, { last: what, times });
    return times <= this.#oneByOne;
  }

  /** The minute ends. @returns what was not told in it: by kind, and of kinds beyond the bound together */
  end(): { readonly kinds: readonly Untold<T>[]; readonly beyond: Untold<T> | null } {
    const kinds = Array.from(this.#kinds.values(), ({ last, times }) => ({
      last,
      times: times - this.#oneByOne,
    }));
    const beyond = this.#beyond;
    this.#kinds.clear();
    this.#beyond = null;
    return { kinds: kinds.filter((k) => k.times > 0), beyond };
  }
}
