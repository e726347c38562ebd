import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SerialQueue } from '../shared/serial-queue.ts';
import { writeAgain } from '../shared/write-again.ts';
import { cannotBeOpened, notOurs } from './damage.ts';
import { type Day, type DayKind, dayName, fileName, fromFileName } from './day.ts';
import { FLOOR_LEFTOVER } from './floor.ts';
import type { Fields } from './protocol.ts';
import { tables } from './schema.ts';
import { SeriesIds } from './series-ids.ts';
import { numbers, quoted } from './sql.ts';
import { syncDir } from './sync-dir.ts';

/** A day file that is attached. Whoever uses it holds a pin, and until they let go of it the file stays. */
export class DayFile {
  readonly kind: DayKind;
  readonly day: Day;
  readonly alias: string;
  readonly path: string;
  readonly ids = new SeriesIds();
  /** See `schema.ts`; as of the last commit. */
  own: number;
  store: number;
  fresh: number;
  total: number;
  usedAt = 0;
  /** Set while it waits to be detached: resolves when it is. Nobody takes a pin meanwhile. */
  leaving: Promise<void> | null = null;
  #pins = 0;
  #whenIdle: (() => void)[] = [];

  constructor(kind: DayKind, day: Day, path: string, progress: readonly number[]) {
    this.kind = kind;
    this.day = day;
    this.alias = aliasOf(kind, day);
    this.path = path;
    [this.own = 0, this.store = 0, this.fresh = 0, this.total = 0] = progress;
  }

  get pins(): number {
    return this.#pins;
  }

  pin(): void {
    this.#pins++;
  }

