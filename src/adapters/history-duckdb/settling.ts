import { rm, stat } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SerialQueue } from '../shared/serial-queue.ts';
import { type Day, dayName, fileName, reachOf } from './day.ts';
import type { DayFile, DayFiles } from './day-files.ts';
import type { News } from './protocol.ts';
import { tables } from './schema.ts';
import { column, eachChunk, int, numbers, quoted } from './sql.ts';

export type SettlingOptions = {
  readonly files: DayFiles;
  readonly connection: DuckDBConnection;
  /** Whoever has its turn is the only one who writes. */
  readonly writing: SerialQueue;
  readonly cursor: () => number;
  readonly tell: (news: News) => void;
};

/** Stragglers are awaited so long before a day counts as over. */
const AFTER_MIDNIGHT_MS = 15 * 60_000;

/** So many rows are sorted at a time: bounds the memory, and the wait of a store that is being closed. */
const ROWS_AT_ONCE = 1_000_000;

const MAKING = 'settling';

/** A file is put in order when at least one in so many of its rows is not. */
const WORTH_IT = 5;

/**
 * Puts the readings of days that are over in order by series and instant, so that a chart of one series
 * touches few row groups, and drops those that a later one replaced.
 *
 * The ordered copy is made beside the day's file while that is read and written as always. Then, in a turn of
 * writing, come the rows that arrived meanwhile, and the copy takes the file's place by a rename. Killed at
 * any step there is either the old file, whole with its WAL, or the new one; a half-made copy is removed at
 * the next start.
 *
 *                     questions go on        turn of writing: `keep` waits
 *     day's file      ═══ read, written ═══╪═══ flushed, let go of ═╗
 *     its copy        ──── in order ───────╪── + what came since ───╫─ rename ═══ read, written ═══
 *                     rows up to turn n    │  rows after turn n     ▼
 *                                                         taken away by the rename
 */
export class Settling {
  readonly #options: SettlingOptions;
  readonly #touched = new Set<Day>();
  readonly #givenUp = new Set<Day>();
  #newestReceived = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | null = null;
  #stopped = false;
  #stopping = Promise.withResolvers<void>();

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  /** Days that have rows which may not be in order. */
  touched(days: Iterable<Day>): void {
    for (const d of days) this.#touched.add(d);
  }

