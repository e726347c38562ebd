import type { Millis } from '../../domain/time.ts';
import type { History, HistoryItem } from '../ports/history.ts';
import type { UnitSeries } from './units.ts';

/** Readings of one question to the store. */
const PAGE = 5_000;

export type MergedReading = { readonly of: UnitSeries; readonly item: HistoryItem };

/**
 * Stored readings of several series in order of event time; of one instant in the order of the series. A page of each
 * is held at a time, and the next one is on its way meanwhile: memory does not grow with the range.
 */
export class Merged {
  readonly #pages: Pages[];

  constructor(
    history: Pick<History, 'raw'>,
    series: readonly UnitSeries[],
    range: { readonly from: Millis; readonly to: Millis },
  ) {
    this.#pages = series.map((of) => new Pages(history, of, range));
  }

  /** @returns at most so many of the next readings; empty when there are no more */
  async next(atMost: number): Promise<readonly MergedReading[]> {
    const found: MergedReading[] = [];
    while (found.length < atMost) {
      for (const p of this.#pages) if (p.isRead) await p.turn();
      this.#pages.splice(0, this.#pages.length, ...this.#pages.filter((p) => !p.isOver));
      if (this.#pages.length === 0) break;
      this.#take(found, atMost);
    }
    return found;
  }

  /** Until enough are found, or some page is read to its end. */
  #take(found: MergedReading[], atMost: number): void {
    while (found.length < atMost) {
      let first = this.#pages[0] as Pages;
      for (const p of this.#pages) if (p.at < first.at) first = p;
      found.push({ of: first.of, item: first.take() });
      if (first.isRead) return;
    }
  }
}

class Pages {
  readonly of: UnitSeries;
  /** Of the next reading. */
  at: Millis = -Infinity;
  isOver = false;
  readonly #history: Pick<History, 'raw'>;
  readonly #to: Millis;
  #items: readonly HistoryItem[] = [];
  #i = 0;
  #coming: Promise<readonly HistoryItem[]> | null;

  constructor(
    history: Pick<History, 'raw'>,
    of: UnitSeries,
    { from, to }: { readonly from: Millis; readonly to: Millis },
  ) {
    this.of = of;
    this.#history = history;
    this.#to = to;
    this.#coming = this.#ask(from);
  }

  get isRead(): boolean {
    return this.#i >= this.#items.length && !this.isOver;
  }

  async turn(): Promise<void> {
    this.#items = this.#coming === null ? [] : await this.#coming;
    this.#i = 0;
    const last = this.#items.at(-1);
    this.isOver = last === undefined;
    this.#coming = last === undefined || this.#items.length < PAGE ? null : this.#ask(last.t + 1);
    this.at = this.#items[0]?.t ?? Infinity;
  }

  take(): HistoryItem {
    const item = this.#items[this.#i++] as HistoryItem;
    this.at = this.#items[this.#i]?.t ?? Infinity;
    return item;
  }

  #ask(from: Millis): Promise<readonly HistoryItem[]> {
    const { point, metric } = this.of;
    const asked = this.#history.raw({ point, metric, from, to: this.#to, limit: PAGE });
    // Looked at when its turn comes; until then a failure is nobody's.
    asked.catch(() => undefined);
    return asked;
  }
}
