import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { SeriesQuery, WindowQuery } from '../../flow/ports/history.ts';
import type { SpooledTurn } from '../../flow/ports/journal.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import type { Asking } from './asking.ts';
import { buckets } from './buckets.ts';
import { isDamage } from './damage.ts';
import { type Day, type DayKind, dayOf } from './day.ts';
import { type DayFile, DayFiles, spillDir } from './day-files.ts';
import { readFloor, writeFloor } from './floor.ts';
import { frames } from './frames.ts';
import { type Batch, split, writeFrames, writeReadings } from './keeping.ts';
import { latest } from './latest.ts';
import { Pool } from './pool.ts';
import type {
  BucketColumns,
  FrameColumns,
  HistoryOpenOptions,
  ItemColumns,
  LatestColumns,
  News,
  WindowColumns,
} from './protocol.ts';
import { window } from './questions/window.ts';
import { raw } from './raw.ts';
import { Settling } from './settling.ts';
import { bringHome, Standstill } from './standstill.ts';

/** DuckDB's own statements run in libuv's four threads, which the whole process shares. */
const READERS = 2;

/** Files looked at in a start: the newest has the cursor, those before it may have rows to be put in order. */
const LOOKED_AT = 9;

/**
 * The history store, inside its thread: one DuckDB instance without a database of its own, to which day files
 * are attached as needed.
 *
 * A transaction of DuckDB writes one file, and a batch may have rows for several days. So every file has a
 * cursor of its own, committed with its rows, and the file of the newest day, the *home*, is committed last
 * and also has the cursor of the whole store. Whatever of a batch is repeated after a crash between two
 * commits is left out by the files that have it, and nothing of it is shown before the home has committed.
 */
export class DayStore {
  readonly #dir: string;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #files: DayFiles;
  readonly #asking: Asking;
  readonly #settling: Settling;
  readonly #writing = new SerialQueue();
  readonly #tell: (news: News) => void;
  #standstill: Standstill | null = null;
  #cursor = 0;
  /** Pinned as long as it is the home, so that no other process can open the store. */
  #home: DayFile | null = null;