  unpin(): void {
    this.#pins--;
    if (this.#pins > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** Resolves when nobody uses it. */
  async idle(): Promise<void> {
    while (this.#pins > 0) await new Promise<void>((tell) => this.#whenIdle.push(tell));
  }
}

const aliasOf = (kind: DayKind, day: Day): string => `${kind}_${dayName(day).replaceAll('-', '')}`;
const keyOf = (kind: DayKind, day: Day): string => `${kind} ${day}`;

/** Endings of files that are being made and count for nothing until they have been renamed. */
const MAKING = '.new';
const SETTLING = '.settling';
const SPILL = 'spill';

/** DuckDB keeps what does not fit into memory here; of no use to a later run. */
export const spillDir = (dir: string): string => join(dir, SPILL);

export type DayFilesOptions = {
  readonly dir: string;
  /** How many files stay attached while nobody uses them. */
  readonly maxAttached: number;
  readonly connection: DuckDBConnection;
  readonly trouble: (msg: string, fields: Fields) => void;
};

/**
 * The day files of a directory: which there are, which are attached, and who uses them. Attaching and
 * detaching happen here and nowhere else, one at a time.
 *
 * Pins are always taken for all files of a task at once and never while waiting for another file, so that no
 * two tasks can wait for each other.
 */
export class DayFiles {
  readonly #options: DayFilesOptions;
  readonly #days: Record<DayKind, Set<Day>> = { reading: new Set(), frame: new Set() };
  readonly #attached = new Map<string, DayFile>();
  readonly #door = new SerialQueue();
  #uses = 0;

  constructor(options: DayFilesOptions) {
    this.#options = options;
  }

  /** Finds the files of former runs and removes what they left half made. */
  async find(): Promise<void> {
    const { dir } = this.#options;
    await mkdir(dir, { recursive: true });
    for (const name of await readdir(dir)) {
      const file = fromFileName(name);
      if (file !== null) this.#days[file.kind].add(file.day);
      else if (isLeftover(name)) await rm(join(dir, name), { recursive: true, force: true });
    }
  }

  has(kind: DayKind, day: Day): boolean {
    return this.#days[kind].has(day);
  }

  /** Oldest first, both ends included. */
  days(kind: DayKind, first: Day = 0, last: Day = Number.MAX_SAFE_INTEGER): Day[] {
    return [...this.#days[kind]].filter((d) => d >= first && d <= last).sort((a, b) => a - b);
  }

  newest(kind: DayKind): Day | undefined {
    return this.days(kind).at(-1);
  }

  /** The files of these days, pinned; days without a readable file are left out. Give them back with `release`. */
  async lease(kind: DayKind, days: readonly Day[]): Promise<DayFile[]> {
    for (;;) {
      const there = days.filter((d) => this.has(kind, d));
      const files = there.map((d) => this.#attached.get(keyOf(kind, d)));
      const leaving = files.find((f) => f?.leaving)?.leaving;
      if (leaving) {
        await leaving;
      } else if (files.includes(undefined)) {
        for (const d of there) await this.#door.run(() => this.#attach(kind, d));
      } else {
        const pinned = files as DayFile[];
        for (const f of pinned) {
          f.pin();
          f.usedAt = ++this.#uses;
        }
        return pinned;
      }
    }
  }

  release(files: readonly DayFile[]): void {
    for (const f of files) f.unpin();
    this.#trim();
  }

  /** As `lease` of one day, for writing: a file that is not there is made, `store` being the cursor so far. */
  async leaseForWriting(kind: DayKind, day: Day, store: number): Promise<DayFile> {
    for (;;) {
      if (!this.has(kind, day)) await this.#door.run(() => this.#make(kind, day, store));
      const [file] = await this.lease(kind, [day]);
      if (file) return file;
    }
  }

  /**
   * Detaches a file as soon as nobody uses it, and then does `next` before anybody can attach it again.
   * Resolves to false, without `next`, when somebody else had it detached first.
   */
  async leave(file: DayFile, next: () => Promise<void> = async () => undefined): Promise<boolean> {
    while (file.leaving !== null) await file.leaving;
    if (!this.#isAttached(file)) return false;
    const left = file.idle().then(() => this.#door.run(() => this.#detach(file, next)));
    // Those who wait for the file only want to know that it is over; how it went is for the caller.
    file.leaving = left
      .catch(() => undefined)
      .then(() => {
        file.leaving = null;
      });
    await left;
    return true;
  }

  /** Has a file attached anew before it is used again. */
  renew(file: DayFile): void {
    this.leave(file).catch((e: unknown) => this.#tellCannotWriteBack(file, e));
  }

  /** A damaged file is kept for people to look at, under a name that is not a day file's any more. */
  async setAside(file: DayFile, why: unknown): Promise<void> {
    await this.leave(file, () => this.#putAside(file.kind, file.day, file.path, why));
  }

  /** The path under which a file that shall replace `file` is to be made. */
  replacementPath(file: DayFile): string {
    return `${file.path}${SETTLING}`;
  }

  /** Puts the file at `replacementPath(file)`, complete and detached, in the place of `file`, or does nothing. */
  async replace(file: DayFile): Promise<boolean> {
    let done = false;
    await this.leave(file, async () => {
      // A WAL that is still there belongs to the old file and holds rows that the checkpoint could not write.
      if (existsSync(`${file.path}.wal`)) return;
      await rename(this.replacementPath(file), file.path);
      await syncDir(this.#options.dir);
      done = true;
    });
    return done;
  }

  /** Deletes a day's file. */
  async remove(kind: DayKind, day: Day): Promise<void> {
    const path = join(this.#options.dir, fileName(kind, day));
    const unlink = async (): Promise<void> => {
      this.#days[kind].delete(day);
      // The WAL first: alone it would be in the way of a file that is made for the day anew.
      for (const p of [`${path}.wal`, path]) await rm(p, { force: true });
    };
    while (this.has(kind, day)) {
      const file = this.#attached.get(keyOf(kind, day));
      if (file) await this.leave(file, unlink);
      else await this.#door.run(async () => void (this.#attached.has(keyOf(kind, day)) || (await unlink())));
    }
  }

  /** Deletes what was set aside of days before `day`. */
  async removeAsideBefore(day: Day): Promise<void> {
    const { dir } = this.#options;
    for (const name of await readdir(dir)) {
      const [whole, of] = /^(.*\.duckdb)(?:\.wal)?\.corrupt(?:-\d+)?$/.exec(name) ?? [];
      const file = of === undefined ? null : fromFileName(of);
      if (whole !== undefined && file !== null && file.day < day) await rm(join(dir, whole), { force: true });
    }
  }

  /** Writes all files back and detaches them. */
  async leaveAll(): Promise<void> {
    await Promise.all([...this.#attached.values()].map((f) => this.leave(f)));
  }

  async #attach(kind: DayKind, day: Day): Promise<void> {
    if (this.#attached.has(keyOf(kind, day)) || !this.has(kind, day)) return;
    const path = join(this.#options.dir, fileName(kind, day));
    if (!existsSync(path)) {
      this.#days[kind].delete(day);
      this.#options.trouble('a day file of the history is gone', { file: fileName(kind, day) });
      return;
    }
    // What a run, or an attachment, left behind that could not be flushed may count only once it is.
    writeAgain(`${path}.wal`);
    try {
      this.#attached.set(keyOf(kind, day), await this.#open(kind, day, path));
    } catch (e) {
      if (!cannotBeOpened(e)) throw e;
      if (await this.#mendedWithoutWal(kind, day, path, e)) return;
      await this.#putAside(kind, day, path, e);
    }
  }

  async #open(kind: DayKind, day: Day, path: string): Promise<DayFile> {
    const { connection } = this.#options;
    const alias = aliasOf(kind, day);
    await connection.run(`ATTACH ${quoted(path)} AS ${alias} (STORAGE_VERSION 'v1.5.0')`);
    try {
      const progress = await numbers(connection, `SELECT own, store, fresh, total FROM ${alias}.progress`);
      const file = new DayFile(kind, day, path, progress);
      file.usedAt = ++this.#uses;
      return file;
    } catch (e) {
      await connection.run(`DETACH ${alias}`).catch(() => undefined);
      throw /Catalog Error|Binder Error/.test(String(e)) ? notOurs(path, e) : e;
    }
  }

  /** A file whose WAL cannot be replayed is whole as of its last checkpoint, its cursor included. */
  async #mendedWithoutWal(kind: DayKind, day: Day, path: string, why: unknown): Promise<boolean> {
    if (!existsSync(`${path}.wal`)) return false;
    const aside = await this.#asidePath(`${path}.wal`);
    await rename(`${path}.wal`, aside);
    try {
      this.#attached.set(keyOf(kind, day), await this.#open(kind, day, path));
    } catch (e) {
      if (cannotBeOpened(e)) return false;
      throw e;
    }
    this.#options.trouble('the newest rows of a day file of the history cannot be read and were set aside', {
      file: fileName(kind, day),
      aside,
      why: String(why),
    });
    return true;
  }

  async #putAside(kind: DayKind, day: Day, path: string, why: unknown): Promise<void> {
    const aside = await this.#asidePath(path);
    await rename(path, aside);
    if (existsSync(`${path}.wal`)) await rename(`${path}.wal`, await this.#asidePath(`${path}.wal`));
    await syncDir(this.#options.dir);
    this.#days[kind].delete(day);
    this.#options.trouble('a day file of the history cannot be read and was set aside', {
      file: fileName(kind, day),
      aside,
      why: String(why),
    });
  }

  async #asidePath(path: string): Promise<string> {
    let aside = `${path}.corrupt`;
    for (let n = 2; existsSync(aside); n++) aside = `${path}.corrupt-${n}`;
    return aside;
  }

  /** Made under another name: a file with a day's name always has its tables. */
  async #make(kind: DayKind, day: Day, store: number): Promise<void> {
    if (this.has(kind, day)) return;
    const { connection, dir } = this.#options;
    const path = join(dir, fileName(kind, day));
    const making = `${path}${MAKING}`;
    for (const p of [making, `${making}.wal`]) await rm(p, { force: true });
    await connection.run(`ATTACH ${quoted(making)} AS making (STORAGE_VERSION 'v1.5.0')`);
    try {
      await connection.run(tables(kind, 'making', store));
      await connection.run('CHECKPOINT making');
    } finally {
      await connection.run('DETACH making');
    }
    await rename(making, path);
    await syncDir(this.#options.dir);
    this.#days[kind].add(day);
  }

  async #detach(file: DayFile, next: () => Promise<void>): Promise<void> {
    const { connection } = this.#options;
    try {
      await connection.run(`DETACH ${file.alias}`);
    } catch (e) {
      this.#tellCannotWriteBack(file, e);
      // With a full disk the file is detached all the same, and its rows stay in the WAL.
      const [there] = await numbers(
        connection,
        `SELECT count(*) FROM duckdb_databases() WHERE database_name = '${file.alias}'`,
      );
      if (there !== 0) throw e;
    }
    this.#attached.delete(keyOf(file.kind, file.day));
    await next();
  }

  #isAttached(file: DayFile): boolean {
    return this.#attached.get(keyOf(file.kind, file.day)) === file;
  }

  #tellCannotWriteBack(file: DayFile, why: unknown): void {
    this.#options.trouble('a day file of the history cannot be written back', {
      file: fileName(file.kind, file.day),
      why: String(why),
    });
  }

  #trim(): void {
    const tooMany = this.#attached.size - this.#options.maxAttached;
    if (tooMany <= 0) return;
    const unused = [...this.#attached.values()].filter((f) => f.pins === 0 && f.leaving === null);
    unused.sort((a, b) => a.usedAt - b.usedAt);
    for (const file of unused.slice(0, tooMany)) this.renew(file);
  }
}

function isLeftover(name: string): boolean {
  if (name === SPILL || name === FLOOR_LEFTOVER) return true;
  const of = /^(.*\.duckdb)\.(?:new|settling)(?:\.wal)?$/.exec(name)?.[1];
  return of !== undefined && fromFileName(of) !== null;
}
