import type { DatabaseSync } from 'node:sqlite';
import type { CopyWatched } from '../../flow/ports/journal-engine.ts';
import { APPLICATION_ID, MIGRATIONS } from '../journal-sqlite/schema.ts';
import { newWordsKey, sealWords } from '../journal-sqlite/sealed-words.ts';
import type { Database } from '../postgres/database.ts';
import { asStored, type SqlRow } from '../postgres/values.ts';
import { openSqlite } from '../shared/sqlite.ts';

/** Rows on their way at once: a spool's row is up to a megabyte. */
const ROWS_AT_ONCE = 200;
/** What `JSON.stringify` made stands there as it is; every other text may have been written out, see `storable`. */
const JSON_TEXTS = new Set(['json', 'event', 'after', 'alarm_after', 'body']);
/** Words of citizens lie sealed there, and open here: see `copyWords`. */
const NOT_COPIED = new Set(['sqlite_sequence', 'installation', 'citizen_words', 'citizen_key']);

/**
 * Writes the journal as a file of SQLite that a service on SQLite would go on with: the tables are the same but for what PostgreSQL
 * has beside them.
 *
 * @param db in a transaction that sees one moment
 */
export async function writeAsFile(db: Database, to: string, { signal, bytes }: CopyWatched): Promise<void> {
  const file = openSqlite({
    file: to,
    migrations: MIGRATIONS,
    program: APPLICATION_ID,
    // Nobody reads it before it is whole.
    pragmas: 'PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE; PRAGMA temp_store = MEMORY;',
  });
  try {
    file.exec('BEGIN');
    const tables = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name } of tables)
      if (!NOT_COPIED.has(String(name)))
        await copyTable({ db, file, table: String(name) }, { signal, bytes });
    await copyWords(db, file);
    file.exec('COMMIT');
    file.exec('PRAGMA synchronous = FULL');
    const check = file.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (check !== 'ok') throw new Error(`${to} is damaged: ${String(check)}`);
  } finally {
    file.close();
  }
}

async function copyTable(
  { db, file, table }: { readonly db: Database; readonly file: DatabaseSync; readonly table: string },
  { signal, bytes }: CopyWatched,
): Promise<void> {
  const columns = file
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((c) => String(c.name));
  const insert = file.prepare(
    `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
  );
  const from = table === 'meta' ? 'journal_meta' : table;
  await db.query(`DECLARE copied NO SCROLL CURSOR FOR SELECT ${columns.join()} FROM ${from}`);
  for (;;) {
    const rows = await db.query(`FETCH ${ROWS_AT_ONCE} FROM copied`);
    if (rows.length === 0) break;
    for (const row of rows) insert.run(...columns.map((c) => cell(c, row)));
    signal.throwIfAborted();
    bytes(rows.reduce((n, row) => n + sizeOf(row), 0));
  }
  await db.query('CLOSE copied');
}

/** Each under a key of its own, as a service on SQLite keeps them. */
async function copyWords(db: Database, file: DatabaseSync): Promise<void> {
  const addKey = file.prepare('INSERT INTO citizen_key (key) VALUES (?) RETURNING slot');
  const add = file.prepare('INSERT INTO citizen_words (id, slot, sealed) VALUES (?, ?, ?)');
  for (const { id, json } of await db.query('SELECT id, json FROM citizen_words ORDER BY id')) {
    const key = newWordsKey();
    const slot = Number(addKey.get(key)?.slot);
    add.run(asStored(String(id)), slot, sealWords(String(json), key));
  }
}

function cell(column: string, row: SqlRow): string | number | Uint8Array | null {
  const value = row[column];
  if (typeof value === 'string') return JSON_TEXTS.has(column) ? value : asStored(value);
  return (value ?? null) as number | Uint8Array | null;
}

const sizeOf = (row: SqlRow): number =>
  Object.values(row).reduce<number>(
    (n, v) => n + (typeof v === 'string' || v instanceof Uint8Array ? v.length : 8),
    0,
  );
