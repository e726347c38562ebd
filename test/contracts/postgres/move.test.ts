import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AccountsPostgres, AccountsSqlite } from '../../../src/adapters/accounts/index.ts';
import { AuditSqlite } from '../../../src/adapters/audit/index.ts';
import { auditKey } from '../../../src/adapters/audit/key.ts';
import { lookAtAuditTables } from '../../../src/adapters/audit/look.ts';
import { DeviceKeysPostgres, DeviceKeysSqlite } from '../../../src/adapters/device-keys/index.ts';
import { JournalPostgres } from '../../../src/adapters/journal-postgres/index.ts';
import { JournalSqlite } from '../../../src/adapters/journal-sqlite/index.ts';
import { newWordsKey, openWords, sealWords } from '../../../src/adapters/journal-sqlite/sealed-words.ts';
import { agrees, MOVED_FILES, MoveDatabase } from '../../../src/adapters/move/index.ts';
import { Database, type Fence } from '../../../src/adapters/postgres/database.ts';
import { NOT_SERVED } from '../../../src/adapters/postgres/schema.ts';
import { as } from '../../../src/domain/ids.ts';
import { hours } from '../../../src/domain/time.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { entry } from '../audit.contract.ts';
import {
  acknowledged,
  draft,
  memory,
  raised,
  reading,
  T0,
  turn,
  version,
} from '../journal/journal-records.ts';

const CHEAP = { N: 16, r: 1, p: 1 };
const GOOD = 'Shouye-2025';
/** PostgreSQL holds no NUL in a text, and a backslash is how it is written there. */
const NAME = 'NUL \0 and \\, 李';
const UNFENCED: Fence = { text: 'SELECT 1', values: [] };
const watched = { signal: new AbortController().signal, doing: () => undefined, bytes: () => undefined };

/** Under keys that are made anew: see `wordsIn`. */
const SEALED = new Set(['citizen_words', 'citizen_key']);
const WORDS = ['{"said":"有煤气味"}', '{"said":"a\\u0000b"}'];

type Column = { readonly name: string; readonly type: string };

/** Ours, with their columns; marks of the installation and what is only tried out are no data. */
function tablesOf(db: DatabaseSync): { readonly name: string; readonly columns: readonly Column[] }[] {
  const names = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
    .all();
  return names.map(({ name }) => ({
    name: String(name),
    columns: db
      .prepare(`SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden = 0`)
      .all(String(name)) as Column[],
  }));
}

function oddValue({ name, type }: Column): string | number | Uint8Array {
  if (name === 'json' || name === 'event' || name === 'after')
    return JSON.stringify({
      odd: 'NUL \0, half \ud83d and \\',
      from: null,
      messages: [{ identifier: 'M\0' }],
    });
  if (name === 'kind') return 'warning';
  // Small by what they mean, and by their type in PostgreSQL.
  if (/^(only_row|open|unacked|level|needed|running|erased)$/.test(name)) return 1;
  switch (type) {
    case 'BLOB':
      return new Uint8Array([0, 1, 255]);
    case 'REAL':
      return 0.5;
    case 'INTEGER':
      return 2 ** 53 - 1;
    default:
      return 'NUL \0 and \\u0000';
  }
}

