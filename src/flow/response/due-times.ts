import type { Millis } from '../../domain/time.ts';

type Entry = { readonly at: Millis; readonly id: string };

/** Who is to be looked at when: a heap by time, so that a tick costs what is due, and not what there is. */
export class DueTimes {
  readonly #at = new Map<string, Millis>();
  /** Entries that are no longer so lie there until they come up. */
  #heap: Entry[] = [];

  /** @param at `null`: never */
  set(id: string, at: Millis | null): void {
    if (this.#at.get(id) === at) return;
    if (at === null) {
      this.#at.delete(id);
      return;
    }
    this.#at.set(id, at);
    this.#push({ at, id });
    if (this.#heap.length > 2 * this.#at.size + 1_000) this.#rebuild();
  }

  /** Takes those that are due by now out, earliest first. */
  take(now: Millis): readonly string[] {
    const due: string[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      if (this.#at.get(first.id) !== first.at) continue;
      this.#at.delete(first.id);
      due.push(first.id);
    }
    return due;
  }

  #rebuild(): void {
    this.#heap = Array.from(this.#at, ([id, at]) => ({ id, at })).sort((a, b) => a.at - b.at);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const above = (i - 1) >> 1;
      const over = heap[above] as Entry;
      if (over.at <= entry.at) break;
      heap[i] = over;
      i = above;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const less = right < heap.length && (heap[right] as Entry).at < (heap[left] as Entry).at ? right : left;
      if ((heap[less] as Entry).at >= last.at) break;
      heap[i] = heap[less] as Entry;
      i = less;
    }
    heap[i] = last;
  }
}
