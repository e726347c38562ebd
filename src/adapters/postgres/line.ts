import type { Database, Statement, StatementAnswer } from './database.ts';
import { PostgresFailure } from './failure.ts';
import type { SqlRow } from './values.ts';

/**
 * A connection to tables that lie in memory too, or of which something does: made anew when it was lost, since who may log in is
 * asked after a moment without PostgreSQL as well. What was on its way stays failed; the next call finds a new connection, or why
 * there is none.
 *
 * Every transaction takes one lock. So a look after an unknown end sees how it ended: a server that had read the COMMIT
 * before the line broke may be carrying it out still, or waiting for its standby.
 */
export class DatabaseLine {
  readonly #connect: () => Promise<Database>;
  readonly #lock: Statement;
  #last: Promise<Database> | null = null;
  #isUp = false;
  #closed = false;

  /**
   * @param connect with the fence of the writer, where there is one
   * @param lock of an advisory lock: whoever writes the same tables has the same
   */
  constructor(connect: () => Promise<Database>, lock: number) {
    this.#connect = connect;
    this.#lock = { text: 'SELECT pg_advisory_xact_lock($1)', values: [lock] };
  }

  /** There is a connection, as far as is known. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** The connection as it is now. @throws where there is none to be had */
  up(): Promise<Database> {
    if (this.#closed) return Promise.reject(new PostgresFailure('closed', 'the connection is closed'));
    // Whoever comes while it is being made waits for the same one.
    this.#last =
      this.#last === null
        ? this.#anew()
        : this.#last.then(
            (db) => (db.isGone ? this.#anew() : db),
            () => this.#anew(),
          );
    return this.#last;
  }

  /** All or nothing, as `Database.transaction`. */
  async transaction(statements: readonly Statement[]): Promise<readonly StatementAnswer[]> {
    return (await (await this.up()).transaction([this.#lock, ...statements])).slice(1);
  }

  /** What is there once nothing of ours is on its way any more: the rows of each question. */
  async read(...questions: readonly Statement[]): Promise<readonly (readonly SqlRow[])[]> {
    return (await this.transaction(questions)).map((answer) => answer.rows);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last?.then((db) => db.close()).catch(() => undefined);
  }

  async #anew(): Promise<Database> {
    const db = await this.#connect();
    this.#isUp = true;
    void db.ended.then(() => {
      this.#isUp = false;
    });
    return db;
  }
}
