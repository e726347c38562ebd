import type { History } from '../../src/flow/ports/history.ts';
import { MemoryHistory } from '../memory/history.ts';

/** A history store that can be away (every question is refused then), slow, or keep half of what it is given and say that it failed. */
export class StoreThatGoesAway implements History {
  readonly within = new MemoryHistory();
  away = false;
  torn = false;
  /** Waited for before anything is kept. */
  waits: (() => Promise<void>) | null = null;

  async start(): Promise<void> {}
  async close(): Promise<void> {}
  cursor: History['cursor'] = () => this.#ask().cursor();
  raw: History['raw'] = (q) => this.#ask().raw(q);
  buckets: History['buckets'] = (q) => this.#ask().buckets(q);
  latest: History['latest'] = () => this.#ask().latest();
  frames: History['frames'] = (q) => this.#ask().frames(q);
  forgetBefore: History['forgetBefore'] = (before) => this.#ask().forgetBefore(before);

  keep: History['keep'] = async (turns) => {
    await this.waits?.();
    const store = this.#ask();
    if (!this.torn) return store.keep(turns);
    // All of it in the end, where there is but one: only the answer is lost.
    await store.keep(turns.slice(0, Math.ceil(turns.length / 2)));
    throw unreachable('the store has gone away in the middle');
  };

  #ask(): MemoryHistory {
    if (this.away) throw unreachable('the store is away');
    return this.within;
  }
}

const unreachable = (message: string): Error => Object.assign(new Error(message), { kind: 'unreachable' });