  static async open(options: HistoryOpenOptions, tell: (news: News) => void): Promise<DayStore> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(options.threads),
      memory_limit: options.memoryLimit,
      temp_directory: spillDir(options.dir),
      // Gives memory of a day that was sorted back to the system.
      allocator_background_threads: 'true',
      // No download, whatever a statement may seem to need.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    try {
      const connect = (): Promise<DuckDBConnection> => instance.connect();
      const readers = await Promise.all(Array.from({ length: READERS }, connect));
      const store = new DayStore(options, instance, tell, {
        writer: await connect(),
        door: await connect(),
        settler: await connect(),
        readers,
      });
      await store.#find();
      return store;
    } catch (e) {
      instance.closeSync();
      throw e;
    }
  }

  private constructor(
    options: HistoryOpenOptions,
    instance: DuckDBInstance,
    tell: (news: News) => void,
    connections: {
      readonly writer: DuckDBConnection;
      readonly door: DuckDBConnection;
      readonly settler: DuckDBConnection;
      readonly readers: readonly DuckDBConnection[];
    },
  ) {
    const trouble: Asking['trouble'] = (msg, fields) => tell({ is: 'trouble', msg, fields });
    const cursor = (): number => this.#cursor;
    this.#dir = options.dir;
    this.#instance = instance;
    this.#tell = tell;
    this.#writer = connections.writer;
    this.#files = new DayFiles({
      dir: options.dir,
      maxAttached: options.maxAttached,
      connection: connections.door,
      trouble,
    });
    this.#asking = {
      files: this.#files,
      readers: new Pool(connections.readers),
      cursor,
      trouble,
      renew: (file) => this.#renew(file),
    };
    this.#settling = new Settling({
      files: this.#files,
      connection: connections.settler,
      writing: this.#writing,
      cursor,
      tell,
    });
  }

  async #find(): Promise<void> {
    await this.#files.find();
    this.#cursor = await readFloor(this.#dir);
    for (const day of this.#files.days('reading').slice(-LOOKED_AT).reverse()) {
      const [file] = await this.#files.lease('reading', [day]);
      if (file === undefined) continue;
      this.#cursor = Math.max(this.#cursor, file.store);
      if (file.fresh > 0) this.#settling.touched([day]);
      if (this.#home === null) this.#home = file;
      else this.#files.release([file]);
    }
  }

  cursor(): number {
    return this.#cursor;
  }

  keep(turns: readonly SpooledTurn[]): Promise<void> {
    return this.#writing.run(async () => {
      const news = turns.filter(({ turn }) => turn > this.#cursor);
      const last = news.at(-1);
      if (last === undefined) return;
      const batch = split(news);
      await this.#keepBatch(batch, last.turn);
      this.#cursor = last.turn;
      this.#settling.touched(batch.reading.map(([day]) => day));
      this.#settling.consider(batch.newestReceived);
    });
  }

  async #keepBatch(batch: Batch, turn: number): Promise<void> {
    const ahead = { own: turn, store: this.#cursor };
    for (const [day, rows] of batch.frame) {
      await this.#into('frame', day, (file) => writeFrames(this.#writer, file, rows, ahead));
    }
    const newest = batch.reading.at(-1)?.[0];
    const homeDay = Math.max(newest ?? -1, this.#files.newest('reading') ?? -1);
    for (const [day, rows] of batch.reading) {
      if (day === homeDay) break;
      await this.#into('reading', day, (file) => writeReadings(this.#writer, file, rows, ahead));
    }
    if (homeDay < 0) return writeFloor(this.#dir, turn);
    const homeRows = newest === homeDay ? (batch.reading.at(-1)?.[1] ?? []) : [];
    await this.#into('reading', homeDay, async (file) => {
      await writeReadings(this.#writer, file, homeRows, { own: turn, store: turn });
      this.#moveTo(file);
    });
  }

  /** A file that could not be written is let go of: what is in it is read anew when it is needed again. */
  async #into(kind: DayKind, day: Day, write: (file: DayFile) => Promise<void>): Promise<void> {
    const file = await this.#files.leaseForWriting(kind, day, this.#cursor);
    try {
      await write(file);
    } catch (e) {
      if (isDamage(e)) this.#setAside(file, e);
      else this.#renew(file);
      throw e;
    } finally {
      this.#files.release([file]);
    }
  }

  #renew(file: DayFile): void {
    if (this.#home === file) this.#moveTo(null);
    this.#files.renew(file);
  }

  #setAside(file: DayFile, why: unknown): void {
    if (this.#home === file) this.#moveTo(null);
    this.#files
      .setAside(file, why)
      .catch((e: unknown) => this.#trouble('a day file of the history cannot be set aside', e));
  }

  #moveTo(home: DayFile | null): void {
    if (this.#home === home) return;
    if (this.#home !== null) this.#files.release([this.#home]);
    home?.pin();
    this.#home = home;
  }

  raw(q: SeriesQuery & { readonly limit: number }): Promise<ItemColumns> {
    return raw(this.#asking, q);
  }

  buckets(q: SeriesQuery & { readonly buckets: number }): Promise<BucketColumns> {
    return buckets(this.#asking, q);
  }

  window(q: WindowQuery): Promise<WindowColumns> {
    return window(this.#asking, q);
  }

  latest(): Promise<LatestColumns> {
    return latest(this.#asking);
  }

  frames(q: SeriesQuery & { readonly limit: number }): Promise<FrameColumns> {
    return frames(this.#asking, q);
  }

  async forgetBefore(before: number): Promise<number> {
    await this.#settling.stop();
    try {
      return await this.#writing.run(async () => {
        const cut = dayOf(before);
        const gone = new Set<Day>();
        if (this.#home !== null && this.#home.day < cut) {
          await writeFloor(this.#dir, this.#cursor);
          this.#moveTo(null);
        }
        for (const kind of ['frame', 'reading'] as const) {
          for (const day of this.#files.days(kind, 0, cut - 1)) {
            await this.#files.remove(kind, day);
            gone.add(day);
          }
        }
        await this.#files.removeAsideBefore(cut);
        return gone.size;
      });
    } finally {
      this.#settling.resume();
    }
  }

  /** See `HistoryDuckdb.standStill`: the turn of writing is held until `goOn`. */
  async standStill(): Promise<number> {
    if (this.#standstill !== null) throw new Error('the history stands still already');
    const standstill = new Standstill();
    this.#standstill = standstill;
    await this.#settling.stop();
    const held = standstill.hold(this.#writing, () => bringHome(this.#dir, this.#files, this.#writer));
    try {
      await held;
    } catch (e) {
      this.goOn();
      throw e;
    }
    return this.#cursor;
  }

  goOn(): void {
    if (this.#standstill === null) return;
    this.#standstill.end();
    this.#standstill = null;
    this.#settling.resume();
  }

  /** After the last question has been answered. */
  async close(): Promise<void> {
    await this.#settling.stop();
    await this.#writing.run(async () => {
      this.#moveTo(null);
      await this.#files.leaveAll();
      this.#instance.closeSync();
    });
  }

  #trouble(msg: string, why: unknown): void {
    this.#tell({ is: 'trouble', msg, fields: { why: String(why) } });
  }
}
