import { mkdirSync, realpathSync } from 'node:fs';
import { as, type TurnNumber } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type {
  History,
  HistoryBucket,
  HistoryItem,
  HistoryLatest,
  StoredFrame,
} from '../../flow/ports/history.ts';
import type { SpooledTurn } from '../../flow/ports/journal.ts';
import type { LogFields } from '../../flow/ports/log.ts';
import { bucketList, frameList, items, latestList } from './items.ts';
import { Thread } from './thread.ts';

export type HistoryDuckdbOptions = {
  /** Holds nothing but the history; made if it is not there. Only one running service may have it. */
  readonly dir: string;
  /** What a person should know: a file that cannot be read, or be written back. Never called per reading. */
  /** A file that was set aside because it cannot be read is named in the field `aside`. */
  readonly onTrouble: (msg: string, fields: LogFields) => void;
  /** A day that is over has been put in order. */
  readonly onSettled?: (day: string, fields: { readonly rows: number; readonly ms: number }) => void;
  /** Threads of one statement. Several statements run at a time in any case. */
  readonly threads?: number;
  /**
   * DuckDB's own memory, not the process's: what needs more goes to the disk or fails. Its cache of written
   * blocks grows by 6 bytes a reading until it is here, and no further: most of what a young process grows by.
   */
  readonly memoryLimit?: string;
  /** How many day files stay attached while nobody uses them; half a megabyte or more each. */
  readonly maxAttached?: number;
};

/** DuckDB keeps other processes from a file, but not a second instance in this one, which would ruin it. */
const openHere = new Set<string>();

type Asked = { readonly point: string; readonly metric: string; readonly from: Millis; readonly to: Millis };

/**
 * The history of readings and waveforms 历史数据 on DuckDB: one file per UTC day and kind, in a directory,
 * read and written by one worker thread (decisions/0002).
 */
export class HistoryDuckdb implements History {
  readonly #options: HistoryDuckdbOptions;
  #thread: Thread | null = null;
  #place: string | null = null;

  constructor(options: HistoryDuckdbOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#thread !== null) throw new Error('the history is already open');
    const { dir, onTrouble, onSettled, threads = 1, memoryLimit = '96MB', maxAttached = 40 } = this.#options;
    mkdirSync(dir, { recursive: true });
    const place = realpathSync(dir);
    if (openHere.has(place)) throw new Error(`the history in ${dir} is already open in this process`);
    openHere.add(place);
    this.#place = place;
    const thread = new Thread((news) => {
      if (news.is === 'trouble') onTrouble(news.msg, news.fields);
      else onSettled?.(news.day, { rows: news.rows, ms: news.ms });
    });
    this.#thread = thread;
    void thread.ended.then((why) => {
      if (why !== null) onTrouble('the history thread has ended', { why: why.message });
    });
    try {
      await thread.call('open', { dir, threads, memoryLimit, maxAttached });
    } catch (e) {
      await this.close();
      throw new Error(`the history in ${dir} cannot be opened: ${String(e)}`, { cause: e });
    }
  }

  async cursor(): Promise<TurnNumber> {
    return as.turn(await this.#open.call('cursor', null));
  }

  async keep(turns: readonly SpooledTurn[]): Promise<void> {
    if (turns.length > 0) await this.#open.call('keep', turns);
  }

  async raw(q: Asked & { readonly limit: number }): Promise<readonly HistoryItem[]> {
    return items(await this.#open.call('raw', q));
  }

  async buckets(q: Asked & { readonly buckets: number }): Promise<readonly HistoryBucket[]> {
    return bucketList(await this.#open.call('buckets', q));
  }

  async latest(): Promise<readonly HistoryLatest[]> {
    return latestList(await this.#open.call('latest', null));
  }

  async frames(q: Asked & { readonly limit: number }): Promise<readonly StoredFrame[]> {
    return frameList(await this.#open.call('frames', q));
  }

  async forgetBefore(before: Millis): Promise<number> {
    return this.#open.call('forgetBefore', before);
  }

  /**
   * Brings everything into the day files and changes none of them until `goOn`, so that another process can
   * copy them. Questions are answered meanwhile; `keep` waits, and what it would keep stays in the spool.
   *
   * @returns the cursor, as a store made of the copies will have it
   */
  async standStill(): Promise<TurnNumber> {
    return as.turn(await this.#open.call('standStill', null));
  }

  /** Safe to repeat. */
  async goOn(): Promise<void> {
    await this.#open.call('goOn', null);
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    try {
      await thread?.close();
    } finally {
      if (this.#place !== null) openHere.delete(this.#place);
      this.#place = null;
    }
  }

  get #open(): Thread {
    if (this.#thread === null) throw new Error('the history is not open: start() comes first');
    return this.#thread;
  }
}
