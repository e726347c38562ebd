import type { Millis } from '../../domain/time.ts';
import {
  LEASE,
  type Machine,
  type OtherMachine,
  type PairRole,
  type WriterRow,
  type WriterSeen,
} from '../../flow/ports/pair/pair.ts';
import { Database, type Fence } from '../postgres/database.ts';
import { PostgresFailure } from '../postgres/failure.ts';
import { bringUp, type Form, formOf } from '../postgres/schema.ts';
import type { SqlRow, SqlValue } from '../postgres/values.ts';
import { inTime } from './in-time.ts';

/**
 * `epoch` is a key: to change it waits for whoever holds `FOR KEY SHARE` on the row, which is every turn under way, and lets no turn of
 * the former epoch begin. To put `until` off changes no key, and neither waits for turns nor holds them up.
 */
const FORM: Form = {
  name: 'writer',
  migrations: [
    `
  CREATE TABLE writer (
    one int PRIMARY KEY CHECK (one = 1),
    epoch bigint NOT NULL UNIQUE,
    holder text NOT NULL,
    holder_name text NOT NULL,
    until timestamptz NOT NULL,
    released boolean NOT NULL,
    switched_at timestamptz,
    switched_from text,
    switched_why text
  );
  CREATE TABLE pair_machine (
    id text PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL,
    role text NOT NULL,
    seen_at timestamptz NOT NULL
  );
  CREATE TABLE pair_note (name text PRIMARY KEY, value text NOT NULL);
  INSERT INTO writer VALUES (1, 0, '', '', '-infinity', true)`,
    'ALTER TABLE pair_machine ADD COLUMN reaches_broker boolean',
  ],
};

/** A question, and the connection that it needs first, ms. */
const CONNECTED_WITHIN = LEASE.asked + 1_000;

/** Whoever has not been seen for so long is not told of any more. */
const FORGOTTEN_AFTER = '30 days';

/** What every turn of an epoch must find first, and hold until it has been committed: or another machine writes. */
export const fenceOf = (epoch: number): Fence => ({
  text: 'SELECT 1 FROM writer WHERE epoch = $1 FOR KEY SHARE',
  values: [epoch],
});

/**
 * A renewal does not wait for the disk, which may be slow for as long as a lease: one that a crash of the server takes back makes the
 * lease end earlier by two seconds at most, which its holder allows for anyway. A new epoch is on disk before anybody writes under it.
 */
const LAZILY = 'SET synchronous_commit = off';
const DURABLY = 'SET LOCAL synchronous_commit = on';

/** @param $1 who asks */
const SEEN = `
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at,
    epoch::float8 AS epoch, holder, holder_name, switched_from, switched_why,
    floor(extract(epoch FROM switched_at) * 1000)::float8 AS switched_at,
    CASE WHEN isfinite(until) THEN extract(epoch FROM until - clock_timestamp()) * 1000 ELSE 0 END::float8 AS left_ms,
    (SELECT coalesce(json_agg(json_build_object(
        'id', id, 'name', name, 'version', version, 'role', role,
        'seenAt', floor(extract(epoch FROM seen_at) * 1000), 'reachesBroker', reaches_broker) ORDER BY seen_at DESC), '[]')
      FROM pair_machine WHERE id <> $1) AS others
  FROM writer`;

const LOOK = `
  WITH said AS (
    INSERT INTO pair_machine (id, name, version, role, seen_at, reaches_broker)
      VALUES ($1, $2, $3, $4, clock_timestamp(), $5)
    ON CONFLICT (id) DO UPDATE SET
      name = excluded.name, version = excluded.version, role = excluded.role, seen_at = excluded.seen_at,
      reaches_broker = excluded.reaches_broker
  ), gone AS (
    DELETE FROM pair_machine WHERE id <> $1 AND seen_at < clock_timestamp() - interval '${FORGOTTEN_AFTER}'
  )${SEEN}`;

const TAKE = `
  UPDATE writer SET
    epoch = epoch + 1,
    until = clock_timestamp() + interval '${LEASE.lasts} ms',
    released = false,
    switched_at = CASE WHEN holder IN ('', $1) THEN switched_at ELSE clock_timestamp() END,
    switched_from = CASE WHEN holder IN ('', $1) THEN switched_from ELSE holder_name END,
    switched_why = CASE WHEN holder IN ('', $1) THEN switched_why WHEN released THEN 'released' ELSE 'run-out' END,
    holder = $1,
    holder_name = $2
  WHERE until < clock_timestamp() OR holder = $1
  RETURNING epoch::float8 AS epoch`;

/** Turns of the former epoch that hold the row and do not end: their machine stands still. */
const END_HANGING_TURNS = `
  SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE relation = 'writer'::regclass AND mode = 'RowShareLock' AND granted AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND EXISTS (SELECT 1 FROM writer WHERE until < clock_timestamp() OR holder = $1)`;

