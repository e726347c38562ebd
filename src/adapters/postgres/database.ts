import pg from 'pg';
import { SerialQueue } from '../shared/serial-queue.ts';
import { asPostgresFailure, PostgresFailure } from './failure.ts';
import { placeOf } from './place.ts';
import { SCHEMA } from './schema-name.ts';
import { ASK_SERVER, type ServerFacts, serverFacts } from './settings.ts';
import { onTheWire, type SqlRow, type SqlValue, safeInteger } from './values.ts';

/** `name`: prepared once a connection; the same name is always the same text. */
export type Statement = {
  readonly text: string;
  readonly values?: readonly SqlValue[];
  readonly name?: string;
};
export type StatementAnswer = { readonly rows: readonly SqlRow[]; readonly count: number };
/** A question that must give exactly one row, in the transaction itself; otherwise nothing of it is kept: `fenced`. */
export type Fence = { readonly text: string; readonly values: readonly SqlValue[] };

export type DatabaseOptions = {
  /** For people who look at `pg_stat_activity`. */
  readonly name: string;
  /** A statement is given up after so long, ms. */
  readonly statementAtMost?: number;
  /** A row or table that another holds is waited for so long, ms. */
  readonly lockAtMost?: number;
  /** Of a server or line that says nothing at all, ms: the connection is cut. */
  readonly silentAtMost?: number;
  /** Every transaction begins with it. */
  readonly fence?: Fence;
};

const DEFAULTS = { statementAtMost: 30_000, lockAtMost: 10_000, silentAtMost: 45_000 };
const CONNECT_AT_MOST = 10_000;
/** The server lets go of a connection whose other end is gone after 5 + 3 × 2 s, instead of Linux' two hours. */
const KEEP_ALIVE = { tcp_keepalives_idle: '5', tcp_keepalives_interval: '2', tcp_keepalives_count: '3' };
const BIGINT = 20;

/**
 * One connection to PostgreSQL. Transactions run one at a time; what one consists of goes out in one piece and is answered in one
 * round trip. A connection that is lost stays lost: whoever holds it decides whether to connect again. Every failure is a
 * `PostgresFailure`.
 */
export class Database {
  readonly #client: pg.Client;
  readonly #fence: Fence | undefined;
  readonly #transactions = new SerialQueue();
  readonly #lost = Promise.withResolvers<PostgresFailure | null>();
  readonly facts: ServerFacts;
  #gone: PostgresFailure | null = null;
  #closing = false;
  /** While a transaction waits for what its maker makes of an answer, nobody else's statement may get into it. */
  #open: Promise<void> | null = null;
  /** What the server said while a commit was waiting for its standby. */
  #notReplicated = false;

