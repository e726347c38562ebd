import type { History } from '../../src/flow/ports/history.ts';
import { MemoryHistory } from '../memory/history.ts';

/** A history store that can be away: every question is refused then. */
export class StoreThatGoesAway implements History {
  readonly within = new MemoryHistory();
  away = false;

  async start(): Promise<void> {}
  async close(): Promise<void> {}
  cursor: History['cursor'] = () => this.#ask().cursor();
  keep: History['keep'] = (turns) => this.#ask().keep(turns);
  raw: History['raw'] = (q) => this.#ask().raw(q);
  buckets: History['buckets'] = (q) => this.#ask().buckets(q);
  latest: History['latest'] = () => this.#ask().latest();
  frames: History['frames'] = (q) => this.#ask().frames(q);
  forgetBefore: History['forgetBefore'] = (before) => this.#ask().forgetBefore(before);

  #ask(): MemoryHistory {
    if (this.away) throw Object.assign(new Error('the store is away'), { kind: 'unreachable' });
    return this.within;
  }
}
