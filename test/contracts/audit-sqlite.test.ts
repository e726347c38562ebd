import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { BEGINNING, type ChainPlace, type Fault, verify } from '../../src/adapters/audit/chain.ts';
import { AuditSqlite } from '../../src/adapters/audit/index.ts';
import { auditKey } from '../../src/adapters/audit/key.ts';
import { linksIn, markIn } from '../../src/adapters/audit/sqlite-file.ts';
import { auditContract, entry } from './audit.contract.ts';

const dirs: string[] = [];
const newDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-'));
  dirs.push(dir);
  return dir;
};
const quiet = { info: () => undefined, error: () => undefined };

async function open(dir: string, log = quiet): Promise<AuditSqlite> {
  const audit = new AuditSqlite({
    file: join(dir, 'audit.db'),
    keyFile: join(dir, 'audit.key'),
    now: () => 0,
    log,
  });
  await audit.start();
  return audit;
}

auditContract('the audit journal on SQLite', { open: () => open(newDir()) });
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

describe('the chain', () => {
  let dir: string;
  let anchor: ChainPlace | null;

  beforeEach(async () => {
    dir = newDir();
    const audit = await open(dir);
    for (let i = 1; i <= 6; i++) await audit.record(entry({ at: i, object: `o${i}` }));
    anchor = await audit.anchor();
    await audit.close();
  });

  function tamper(sql: string): void {
    const db = new DatabaseSync(join(dir, 'audit.db'));
    db.exec(sql);
    db.close();
  }

  function faults(given: { anchor?: ChainPlace | null } = {}): string[] {
    const db = new DatabaseSync(join(dir, 'audit.db'));
    const key = auditKey(join(dir, 'audit.key'), () => new Uint8Array());
    const verdict = verify(key, linksIn(db), {
      floor: markIn(db, key, 'floor') ?? BEGINNING,
      head: markIn(db, key, 'head'),
      anchor: given.anchor ?? null,
    });
    db.close();
    return verdict.faults.map((f: Fault) => `${f.is} ${f.n}`);
  }

  test('is whole, and is taken up where a former run left it', async () => {
    expect(faults({ anchor })).toEqual([]);
    const again = await open(dir);
    await again.record(entry());
    await again.close();
    expect(faults({ anchor })).toEqual([]);
  });

  test('an entry that was changed is told, and only that one', () => {
    tamper(`UPDATE entry SET body = replace(body, 'o3', 'o9') WHERE n = 3`);
    expect(faults()).toEqual(['edited 3']);
  });

  test('the last one too', () => {
    tamper(`UPDATE entry SET body = replace(body, 'o6', 'o9') WHERE n = 6`);
    expect(faults()).toEqual(['edited 6']);
  });

  test('entries that were cut out are told, in the middle, in front and at the end', () => {
    tamper('DELETE FROM entry WHERE n IN (3, 4)');
    expect(faults()).toEqual(['cut 5']);
    tamper('DELETE FROM entry WHERE n = 1');
    expect(faults()).toEqual(['cut 2', 'cut 5']);
    tamper('DELETE FROM entry WHERE n = 6');
    expect(faults()).toEqual(['cut 2', 'cut 5', 'cut 7']);
  });

  test('an entry that somebody else wrote is told, at the end and in between', () => {
    tamper(
      `INSERT INTO entry (n, body, prev, seal) SELECT 7, replace(body, '"n":6', '"n":7'), seal, 'xxxx' FROM entry WHERE n = 6`,
    );
    expect(faults()).toEqual(['foreign 7']);
    tamper('DELETE FROM entry WHERE n = 7');
    tamper(`UPDATE entry SET n = n + 100 WHERE n > 3; UPDATE entry SET n = n - 99 WHERE n > 100;
            INSERT INTO entry (n, body, prev, seal) SELECT 4, '{"n":4,"at":1}', seal, 'xxxx' FROM entry WHERE n = 3`);
    expect(faults()).toEqual(['foreign 4']);
  });

  test('a genuine entry put in a second time is foreign there', () => {
    tamper(`INSERT INTO entry (n, body, prev, seal) SELECT 7, body, prev, seal FROM entry WHERE n = 2`);
    expect(faults()).toEqual(['foreign 7']);
  });

  test('a journal rolled back as a whole, mark and all, is told by an anchor written down before', async () => {
    const old = newDir();
    const audit = await open(old);
    await audit.record(entry());
    await audit.close();
    tamper('DELETE FROM entry WHERE n > 1');
    expect(faults({ anchor })).toContain('cut 6');
    expect(faults({ anchor: { n: 1, seal: 'another-seal-altogether' } })).toContain('foreign 1');
  });

  test('after old entries went by age it is whole, and the hole cannot be widened', async () => {
    const audit = await open(dir);
    expect(await audit.forgetBefore(3)).toBe(2);
    await audit.close();
    expect(faults({ anchor })).toEqual([]);
    tamper('DELETE FROM entry WHERE n = 3');
    expect(faults({ anchor })).toEqual(['cut 4']);
  });

  test('nobody but its own user can read the file or the key', () => {
    for (const file of ['audit.db', 'audit.key']) expect(statSync(join(dir, file)).mode & 0o077).toBe(0);
    expect(readFileSync(join(dir, 'audit.key'), 'utf8').length).toBeGreaterThan(40);
  });
});

test('while the file cannot be written nothing privileged may begin; what happened meanwhile is written later', async () => {
  const dir = newDir();
  const said: string[] = [];
  const audit = await open(dir, {
    info: (m: string) => void said.push(m),
    error: (m: string) => void said.push(m),
  } as typeof quiet);
  const lock = new DatabaseSync(join(dir, 'audit.db'));
  lock.exec('BEGIN IMMEDIATE');
  expect(await audit.writable()).toBe(false);
  expect(await audit.record(entry({ object: 'meanwhile' }))).toBe(false);
  lock.exec('ROLLBACK');
  lock.close();
  expect(await audit.writable()).toBe(true);
  expect((await audit.entries({}, 9, null)).map((e) => e.object)).toEqual(['meanwhile']);
  expect(said).toHaveLength(2);
  await audit.close();
});

test('found failing by asking alone, it is found well by asking again, though nobody has anything to write', async () => {
  const dir = newDir();
  const audit = await open(dir);
  const other = new DatabaseSync(join(dir, 'audit.db'));
  other.exec('BEGIN IMMEDIATE');
  expect(await audit.writable()).toBe(false);
  other.exec('ROLLBACK');
  other.close();
  expect(await audit.writable()).toBe(true);
  await audit.close();
});

test('a file that is none lets the service start, tells it, and is used again once it is put right', async () => {
  const dir = newDir();
  writeFileSync(join(dir, 'audit.db'), 'this is no database, and long enough to be seen as none '.repeat(40));
  const said: string[] = [];
  const audit = await open(dir, {
    info: () => undefined,
    error: (m: string) => void said.push(m),
  } as typeof quiet);
  expect(said).toHaveLength(1);
  expect(await audit.writable()).toBe(false);
  expect(await audit.record(entry({ object: 'meanwhile' }))).toBe(false);
  await expect(audit.entries({}, 1, null)).rejects.toThrow();
  rmSync(join(dir, 'audit.db'));
  expect(await audit.writable()).toBe(true);
  expect((await audit.entries({}, 9, null)).map((e) => e.object)).toEqual(['meanwhile']);
  await audit.close();
});
