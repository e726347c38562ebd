import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ACCOUNT_FORM } from '../accounts/postgres-store.ts';
import { ACCOUNT_STEPS } from '../accounts/sqlite-store.ts';
import { AUDIT_FORM } from '../audit/postgres-store.ts';
import { AUDIT_STEPS } from '../audit/sqlite-file.ts';
import { DEVICE_KEY_FORM } from '../device-keys/postgres-store.ts';
import { DEVICE_KEY_STEPS } from '../device-keys/sqlite-store.ts';
import { JOURNAL_FORM } from '../journal-postgres/schema.ts';
import { APPLICATION_ID, MIGRATIONS } from '../journal-sqlite/schema.ts';
import { Database, type Fence } from '../postgres/database.ts';
import { bringUp, type Form, formOf, NOT_SERVED } from '../postgres/schema.ts';
import { mustBeDurable } from '../postgres/settings.ts';
import { openSqlite } from '../shared/sqlite.ts';
import { DatabaseSide } from './database-side.ts';
import { DirectorySide } from './directory-side.ts';
import { JOURNAL_TABLES } from './journal-tables.ts';
import { agrees, copyTables, type MoveWatched, moveTables, type TableProof } from './move-tables.ts';
import { PEOPLE_TABLES } from './people-tables.ts';
import type { MovedTable } from './table.ts';

export { agrees, type MoveWatched, type TableProof } from './move-tables.ts';

const TABLES: readonly MovedTable[] = [...PEOPLE_TABLES, ...JOURNAL_TABLES];
const FORMS: readonly Form[] = [ACCOUNT_FORM, DEVICE_KEY_FORM, AUDIT_FORM, JOURNAL_FORM];

/** How the files of a data directory are made; the journal last: until it is there, nothing looks like a data directory. */
const FILES: Readonly<
  Record<MovedTable['file'], { readonly migrations: readonly string[]; secrets?: boolean; program?: number }>
> = {
  'accounts.db': { migrations: ACCOUNT_STEPS, secrets: true },
  'devices.db': { migrations: DEVICE_KEY_STEPS, secrets: true },
  'audit.db': { migrations: AUDIT_STEPS },
  'journal.sqlite': { migrations: MIGRATIONS, program: APPLICATION_ID },
};
export const MOVED_FILES = Object.keys(FILES) as readonly MovedTable['file'][];

/** Long enough to read a table of years. */
const STATEMENT_AT_MOST = 3_600_000;

/** Why nothing is moved: for people. */
export class CannotMove extends Error {
  override readonly name = 'CannotMove';
}

/** A database as one end of a move. Nobody else writes there meanwhile: the fence sees to it. */
export class MoveDatabase {
  readonly #db: Database;
  readonly #side: DatabaseSide;

  private constructor(db: Database) {
    this.#db = db;
    this.#side = new DatabaseSide(db);
  }

