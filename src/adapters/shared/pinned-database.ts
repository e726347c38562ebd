import { backup, DatabaseSync } from 'node:sqlite';
import { openToRead } from './sqlite.ts';

/** What was to be copied is damaged. */
export class Damaged extends Error {}

/** 8 MB between two reports of progress. */
const PAGES_AT_ONCE = 2_000;

/**
 * A SQLite database as it is at one moment, while others go on writing it. The open transaction is the
 * moment: in WAL mode it stops no writer, and the copy never has to begin anew because of one.
 */
export class PinnedDatabase {
  readonly #db: DatabaseSync;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.#db = openToRead(path, 10_000);
    this.#db.exec('BEGIN');
    // A transaction begins with its first question.
    this.#db.prepare('SELECT count(*) FROM sqlite_schema').get();
  }

  row(sql: string): Record<string, unknown> {
    return { ...this.#db.prepare(sql).get() };
  }

  /** Pages times their size, of this moment. */
  get bytes(): number {
    return Number(this.row('PRAGMA page_count').page_count) * Number(this.row('PRAGMA page_size').page_size);
  }

  /** Writes this moment as one file without helpers, and looks through it for damage. @throws {Damaged} */
  async copyTo(to: string, watched: { signal: AbortSignal; bytes: (n: number) => void }): Promise<void> {
    let copied = 0;
    const pageSize = Number(this.row('PRAGMA page_size').page_size);
    await backup(this.#db, to, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) => {
        watched.signal.throwIfAborted();
        const now = (totalPages - remainingPages) * pageSize;
        watched.bytes(now - copied);
        copied = now;
      },
    });
    const copy = new DatabaseSync(to);
    try {
      copy.exec('PRAGMA journal_mode = DELETE');
      const check = copy.prepare('PRAGMA quick_check(1)').get()?.quick_check;
      if (check !== 'ok') throw new Damaged(`${this.#path} is damaged: ${String(check)}`);
    } finally {
      copy.close();
    }
  }

  close(): void {
    this.#db.close();
  }
}
