import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { newWordsKey, openWords, sealWords } from '../journal-sqlite/sealed-words.ts';
import { openToRead, together } from '../shared/sqlite.ts';
import type { MoveSide } from './side.ts';
import type { MovedRow, MovedTable, MovedValue } from './table.ts';

const AT_ONCE = 500;

/** The SQLite files of a data directory. */
export class DirectorySide implements MoveSide {
  readonly #dir: string;
  readonly #open: (path: string) => DatabaseSync;
  readonly #files = new Map<string, DatabaseSync>();

  private constructor(dir: string, open: (path: string) => DatabaseSync) {
    this.#dir = dir;
    this.#open = open;
  }

  /** For reading only. */
  static toRead(dir: string): DirectorySide {
    return new DirectorySide(dir, openToRead);
  }

  /** @param open makes the files, in today's form */
  static toWrite(dir: string, open: (path: string) => DatabaseSync): DirectorySide {
    return new DirectorySide(dir, open);
  }

  async *rows(table: MovedTable): AsyncGenerator<readonly MovedRow[]> {
    const columns = table.columns.map((c) => c.sqlite).join();
    const all = this.#file(table).prepare(`SELECT ${columns} FROM ${table.sqlite}`);
    all.setReturnArrays(true);
    let page: MovedRow[] = [];
    for (const row of all.iterate() as Iterable<unknown>) {
      page.push(row as MovedRow);
      if (page.length < (table.atOnce ?? AT_ONCE)) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** Makes the file. */
  async begin(table: MovedTable): Promise<void> {
    this.#file(table);
  }

  async add(table: MovedTable, rows: readonly MovedRow[]): Promise<void> {
    const db = this.#file(table);
    const names = table.columns.map((c) => c.sqlite).join();
    const places = table.columns.map(() => '?').join();
    const into = table.sqliteInto ?? [`INSERT INTO ${table.sqlite} (${names}) VALUES (${places})`];
    const add = into.map((text) => db.prepare(text));
    together(db, () => {
      for (const row of rows)
        for (const each of add) each.run(...row.map((v: MovedValue): SQLInputValue => v));
    });
  }

  async count(table: MovedTable): Promise<number> {
    return Number(this.#file(table).prepare(`SELECT count(*) AS n FROM ${table.sqlite}`).get()?.n);
  }

  close(): void {
    for (const db of this.#files.values()) db.close();
    this.#files.clear();
  }

  #file(table: MovedTable): DatabaseSync {
    const known = this.#files.get(table.file);
    if (known !== undefined) return known;
    const db = this.#open(join(this.#dir, table.file));
    this.#files.set(table.file, db);
    // Words of citizens lie sealed here, each under a key of its own, and open in a database.
    db.function('opened_words', (sealed, key) => openWords(sealed as Uint8Array, key as Uint8Array));
    db.function('sealed_words', (words, key) => sealWords(String(words), key as Uint8Array));
    db.function('new_words_key', newWordsKey);
    return db;
  }
}