const RENEW = `
  UPDATE writer SET until = clock_timestamp() + interval '${LEASE.lasts} ms' WHERE epoch = $1 AND NOT released RETURNING epoch`;

const RELEASE = `UPDATE writer SET until = '-infinity', released = true WHERE epoch = $1`;

type LookRow = {
  readonly at: Millis;
  readonly epoch: number;
  readonly holder: string;
  readonly holder_name: string;
  readonly switched_from: string | null;
  readonly switched_why: 'released' | 'run-out' | null;
  readonly switched_at: Millis | null;
  readonly left_ms: number;
  readonly others: readonly OtherMachine[];
};

/** The row in PostgreSQL, over a connection of its own: no turn that is long stands before a question. */
export class LeasePostgres implements WriterRow {
  readonly #url: string;
  #db: Promise<Database> | null = null;

  /** @param url see `Database.connect` */
  constructor(url: string) {
    this.#url = url;
  }

  /** Before anything is asked. @throws where it cannot; it is tried again with the first question */
  async connect(): Promise<void> {
    await this.#withDatabase(async () => undefined);
  }

  async look(me: Machine, role: PairRole, reachesBroker: boolean | null): Promise<WriterSeen> {
    return seenIn(await this.#ask(LOOK, [me.id, me.name, me.version, role, reachesBroker]));
  }

  async take(me: Machine): Promise<number | null> {
    const take = async () => epochIn(await this.#askForGood(TAKE, [me.id, me.name]));
    try {
      return await take();
    } catch (cause) {
      if (!isLocked(cause)) throw cause;
      await this.#ask(END_HANGING_TURNS, [me.id]);
      return take();
    }
  }

  renew = async (epoch: number): Promise<boolean> => epochIn(await this.#ask(RENEW, [epoch])) !== null;

  async release(epoch: number): Promise<void> {
    await this.#ask(RELEASE, [epoch]);
  }

  async note(name: string): Promise<string | null> {
    const [row] = await this.#ask('SELECT value FROM pair_note WHERE name = $1', [name]);
    return row === undefined ? null : String(row.value);
  }

  async keepNote(name: string, value: string): Promise<void> {
    const text =
      'INSERT INTO pair_note VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
    await this.#askForGood(text, [name, value]);
  }

  async close(): Promise<void> {
    const open = this.#db;
    this.#db = Promise.reject(new Error('the lease has been closed'));
    this.#db.catch(() => undefined);
    await open?.then((db) => db.close()).catch(() => undefined);
  }

  #ask(text: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#withDatabase((db) => db.query(text, values));
  }

  /** On disk when it resolves. */
  #askForGood(text: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#withDatabase(async (db) => {
      const [, answer] = await db.transaction([{ text: DURABLY }, { text, values }]);
      return answer?.rows ?? [];
    });
  }

  /** A connection that did not answer in time is not asked again; a lock that was not to be had is no fault of it. */
  async #withDatabase<T>(ask: (db: Database) => Promise<T>): Promise<T> {
    this.#db ??= this.#open();
    const opened = this.#db;
    try {
      return await inTime(opened.then(ask), CONNECTED_WITHIN);
    } catch (cause) {
      if (!isLocked(cause)) this.#drop(opened);
      throw cause;
    }
  }

  async #open(): Promise<Database> {
    const db = await Database.connect(this.#url, {
      name: 'lifeline-watch lease',
      statementAtMost: LEASE.asked,
      lockAtMost: LEASE.asked / 2,
      // By then it has been given up: see `inTime`, which is fair to one that was held up itself.
      silentAtMost: 2 * LEASE.asked,
    });
    await bringUp(db, FORM);
    await db.query(LAZILY);
    return db;
  }

  #drop(opened: Promise<Database>): void {
    if (this.#db === opened) this.#db = null;
    opened.then((db) => db.close()).catch(() => undefined);
  }
}

function seenIn([row]: readonly SqlRow[]): WriterSeen {
  if (row === undefined) throw new Error('the table `writer` has no row');
  const {
    at,
    epoch,
    holder,
    holder_name: name,
    switched_at: switchedAt,
    switched_from: from,
    switched_why: why,
    left_ms: left,
    others,
  } = row as LookRow;
  return {
    at,
    epoch,
    holder: holder === '' ? null : { id: holder, name },
    left,
    switched: switchedAt === null || from === null || why === null ? null : { at: switchedAt, from, why },
    others,
  };
}

/** Who writes, for somebody who does neither. @returns `null`: no service has been at this database yet */
export async function lookAtWriter(db: Database): Promise<WriterSeen | null> {
  if ((await formOf(db, FORM.name)) === 0) return null;
  return seenIn(await db.query(SEEN, ['']));
}

const epochIn = ([row]: readonly SqlRow[]): number | null => (row === undefined ? null : Number(row.epoch));

/** A lock that could not be had in time. */
const isLocked = (cause: unknown): boolean => cause instanceof PostgresFailure && cause.code === '55P03';
