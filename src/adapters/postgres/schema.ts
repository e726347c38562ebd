import type { Database, Fence, Statement } from './database.ts';
import { PostgresFailure } from './failure.ts';
import { SCHEMA } from './schema-name.ts';

/**
 * The tables of one adapter, and how they came to look as they do, oldest first. Never edit one that has been released: add
 * another. Each is a script of statements without values.
 */
export type Form = { readonly name: string; readonly migrations: readonly string[] };

/**
 * In place of a form's version: what lies in its tables is not to be served. `halfMoved`: an installation is being moved here, or
 * that was broken off; `movedAway`: it lies in a data directory now.
 */
export const NOT_SERVED = { halfMoved: 1_000_000, movedAway: 1_000_001 } as const;

/** Advisory lock under which tables are made and changed: "LLpg". */
const MIGRATING = 0x4c4c7067;

/** @returns how many migrations of a form have been applied; 0 where there is nothing yet */
export async function formOf(db: Database, name: string): Promise<number> {
  const [there] = await db.query(`SELECT to_regclass('${SCHEMA}.migrations') IS NOT NULL AS there`);
  if (there?.there !== true) return 0;
  const [row] = await db.query('SELECT version FROM migrations WHERE name = $1', [name]);
  return Number(row?.version ?? 0);
}

/**
 * Brings the tables of a form to today's, each version in a transaction of its own; processes that come together wait for one
 * another.
 *
 * @throws `newer-schema`: a newer version of this service has been here
 */
export async function bringUp(
  db: Database,
  form: Form,
  fence?: Fence,
): Promise<{ from: number; to: number }> {
  await db.query('SELECT pg_advisory_lock($1)', [MIGRATING]);
  try {
    const from = await formOf(db, form.name);
    const to = form.migrations.length;
    if (from > to) throw newer(form.name, from, to);
    if (from === 0) await db.transaction(await firstOf(db), fence);
    for (let version = from; version < to; version++) await db.transaction(stepOf(form, version), fence);
    return { from, to };
  } finally {
    await db.query('SELECT pg_advisory_unlock($1)', [MIGRATING]).catch(() => undefined);
  }
}

/** To make a schema asks for a right over the database even where it is there already; who has none is given one by a person. */
async function firstOf(db: Database): Promise<Statement[]> {
  const [row] = await db.query(`SELECT to_regnamespace('${SCHEMA}') IS NOT NULL AS there`);
  const table = {
    text: 'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, version int NOT NULL)',
  };
  return row?.there === true ? [table] : [{ text: `CREATE SCHEMA ${SCHEMA}` }, table];
}

function stepOf({ name, migrations }: Form, version: number): Statement[] {
  return [
    { text: String(migrations[version]) },
    {
      text: 'INSERT INTO migrations VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
      values: [name, version + 1],
    },
  ];
}

function newer(name: string, version: number, known: number): PostgresFailure {
  if (version === NOT_SERVED.halfMoved)
    return new PostgresFailure(
      'not-served',
      'an installation was being moved into this database, and that has not ended: lifeline migrate --to moves it anew',
    );
  if (version === NOT_SERVED.movedAway)
    return new PostgresFailure(
      'not-served',
      'the installation of this database was moved into a data directory with lifeline migrate --to-dir: start the service there, without LIFELINE_DATABASE_URL',
    );
  return new PostgresFailure(
    'newer-schema',
    `the tables of ${name} were written by a newer version of this service (schema ${version}, this one knows up to ${known}): start that version, or restore a backup made before it`,
  );
}