  private constructor(client: pg.Client, fence: Fence | undefined, facts: ServerFacts) {
    this.#client = client;
    this.#fence = fence;
    this.facts = facts;
    client.on('error', (e) => this.#lose(e));
    client.on('end', () => this.#lose(new Error('the connection has ended')));
    client.on('notice', (notice) => {
      if (notice.routine === 'SyncRepWaitForLSN') this.#notReplicated = true;
    });
  }

  /**
   * @param url `postgres://user:password@host:port/database`, `…?sslmode=verify-full&sslrootcert=…`,
   *   `postgres://user@/database?host=/run/postgresql`; what it lacks, `PGUSER`, `PGPASSWORD`, … of the environment say
   */
  static async connect(url: string, options: DatabaseOptions): Promise<Database> {
    const { fence, name, ...limits } = { ...DEFAULTS, ...options };
    const where = placeOf(url);
    let client: pg.Client;
    try {
      client = new pg.Client({
        connectionString: url,
        pipeline: true,
        application_name: name,
        keepAlive: true,
        keepAliveInitialDelayMillis: 5_000,
        connectionTimeoutMillis: CONNECT_AT_MOST,
        query_timeout: limits.silentAtMost,
      });
      client.setTypeParser(BIGINT, safeInteger);
    } catch (e) {
      throw new PostgresFailure('cannot-connect', `the URL of the database cannot be read: ${said(e)}`, e);
    }
    // Until it has its owner: an error of a connection that nobody hears ends the process.
    const early = (): void => undefined;
    client.on('error', early);
    try {
      await client.connect();
      await client.query({ text: SETTINGS, values: settingsOf(limits) });
      const { rows } = await client.query(ASK_SERVER);
      return new Database(client, fence, serverFacts(rows[0] as SqlRow));
    } catch (e) {
      await client.end().catch(early);
      const known = asPostgresFailure(e);
      const code = known.code === 'connection-lost' ? 'cannot-connect' : known.code;
      throw new PostgresFailure(code, `PostgreSQL at ${where} cannot be used: ${known.message}`, e);
    }
  }

  /** Resolves when the connection is not there any more: with why, or null where it was closed. */
  get ended(): Promise<PostgresFailure | null> {
    return this.#lost.promise;
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** One statement, by itself or beside others. Not fenced: to read, and to make what the fence looks at. */
  async query(text: string, values: readonly SqlValue[] = [], name?: string): Promise<readonly SqlRow[]> {
    const statement = statementOf(text, values, name);
    while (this.#open !== null) await this.#open;
    return (await this.#send(statement)).rows;
  }

  /**
   * All of it in one round trip, or nothing: BEGIN, the fence, the statements, COMMIT.
   *
   * @returns the answer of each statement, in order, once PostgreSQL has said COMMIT
   * @throws `fenced`, the SQLSTATE of the first statement that failed, or `unknown`: then only a look, over another connection,
   *   says whether it is there
   */
  transaction(statements: readonly Statement[], fence = this.#fence): Promise<readonly StatementAnswer[]> {
    // Before it stands in line: what cannot be written is refused here, and what changes afterwards is not in it.
    const sent = statements.map((s) => statementOf(s.text, s.values ?? [], s.name));
    const guard = fence === undefined ? [] : [fenceStatement(fence)];
    return this.#transactions.run(async () => {
      if (this.#gone !== null) throw this.#gone;
      this.#notReplicated = false;
      const all = [BEGIN, ...guard, ...sent, COMMIT].map((s) => this.#send(s));
      const answers = await Promise.allSettled(all);
      return this.#judged(answers, guard.length);
    });
  }

  /**
   * A transaction whose statements follow from what was read in it. Nothing else of this connection runs in between.
   * What `work` throws rolls it back and is thrown.
   */
  inTransaction<T>(work: (ask: AskWithin) => Promise<T>, fence = this.#fence): Promise<T> {
    return this.#transactions.run(async () => {
      const over = Promise.withResolvers<void>();
      this.#open = over.promise;
      this.#notReplicated = false;
      try {
        return await this.#worked(work, fence);
      } finally {
        this.#open = null;
        over.resolve();
      }
    });
  }

  /** Ends when what is on its way has been answered. Safe to repeat. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#gone === null) await this.#client.end().catch(() => undefined);
    this.#lose(null);
  }

  #judged(
    all: readonly PromiseSettledResult<Sent>[],
    guards: number,
    begins = 1,
  ): readonly StatementAnswer[] {
    const commit = all.at(-1);
    const failed = all.findIndex((a) => a.status === 'rejected');
    if (failed >= 0) {
      const { reason } = all[failed] as PromiseRejectedResult;
      if (this.#gone !== null || isSilence(reason)) throw unknown(reason);
      if (guards > 0 && failed === begins) throw asFenced(reason);
      throw asPostgresFailure(reason);
    }
    const tag = commit?.status === 'fulfilled' ? commit.value.tag : null;
    if (tag !== 'COMMIT')
      throw new PostgresFailure(
        'rolled-back',
        `PostgreSQL answered the COMMIT with ${tag}: nothing of it is kept`,
      );
    if (this.#notReplicated)
      throw new PostgresFailure(
        'not-replicated',
        'PostgreSQL has it on its own disk, but the wait for its standby was cut short',
      );
    return all.slice(begins + guards, -1).map((a) => (a as PromiseFulfilledResult<Sent>).value);
  }

  async #worked<T>(work: (ask: AskWithin) => Promise<T>, fence: Fence | undefined): Promise<T> {
    await this.#send(BEGIN);
    let done: T;
    try {
      if (fence !== undefined) await this.#fenced(this.#send(fenceStatement(fence)));
      done = await work(
        async (text, values = [], name) => (await this.#send(statementOf(text, values, name))).rows,
      );
    } catch (e) {
      await this.#send(ROLLBACK).catch(() => undefined);
      throw e;
    }
    this.#judged(await Promise.allSettled([this.#send(COMMIT)]), 0, 0);
    return done;
  }

  async #fenced(asked: Promise<Sent>): Promise<void> {
    try {
      await asked;
    } catch (e) {
      throw this.#gone === null ? asFenced(e) : e;
    }
  }

  async #send(s: pg.QueryConfig): Promise<Sent> {
    if (this.#gone !== null) throw this.#gone;
    if (this.#closing) throw new PostgresFailure('closed', 'the connection is closed');
    try {
      const answered: pg.QueryResult | pg.QueryResult[] = await this.#client.query(s);
      // A script of several statements has an answer for each.
      const last = Array.isArray(answered) ? answered.at(-1) : answered;
      return { rows: last?.rows ?? [], count: last?.rowCount ?? 0, tag: last?.command ?? '' };
    } catch (e) {
      if (isSilence(e)) this.#lose(e as Error);
      throw asPostgresFailure(e);
    }
  }

  #lose(why: Error | null): void {
    if (this.#gone !== null) return;
    this.#gone =
      why === null || this.#closing
        ? new PostgresFailure('closed', 'the connection is closed')
        : new PostgresFailure('connection-lost', `the connection to PostgreSQL is lost: ${why.message}`, why);
    this.#lost.resolve(this.#closing ? null : this.#gone);
  }
}

/** A statement in an open transaction. */
export type AskWithin = (
  text: string,
  values?: readonly SqlValue[],
  name?: string,
) => Promise<readonly SqlRow[]>;
type Sent = StatementAnswer & { readonly tag: string };

const BEGIN: pg.QueryConfig = { text: 'BEGIN' };
const COMMIT: pg.QueryConfig = { text: 'COMMIT' };
const ROLLBACK: pg.QueryConfig = { text: 'ROLLBACK' };

const statementOf = (text: string, values: readonly SqlValue[], name?: string): pg.QueryConfig => ({
  text,
  values: values.map(onTheWire),
  ...(name === undefined ? {} : { name }),
});

/** Without a row it divides by zero: what follows it in the same piece must not be kept. */
const fenceStatement = ({ text, values }: Fence): pg.QueryConfig =>
  statementOf(
    `WITH fence AS (${text}) SELECT 1 / (CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM fence`,
    values,
  );

const DIVISION_BY_ZERO = '22012';

function asFenced(e: unknown): PostgresFailure {
  const failure = asPostgresFailure(e);
  if (failure.code !== DIVISION_BY_ZERO) return failure;
  return new PostgresFailure('fenced', 'another process is the writer now: nothing of this is kept', failure);
}

const unknown = (why: unknown): PostgresFailure =>
  new PostgresFailure(
    'unknown',
    `the line to PostgreSQL was lost while a transaction was on its way, and whether it is kept is not known: ${said(why)}`,
    why,
  );

/** `pg` has no code for it. */
const isSilence = (e: unknown): boolean => {
  const cause = e instanceof PostgresFailure ? e.cause : e;
  return cause instanceof Error && cause.message === 'Query read timeout';
};

const said = (e: unknown): string => (e instanceof Error ? e.message : String(e));

/** By a statement and not in the startup packet: a URL may have `options` of its own. lz4 where the server was built with it. */
const SETTINGS = `SELECT set_config(name, value, false) FROM (
    SELECT * FROM unnest($1::text[], $2::text[]) AS s (name, value)
    UNION ALL SELECT 'default_toast_compression', 'lz4' FROM pg_settings
      WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
  ) AS s`;

function settingsOf(limits: { readonly statementAtMost: number; readonly lockAtMost: number }): string[] {
  const settings = {
    search_path: SCHEMA,
    statement_timeout: String(limits.statementAtMost),
    lock_timeout: String(limits.lockAtMost),
    client_min_messages: 'warning',
    ...KEEP_ALIVE,
  };
  return [Object.keys(settings), Object.values(settings)].map((list) => String(onTheWire(list)));
}