describe.skipIf(!hasPostgres())('a move', () => {
  let server: PostgresServer;
  const dirs: string[] = [];
  const newDir = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'move-'));
    dirs.push(dir);
    return dir;
  };
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(async () => {
    await server?.stop();
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  });

  /** A directory with a row in every table, and with texts that PostgreSQL does not hold as they are. */
  async function filled(odd = false): Promise<{ dir: string; token: string; secret: string }> {
    const dir = newDir();
    const accounts = new AccountsSqlite({ file: join(dir, 'accounts.db'), now: () => 1_000, cost: CHEAP });
    await accounts.start({ adminPassword: GOOD });
    await accounts.add('li', NAME, GOOD, {
      roles: ['operator'],
      areas: ['3416'],
      unit: 'U-1',
    });
    await accounts.add('wang', '王工', null);
    const entered = await accounts.login('li', GOOD, '10.0.0.7');
    if (!entered.ok) throw new Error(entered.error.code);
    await accounts.addToken('省平台');
    await accounts.close();
    const keys = new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now: () => 1_000 });
    await keys.start();
    const issued = await keys.issue(['DEV-A', 'DEV-B', 'DEV-C'], hours(1));
    await keys.issue(['system:gis'], hours(1), ['3416']);
    await keys.revoke('DEV-C');
    await keys.issue(['DEV-Z'], hours(0));
    await keys.revoke('DEV-Z');
    await keys.close();
    const log = { info: () => undefined, error: () => undefined };
    const audit = new AuditSqlite({
      file: join(dir, 'audit.db'),
      keyFile: join(dir, 'audit.key'),
      now: () => 0,
      log,
    });
    await audit.start();
    for (let i = 0; i < 1_200; i++)
      void audit.record(entry({ at: i, object: i === 7 ? '\0\ud800' : `o${i}` }));
    await audit.record(entry());
    await audit.forgetBefore(100);
    await audit.close();
    await aJournal(dir);
    if (odd) addOddRows(dir);
    return { dir, token: entered.value.token, secret: issued[0]?.secret ?? '' };
  }

  async function aJournal(dir: string): Promise<void> {
    const journal = new JournalSqlite({ dir });
    await journal.recover();
    const [a, b] = [{ id: 'A-1' }, { id: 'A-2' }];
    await journal.commit(
      turn(1, {
        readings: [reading('GAS-1', 1.5), reading('GAS-1', null)],
        events: [raised(1, a), raised(2, b)],
        rules: [
          { kind: 'draft', draft: draft('D1', 'draft') },
          { kind: 'version', version: version(2) },
        ],
        memories: [{ point: as.point('GAS-1'), memory: memory(T0) }],
      }),
    );
    await journal.commit(turn(2, { readings: [reading('GAS-2', -0)], events: [acknowledged(3, a)] }));
    await journal.stoppedCleanly(T0 + 60_000);
    await journal.close();
  }

  /** In every table of the journal that has none yet. */
  function addOddRows(dir: string): void {
    const db = new DatabaseSync(join(dir, 'journal.sqlite'));
    for (const { name, columns } of tablesOf(db)) {
      if (SEALED.has(name) || db.prepare(`SELECT 1 FROM ${name}`).get() !== undefined) continue;
      const values = columns.map((c) => oddValue(c));
      db.prepare(
        `INSERT INTO ${name} (${columns.map((c) => c.name)}) VALUES (${columns.map(() => '?')})`,
      ).run(...values);
    }
    for (const words of WORDS) {
      const key = newWordsKey();
      const { lastInsertRowid: slot } = db.prepare('INSERT INTO citizen_key (key) VALUES (?)').run(key);
      db.prepare('INSERT INTO citizen_words VALUES (?, ?, ?)').run(`C-${slot}`, slot, sealWords(words, key));
    }
    db.close();
  }

  const wordsIn = (dir: string): string[] => {
    const db = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
    const rows = db
      .prepare('SELECT w.sealed, k.key FROM citizen_words w JOIN citizen_key k USING (slot) ORDER BY w.id')
      .all();
    db.close();
    return rows.map((r) => openWords(r.sealed as Uint8Array, r.key as Uint8Array));
  };

  const rowsOf = (dir: string, file: string, table: string): unknown[] => {
    const db = new DatabaseSync(join(dir, file), { readOnly: true });
    const rows = db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all();
    db.close();
    return rows;
  };

  const filesAndTables = (dir: string): [file: string, table: string][] =>
    MOVED_FILES.flatMap((file) => {
      const db = new DatabaseSync(join(dir, file), { readOnly: true });
      const names = tablesOf(db).map(({ name }): [string, string] => [file, name]);
      db.close();
      return names.filter(([f, name]) => !SEALED.has(name) && !(f === 'audit.db' && name === 'probe'));
    });

  test('there and back: every row of every table, and what came of it goes on with both', async () => {
    const { dir, token, secret } = await filled();
    const name = await server.newDatabase();
    const url = server.url(name);
    const database = await MoveDatabase.open(url, UNFENCED);
    const proofs = await database.fill(dir, watched);
    expect(proofs.filter((p) => !agrees(p))).toEqual([]);
    expect(Object.fromEntries(proofs.map((p) => [p.name, p.from.rows]))).toMatchObject({
      accounts: 3,
      sessions: 1,
      tokens: 1,
      desks: 1,
      keys: 3,
      barred: 2,
      'audit entries': 1_101,
      'audit marks': 2,
    });

    const connect = () => Database.connect(url, { name: 'test' });
    const accounts = new AccountsPostgres({ connect, now: () => 2_000, cost: CHEAP });
    await accounts.start({ adminPassword: null });
    expect(accounts.session(token)).toMatchObject({
      account: 'li',
      name: NAME,
    });
    await accounts.close();
    const keys = new DeviceKeysPostgres({ connect, now: () => 2_000 });
    await keys.start();
    expect(keys.check('DEV-A', Buffer.from(secret))).not.toBeNull();
    await keys.close();
    const look = await lookAtAuditTables(url);
    const key = () => auditKey(join(dir, 'audit.key'), () => new Uint8Array());
    expect(await look?.verify(key, null)).toMatchObject({ entries: 1_101, faults: [] });
    await look?.close();

    const journal = new JournalPostgres({ url });
    const recovered = await journal.recover();
    await journal.stoppedCleanly(T0 + 60_000);
    await journal.close();
    const before = new JournalSqlite({ dir });
    expect(recovered).toEqual(await before.recover());
    expect(recovered).toMatchObject({ lastTurn: 2, lastSeq: 3, cleanStop: true });
    await before.stoppedCleanly(T0 + 60_000);
    await before.close();

    const back = newDir();
    const poured = await database.pour(back, watched);
    await database.close();
    expect(poured.filter((p) => !agrees(p))).toEqual([]);
    for (const [file, table] of [...filesAndTables(dir), ['devices.db', 'sqlite_sequence']] as const)
      expect(rowsOf(back, file, table), table).toEqual(rowsOf(dir, file, table));
  });

  test('no table and no column of any file is left behind', async () => {
    const { dir } = await filled(true);
    const url = server.url(await server.newDatabase());
    const database = await MoveDatabase.open(url, UNFENCED);
    const proofs = await database.fill(dir, watched);
    expect(proofs.filter((p) => p.from.rows === 0)).toEqual([]);
    const back = newDir();
    await database.pour(back, watched);
    await database.close();
    expect(wordsIn(back)).toEqual(WORDS);
    expect(filesAndTables(back)).toEqual(filesAndTables(dir));
    for (const [file, table] of filesAndTables(dir))
      expect(rowsOf(back, file, table), table).toEqual(rowsOf(dir, file, table));
  });

  test('a database that holds something is refused, and told by which rows', async () => {
    const { dir } = await filled();
    const url = server.url(await server.newDatabase());
    const first = await MoveDatabase.open(url, UNFENCED);
    await first.fill(dir, watched);
    await expect(first.fill(dir, watched)).rejects.toThrow(/not empty: it has rows in account \(3\)/);
    await first.close();
  });

  test('killed on its way, no service starts there, and the next move begins anew', async () => {
    const { dir } = await filled();
    const name = await server.newDatabase();
    const url = server.url(name);
    const database = await MoveDatabase.open(url, UNFENCED);
    await database.fill(dir, watched);
    await server.ask(
      `UPDATE lifeline.migrations SET version = ${NOT_SERVED.halfMoved} WHERE name = 'journal'`,
      name,
    );
    await expect(new JournalPostgres({ url }).recover()).rejects.toThrow(/being moved into this database/);
    await expect(database.pour(newDir(), watched)).rejects.toThrow(/no whole installation/);
    expect((await database.fill(dir, watched)).every(agrees)).toBe(true);
    const journal = new JournalPostgres({ url });
    await journal.recover();
    await journal.close();
    await database.pour(newDir(), watched);
    await expect(new JournalPostgres({ url }).recover()).rejects.toThrow(/moved into a data directory/);
    await database.close();
  });

  test('broken off, it leaves an empty database, and the directory as it was', async () => {
    const { dir } = await filled();
    const before = rowsOf(dir, 'audit.db', 'entry');
    const url = server.url(await server.newDatabase());
    const stop = new AbortController();
    const database = await MoveDatabase.open(url, UNFENCED);
    const broken = database.fill(dir, {
      signal: stop.signal,
      doing: (table) => table === 'audit entries' && stop.abort(new Error('stopped by SIGINT')),
      bytes: () => undefined,
    });
    await expect(broken).rejects.toThrow('stopped by SIGINT');
    expect(rowsOf(dir, 'audit.db', 'entry')).toEqual(before);
    expect((await database.fill(dir, watched)).every(agrees)).toBe(true);
    await database.close();
  });
});
