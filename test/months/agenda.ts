/** What is yet to happen, by when; what falls on one instant happens in the order in which it was put down. */
export class Agenda {
  readonly #due: { readonly when: number; readonly n: number; readonly act: () => void }[] = [];
  #n = 0;

  add(then: number, act: () => void): void {
    const when = Math.round(then);
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // The soonest stands last. Of one instant the later put down comes first, so that the earlier one is taken first.
      if ((this.#due[middle]?.when ?? 0) > when) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, { when, n: this.#n++, act });
  }

  /** @returns when the next thing happens; `null`: nothing will */
  next(): number | null {
    return this.#due.at(-1)?.when ?? null;
  }

  take(): () => void {
    const due = this.#due.pop();
    if (due === undefined) throw new Error('nothing is due');
    return due.act;
  }
}