  /** @param fence of the lease */
  static async open(url: string, fence: Fence): Promise<MoveDatabase> {
    const db = await Database.connect(url, {
      name: 'lifeline migrate',
      statementAtMost: STATEMENT_AT_MOST,
      silentAtMost: STATEMENT_AT_MOST,
      fence,
    });
    try {
      mustBeDurable(db.facts);
      return new MoveDatabase(db);
    } catch (cause) {
      await db.close();
      throw cause;
    }
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  /** About how much there is, in bytes. */
  async size(): Promise<number> {
    const [row] = await this.#db.query('SELECT pg_database_size(current_database()) AS bytes');
    return Number(row?.bytes);
  }

  /**
   * All of a directory into a database that is empty, or in which an earlier move was broken off. Where the proofs do not agree, or
   * it does not end, the database is empty afterwards; until it has ended no service starts there.
   *
   * @throws CannotMove where somebody's data is there
   */
  async fill(dir: string, watched: MoveWatched): Promise<readonly TableProof[]> {
    if ((await formOf(this.#db, JOURNAL_FORM.name)) === NOT_SERVED.halfMoved) await this.#clear();
    for (const form of FORMS) await bringUp(this.#db, form);
    await this.#mustBeEmpty();
    await this.#say(NOT_SERVED.halfMoved);
    const from = DirectorySide.toRead(dir);
    try {
      const proofs = await moveTables(TABLES, { from, to: this.#side }, watched);
      if (proofs.every(agrees)) await this.#say(JOURNAL_FORM.migrations.length);
      else await this.#clear();
      return proofs;
    } catch (cause) {
      // Over a line that is lost it cannot be: then the next move does it.
      await this.#clear().catch(() => undefined);
      throw cause;
    } finally {
      from.close();
    }
  }

  /** All of the database into files of a folder that has none of them. Where the proofs agree no service starts on it any more. */
  async pour(dir: string, watched: MoveWatched): Promise<readonly TableProof[]> {
    const is = await formOf(this.#db, JOURNAL_FORM.name);
    if (is === 0) throw new CannotMove('the database holds no installation');
    if (is === NOT_SERVED.halfMoved)
      throw new CannotMove('the database holds no whole installation: a move into it was broken off');
    if (is !== NOT_SERVED.movedAway) for (const form of FORMS) await bringUp(this.#db, form);
    const to = DirectorySide.toWrite(dir, made);
    try {
      const proofs = await moveTables(TABLES, { from: this.#side, to }, watched);
      if (proofs.every(agrees)) await this.#say(NOT_SERVED.movedAway);
      return proofs;
    } finally {
      to.close();
    }
  }

  async #mustBeEmpty(): Promise<void> {
    const full: string[] = [];
    for (const table of TABLES) {
      const rows = await this.#side.count(table);
      if (rows > 0 && table.over === undefined) full.push(`${table.postgres} (${rows})`);
    }
    if (full.length > 0)
      throw new CannotMove(
        `the database is not empty: it has rows in ${full.slice(0, 5).join(', ')}${full.length > 5 ? ', …' : ''}; a move never writes over data: name an empty database`,
      );
  }

  async #say(version: number): Promise<void> {
    await this.#db.transaction([
      {
        text: 'UPDATE migrations SET version = $2 WHERE name = $1',
        values: [JOURNAL_FORM.name, version],
      },
    ]);
  }

  async #clear(): Promise<void> {
    const own = TABLES.filter((t) => t.over === undefined).map((t) => t.postgres);
    const made = TABLES.flatMap((t) => t.postgresInto ?? []);
    await this.#db.transaction([
      { text: `TRUNCATE ${own.join()}` },
      ...made.map((table) => ({ text: `DROP TABLE IF EXISTS ${table}` })),
      {
        text: 'UPDATE migrations SET version = $2 WHERE name = $1',
        values: [JOURNAL_FORM.name, JOURNAL_FORM.migrations.length],
      },
    ]);
  }
}

/** One part of a database as it is at a moment, to be written as the file that a service on SQLite has. */
export type PinnedPart = {
  copyTo(to: string, watched: Pick<MoveWatched, 'signal' | 'bytes'>): Promise<void>;
  close(): Promise<void>;
};

/** Accounts, device keys and audit journal of a database, all of one moment, by the names of their files. */
export async function pinPeople(url: string): Promise<ReadonlyMap<string, PinnedPart>> {
  const db = await Database.connect(url, {
    name: 'lifeline backup',
    statementAtMost: STATEMENT_AT_MOST,
    silentAtMost: STATEMENT_AT_MOST,
  });
  try {
    const forms = await Promise.all(FORMS.map((form) => formOf(db, form.name)));
    await db.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // The moment is that of the first question.
    await db.query('SELECT 1');
    const side = new DatabaseSide(db, true);
    const parts = Map.groupBy(forms.includes(0) ? [] : PEOPLE_TABLES, (t) => t.file);
    const close = (): Promise<void> => db.close();
    if (parts.size === 0) await close();
    return new Map(
      [...parts].map(([name, tables]) => [
        name,
        { copyTo: (to, w) => writeFile(side, { tables, to }, w), close },
      ]),
    );
  } catch (cause) {
    await db.close();
    throw cause;
  }
}

async function writeFile(
  from: DatabaseSide,
  { tables, to }: { readonly tables: readonly MovedTable[]; readonly to: string },
  watched: Pick<MoveWatched, 'signal' | 'bytes'>,
): Promise<void> {
  const side = DirectorySide.toWrite(dirname(to), made);
  try {
    await copyTables(tables, { from, to: side }, { ...watched, doing: () => undefined });
  } finally {
    side.close();
  }
}

function made(path: string): DatabaseSync {
  const how = FILES[basename(path) as MovedTable['file']];
  return openSqlite({ file: path, ...how });
}

/** Which of the files a folder has. */
export const movedFilesIn = (dir: string): readonly string[] =>
  MOVED_FILES.filter((name) => existsSync(join(dir, name)));
