type Due = { readonly when: number; readonly n: number; readonly act: () => void };

/** What is yet to happen, by when; what falls on one instant happens in the order in which it was put down. */
export class Agenda {
  /** A heap: what stands at `i` comes before what stands at `2i + 1` and `2i + 2`. */
  readonly #due: Due[] = [];
  #n = 0;
  /** When what was taken last was due. */
  #now = Number.NEGATIVE_INFINITY;

  /** @param then what should have been before now is now */
  add(then: number, act: () => void): void {
    const added: Due = { when: Math.max(Math.round(then), this.#now), n: this.#n++, act };
    const due = this.#due;
    let i = due.length;
    while (i > 0) {
      const above = (i - 1) >> 1;
      const it = due[above] as Due;
      if (isBefore(it, added)) break;
      due[i] = it;
      i = above;
    }
    due[i] = added;
  }

  /** @returns when the next thing happens; `null`: nothing will */
  next(): number | null {
    return this.#due[0]?.when ?? null;
  }

  take(): () => void {
    const due = this.#due;
    const [first] = due;
    const last = due.pop();
    if (first === undefined || last === undefined) throw new Error('nothing is due');
    this.#now = first.when;
    if (due.length === 0) return first.act;
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      const [left, right] = [due[below], due[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) below++;
      const it = due[below] as Due;
      if (isBefore(last, it)) break;
      due[i] = it;
      i = below;
    }
    due[i] = last;
    return first.act;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.when < b.when || (a.when === b.when && a.n < b.n);
