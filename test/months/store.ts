import type { History } from '../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../src/flow/ports/journal.ts';
import { decodeSpool } from '../../src/wire/files/spool.ts';
import { MemoryHistory } from '../memory/history.ts';

/**
 * A history store that can be away (every question is refused then), slow, keep half of what it is given and say that it failed, or
 * lie: say that it has kept what it has not, keep it again and again, answer when nobody believes in it any more.
 */
export class StoreThatGoesAway implements History {
  readonly within = new MemoryHistory();
  away = false;
  torn = false;
  forgets = false;
  repeats = false;
  /** Waited for before anything is kept. */
  waits: (() => Promise<void>) | null = null;
  /** Waited for when it is kept, before that is said. */
  answers: (() => Promise<void>) | null = null;
  /** What it has said it has, and has not: series and instants. */
  readonly #lied = new Set<string>();
  #last: readonly SpooledTurn[] = [];

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
    if (this.torn) {
      // All of it in the end, where there is but one: only the answer is lost.
      await store.keep(turns.slice(0, Math.ceil(turns.length / 2)));
      throw unreachable('the store has gone away in the middle');
    }
    if (this.forgets) {
      for (const { body } of turns) {
        const { readings, frames } = decodeSpool(body);
        for (const r of [...readings, ...frames]) this.#lied.add(keyOf(r.point, r.metric, r.observedAt));
      }
      return;
    }
    if (this.repeats) await store.keep([...this.#last, ...turns, ...turns]);
    else await store.keep(turns);
    this.#last = turns;
    await this.answers?.();
  };

  /** Whether it said that it has it, and has not. */
  hasLied(point: string, metric: string, at: number): boolean {
    return this.#lied.has(keyOf(point, metric, at));
  }

  #ask(): MemoryHistory {
    if (this.away) throw unreachable('the store is away');
    return this.within;
  }
}

const keyOf = (point: string, metric: string, at: number): string => `${point} ${metric} ${at}`;
const unreachable = (message: string): Error => Object.assign(new Error(message), { kind: 'unreachable' });
