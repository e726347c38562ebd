import { mkdirSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { as, type TurnNumber } from '../../domain/ids.ts';
import { type Duration, type Millis, minutes, seconds } from '../../domain/time.ts';
import type {
  History,
  HistoryBucket,
  HistoryItem,
  HistoryLatest,
  SeriesQuery,
  StoredFrame,
  WindowQuery,
  WindowReading,
} from '../../flow/ports/history.ts';
import type { SpooledTurn } from '../../flow/ports/journal.ts';
import type { LogFields } from '../../flow/ports/log.ts';
import { Engine } from './engine.ts';
import { bucketList, frameList, items, latestList, windowList } from './items.ts';

export { fromFileName } from './day.ts';

export type HistoryDuckdbOptions = {
  /** Holds nothing but the history; made if it is not there. Only one running service may have it. */
  readonly dir: string;
  /**
   * What a person should know: a file that cannot be read, or be written back. Never called per reading. A file
   * that was set aside because it cannot be read is named in the field `aside`.
   */
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
  /**
   * A history that cannot be opened keeps nobody from starting: it is opened anew until that succeeds, and
   * refuses everything meanwhile. Left out: `start` rejects.
   */
  readonly keepTrying?: boolean;
  /** The process of the history has ended by itself or had to be ended. */
  readonly onLost?: () => void;
  /** Another one has taken its place. */
  readonly onRenewed?: () => void;
  /** Until another process is tried, the first time and at most: twice as long each time. */
  readonly again?: { readonly first: Duration; readonly atMost: Duration };
  /** How long a process that hangs is waited for, in all or with one batch, until it is ended and another one tried. */
  readonly hangsAfter?: { readonly silence: Duration; readonly keeping: Duration };
};

const AGAIN = { first: seconds(0.5), atMost: seconds(30) };
/** A batch takes seconds, and waits for as long as a copy of the files may take. */
const HANGS_AFTER = { silence: seconds(30), keeping: minutes(15) };
/** A stop gives the history a second more. */
const CLOSE_WITHIN = seconds(4);

/** DuckDB keeps other processes from a file, but not a second instance in this one, which would ruin it. */
const openHere = new Set<string>();

/**
 * The history of readings and waveforms 历史数据 on DuckDB: one file per UTC day and kind, in a directory,
 * read and written by a process of its own, which is renewed when it ends (decisions/0002). Trouble with it
 * rejects with an error that the port's `troubleOf` reads.
 */
export class HistoryDuckdb implements History {
  readonly #options: HistoryDuckdbOptions;
  #engine: Engine | null = null;
  #place: string | null = null;
  /** The process that stands still, if one does. */
  #still: number | null = null;

  constructor(options: HistoryDuckdbOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#engine !== null) throw new Error('the history is already open');
    const { dir, onTrouble, onSettled, onLost, onRenewed, keepTrying = false } = this.#options;
    const { threads = 1, memoryLimit = '96MB', maxAttached = 40, again = AGAIN } = this.#options;
    const { hangsAfter = HANGS_AFTER } = this.#options;
    const place = placeOf(dir);
    if (openHere.has(place)) throw new Error(`the history in ${dir} is already open in this process`);
    openHere.add(place);
    this.#place = place;
    const engine = new Engine({
      open: { dir, threads, memoryLimit, maxAttached },
      news: (news) => {
        if (news.is === 'trouble') onTrouble(news.msg, news.fields);
        else onSettled?.(news.day, { rows: news.rows, ms: news.ms });
      },
      trouble: onTrouble,
      lost: () => onLost?.(),
      renewed: () => onRenewed?.(),
      again,
      closeWithin: CLOSE_WITHIN,
      hangsAfter,
    });
    this.#engine = engine;
    try {
      await engine.open();
    } catch (e) {
      if (keepTrying) {
        engine.tryAgain(e as Error);
        return;
      }
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

  async raw(q: SeriesQuery & { readonly limit: number }): Promise<readonly HistoryItem[]> {
    return items(await this.#open.call('raw', q));
  }

  async buckets(q: SeriesQuery & { readonly buckets: number }): Promise<readonly HistoryBucket[]> {
    return bucketList(await this.#open.call('buckets', q));
  }

  async window(q: WindowQuery): Promise<readonly WindowReading[]> {
    return windowList(await this.#open.call('window', q));
  }

  async latest(): Promise<readonly HistoryLatest[]> {
    return latestList(await this.#open.call('latest', null));
  }

  async frames(q: SeriesQuery & { readonly limit: number }): Promise<readonly StoredFrame[]> {
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
    const engine = this.#open;
    const cursor = as.turn(await engine.call('standStill', null));
    this.#still = engine.generation;
    return cursor;
  }

  /**
   * Safe to repeat. Rejects where the process that stood still is not there any more: another one may have
   * changed files since, and what was copied meanwhile is not to be trusted.
   */
  async goOn(): Promise<void> {
    const engine = this.#open;
    const still = this.#still;
    this.#still = null;
    if (still !== null && still !== engine.generation)
      throw new Error('the history was opened anew while it stood still: a copy made meanwhile is not whole');
    await engine.call('goOn', null);
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    try {
      await engine?.close();
    } finally {
      if (this.#place !== null) openHere.delete(this.#place);
      this.#place = null;
    }
  }

  get #open(): Engine {
    if (this.#engine === null) throw new Error('the history is not open: start() comes first');
    return this.#engine;
  }
}

/** A directory that cannot be made, or be looked at, is trouble for whoever opens it. */
function placeOf(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true });
    return realpathSync(dir);
  } catch {
    return resolve(dir);
  }
}