  /** Goes on in the background with whatever is due. */
  consider(newestReceived: number): void {
    this.#newestReceived = Math.max(this.#newestReceived, newestReceived);
    if (this.#running !== null || this.#stopped) return;
    this.#running = this.#settleWhatIsDue().finally(() => {
      this.#running = null;
    });
  }

  /** Gives up what is being done. Safe while a turn of writing is being waited for, not while one is held. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.resolve();
    this.#options.connection.interrupt();
    await this.#running;
  }

  /** May go on after a stop. */
  resume(): void {
    this.#stopped = false;
    this.#stopping = Promise.withResolvers();
  }

  async #settleWhatIsDue(): Promise<void> {
    for (const day of [...this.#touched].sort((a, b) => a - b)) {
      if (this.#stopped) return;
      if (!this.#isOver(day) || this.#givenUp.has(day)) continue;
      this.#touched.delete(day);
      try {
        await this.#settle(day);
      } catch (e) {
        this.#touched.add(day);
        // An interrupt may come out as any error.
        if (this.#stopped) return;
        this.#givenUp.add(day);
        this.#options.tell({
          is: 'trouble',
          msg: 'a day of the history could not be put in order; it stays as it is',
          fields: { file: fileName('reading', day), why: String(e) },
        });
      }
    }
  }

  /** The newest day is always being written, whatever the clocks say. */
  #isOver(day: Day): boolean {
    const newest = this.#options.files.newest('reading');
    return (
      newest !== undefined && day < newest && reachOf(day).to + AFTER_MIDNIGHT_MS <= this.#newestReceived
    );
  }

  async #settle(day: Day): Promise<void> {
    const { files, connection, cursor, tell, writing } = this.#options;
    const began = performance.now();
    const [file] = await files.lease('reading', [day]);
    if (file === undefined) return;
    const path = files.replacementPath(file);
    let copy: { readonly upTo: number; readonly rows: number; readonly inode: number };
    try {
      if (file.fresh === 0 || file.fresh * WORTH_IT < file.total) return;
      await removeCopy(path);
      await connection.run(`ATTACH ${quoted(path)} AS ${MAKING} (STORAGE_VERSION 'v1.5.0')`);
      const upTo = Math.min(file.own, cursor());
      const inode = (await stat(file.path)).ino;
      copy = { upTo, inode, rows: await this.#copyInOrder(file, upTo) };
    } catch (e) {
      await this.#dropCopy(path);
      throw e;
    } finally {
      files.release([file]);
    }
    // So that the turn of writing is not spent with waiting for questions.
    await Promise.race([file.idle(), this.#stopping.promise]);
    let rows: number | null = null;
    try {
      rows = await writing.run(() => this.#putInPlace(day, copy));
    } finally {
      if (rows === null) await this.#dropCopy(path);
    }
    if (rows === null) return;
    tell({ is: 'settled', day: dayName(day), rows, ms: performance.now() - began });
  }

  /** Rows of turns up to `upTo`, of those of the same series and instant the last one. Returns how many. */
  async #copyInOrder(file: DayFile, upTo: number): Promise<number> {
    const { connection } = this.#options;
    await connection.run(tables('reading', MAKING, 0));
    let copied = 0;
    for (const { first, last, rows } of await this.#slices(file, upTo)) {
      if (this.#stopped) throw new Error('stopped');
      const within = `series BETWEEN ${int(first)} AND ${int(last)} AND turn <= ${int(upTo)}`;
      const inserted = (
        await connection.run(`INSERT INTO ${MAKING}.reading
          SELECT series, observed_at, delay, value, grade, why, backfill, 0, 0 FROM ${file.alias}.reading
          WHERE ${within}
          QUALIFY lead(observed_at) OVER (PARTITION BY series ORDER BY observed_at, turn, idx)
            IS DISTINCT FROM observed_at
          ORDER BY series, observed_at`)
      ).rowsChanged;
      if (inserted !== rows) await this.#checkDropped(file, within, inserted);
      copied += inserted;
    }
    await connection.run(`CHECKPOINT ${MAKING}`);
    return copied;
  }

  /** Neighbouring series that together have about as many rows as are sorted at a time. */
  async #slices(file: DayFile, upTo: number): Promise<{ first: number; last: number; rows: number }[]> {
    const slices: { first: number; last: number; rows: number }[] = [];
    const result = await this.#options.connection.run(`SELECT series, count(*)::DOUBLE
      FROM ${file.alias}.reading WHERE turn <= ${int(upTo)} GROUP BY series ORDER BY series`);
    eachChunk(result, (columns, n) => {
      for (let i = 0; i < n; i++) {
        const series = Number(column(columns, 0).getItem(i));
        const rows = Number(column(columns, 1).getItem(i));
        const slice = slices.at(-1);
        if (slice && slice.rows + rows <= ROWS_AT_ONCE)
          Object.assign(slice, { last: series, rows: slice.rows + rows });
        else slices.push({ first: series, last: series, rows });
      }
    });
    return slices;
  }

  /** The copy will stand for the original: what is missing in it must be what was replaced, to the row. */
  async #checkDropped(file: DayFile, within: string, inserted: number): Promise<void> {
    const [distinct] = await numbers(
      this.#options.connection,
      `SELECT count(*) FROM (SELECT DISTINCT series, observed_at FROM ${file.alias}.reading WHERE ${within})`,
    );
    if (distinct !== inserted) throw new Error(`${inserted} rows in order where there should be ${distinct}`);
  }

  /** In a turn of writing. Returns how many rows are in order, or `null` when the day went or was begun anew. */
  async #putInPlace(
    day: Day,
    copy: { readonly upTo: number; readonly rows: number; readonly inode: number },
  ): Promise<number | null> {
    const { files, connection } = this.#options;
    if (this.#stopped) throw new Error('stopped');
    const [file] = await files.lease('reading', [day]);
    if (file === undefined) return null;
    let replaced: Promise<boolean>;
    try {
      if (!this.#isOver(day) || (await stat(file.path)).ino !== copy.inode) return null;
      await connection.run(`INSERT INTO ${MAKING}.series SELECT * FROM ${file.alias}.series`);
      const fresh = (
        await connection.run(`INSERT INTO ${MAKING}.reading
          SELECT * FROM ${file.alias}.reading WHERE turn > ${int(copy.upTo)}`)
      ).rowsChanged;
      await connection.run(`UPDATE ${MAKING}.progress SET own = ${int(file.own)}, store = ${int(file.store)},
        fresh = ${int(fresh)}, total = ${int(copy.rows + fresh)}`);
      await connection.run(`CHECKPOINT ${MAKING}`);
      await connection.run(`DETACH ${MAKING}`);
      // Begun while the file is still held: once let go of it may be detached to make room for others.
      replaced = files.replace(file);
    } finally {
      files.release([file]);
    }
    if (!(await replaced)) throw new Error('the old file could not be written back');
    return copy.rows;
  }

  async #dropCopy(path: string): Promise<void> {
    await this.#options.connection.run(`DETACH DATABASE IF EXISTS ${MAKING}`).catch(() => undefined);
    await removeCopy(path);
  }
}

async function removeCopy(path: string): Promise<void> {
  for (const p of [path, `${path}.wal`]) await rm(p, { force: true });
}
