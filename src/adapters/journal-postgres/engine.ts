import { randomUUID } from 'node:crypto';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { JournalEngine, JournalLook, LineOut, PinnedJournal } from '../../flow/ports/journal-engine.ts';
import { LINES } from '../journal-rows/lines-out.ts';
import type { Meta } from '../journal-rows/meta.ts';
import { JOURNAL_NAME } from '../journal-sqlite/files.ts';
import { MIGRATIONS } from '../journal-sqlite/schema.ts';
import type { Database, Fence, Statement } from '../postgres/database.ts';
import { placeOf } from '../postgres/place.ts';
import { JournalPostgres } from './index.ts';
import { ASK_META, metaOf } from './meta.ts';
import { JOURNAL_FORM } from './schema.ts';

/** What a person who looks waits for; a whole copy takes longer. */
const COPY_AT_MOST = 60 * 60_000;
const REGISTER = ['point', 'device', 'model'] as const;

/** The journal in a database of PostgreSQL. What asks it connects, and lets go again: only the service stays. */
export class PostgresJournalEngine implements JournalEngine {
  readonly name = 'the journal in PostgreSQL';
  readonly fileInBackup = JOURNAL_NAME;
  readonly schema = JOURNAL_FORM.migrations.length;
  readonly where: string;
  readonly #url: string;
  readonly #fence: Fence | undefined;

  /**
   * @param url see `Database.connect`
   * @param given.fence of the lease, for what writes; left out: nobody else writes here
   */
  constructor(url: string, given: { readonly fence?: Fence | undefined } = {}) {
    this.#url = url;
    this.#fence = given.fence;
    this.where = placeOf(url);
  }

  open(): JournalPostgres {
    return new JournalPostgres({ url: this.#url, fence: this.#fence });
  }

  form(): Promise<number> {
    return this.#with((db) => this.#form(db));
  }

  isThere(): Promise<boolean> {
    return this.#with(async (db) => (await this.#form(db)) > 0);
  }

  async look(): Promise<JournalLook> {
    try {
      return await this.#with((db) => this.#lookThrough(db));
    } catch (cause) {
      return { is: 'unreadable', why: (cause as Error).message, damaged: false };
    }
  }

  async lastTurn(): Promise<number> {
    try {
      return await this.#with(async (db) => (await this.#meta(db))?.lastTurn ?? 0);
    } catch {
      return 0;
    }
  }

  points(): Promise<readonly RegisterChange[]> {
    return this.#with(async (db) => {
      if ((await this.#form(db)) === 0) return [];
      const all = await Promise.all(
        REGISTER.map((kind) => db.query(`SELECT json FROM ${kind} ORDER BY code`)),
      );
      return all.flat().map(({ json }) => JSON.parse(String(json)) as RegisterChange);
    });
  }

  linesOut(): Promise<readonly LineOut[]> {
    return this.#with(async (db) => {
      if ((await this.#form(db)) === 0) return [];
      const of = LINES.map(async ({ table, from, as }) => {
        // A code begins with what it is, and a slash.
        const rows = await db.query(
          `SELECT json FROM ${table} WHERE code >= $1 AND code < $2 ORDER BY code`,
          [`${from}/`, `${from}0`],
        );
        return rows.flatMap(({ json }) => as(JSON.parse(String(json)) as never));
      });
      return (await Promise.all(of)).flat();
    });
  }

  async pin(): Promise<PinnedJournal> {
    const db = await this.#connected(COPY_AT_MOST);
    try {
      await db.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const meta = await this.#meta(db);
      if (meta === null) throw new Error(`there is no journal at ${this.where} yet`);
      const { epoch, lastTurn, lastSeq, drainCursor } = meta;
      return {
        // Of the file that it becomes.
        facts: { schema: MIGRATIONS.length, epoch, lastTurn, lastSeq, drainCursor },
        copyTo: async (to, watched) => (await import('./to-file.ts')).writeAsFile(db, to, watched),
        close: () => db.close(),
      };
    } catch (e) {
      await db.close();
      throw e;
    }
  }

  renewEpoch(): Promise<void> {
    return this.#change({ text: 'UPDATE journal_meta SET epoch = $1', values: [randomUUID()] });
  }

  goOnAfter(turn: number): Promise<void> {
    return this.#change({
      text: 'UPDATE journal_meta SET epoch = $1, last_turn = $2, drain_cursor = $2, waiting_turns = 0, waiting_bytes = 0',
      values: [randomUUID(), turn],
    });
  }

  async #lookThrough(db: Database): Promise<JournalLook> {
    const schema = await this.#form(db);
    if (schema > this.schema) return { is: 'newer', schema };
    const meta = await this.#meta(db);
    if (meta === null) return { is: 'missing' };
    const { mustBeDurable } = await import('../postgres/settings.ts');
    mustBeDurable(db.facts);
    const [[size], [oldest]] = await Promise.all([
      db.query(
        `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_class c
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'`,
      ),
      db.query('SELECT at FROM spool WHERE turn > $1 ORDER BY turn LIMIT 1', [meta.drainCursor]),
    ]);
    return {
      is: 'whole',
      schema,
      lastTurn: meta.lastTurn,
      lastAt: meta.lastAt,
      bytes: Number(size?.bytes ?? 0),
      // PostgreSQL's own log is the server's business.
      logBytes: 0,
      stoppedCleanly: meta.clean === 1,
      waitingBytes: meta.waitingBytes,
      waitingSince: oldest === undefined || meta.waitingBytes === 0 ? null : Number(oldest.at),
    };
  }

  async #form(db: Database): Promise<number> {
    const { formOf } = await import('../postgres/schema.ts');
    return formOf(db, JOURNAL_FORM.name);
  }

  async #meta(db: Database): Promise<Meta | null> {
    if ((await this.#form(db)) === 0) return null;
    const [row] = await db.query(ASK_META);
    return row === undefined ? null : metaOf(row);
  }

  #change(statement: Statement): Promise<void> {
    return this.#with(async (db) => void (await db.transaction([statement])));
  }

  async #with<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const db = await this.#connected();
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  /** The client is loaded where it is wanted: a service on SQLite does without. */
  async #connected(atMost?: number): Promise<Database> {
    const { Database: Client } = await import('../postgres/database.ts');
    return Client.connect(this.#url, {
      name: 'lifeline command',
      ...(this.#fence === undefined ? {} : { fence: this.#fence }),
      ...(atMost === undefined ? {} : { statementAtMost: atMost, silentAtMost: atMost }),
    });
  }
}
