import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccountsOptions, AccountsSqlite } from '../../src/adapters/accounts/index.ts';
import { sealed } from '../../src/adapters/accounts/secret.ts';
import { minutes, seconds } from '../../src/domain/time.ts';
import { LOGIN_LIMITS } from '../../src/flow/ports/accounts.ts';
import { accountsContract } from './accounts.contract.ts';

/** Cheap enough for hundreds of logins in a test. */
const CHEAP = { N: 16, r: 1, p: 1 };
const GOOD = 'Shouye-2025';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'accounts-'));

accountsContract('the accounts on SQLite', () => {
  let dir = newDir();
  const all = [dir];
  return {
    open: (given) => new AccountsSqlite({ file: join(dir, 'accounts.db'), cost: CHEAP, ...given }),
    erase: () => {
      dir = newDir();
      all.push(dir);
    },
    end: () => {
      for (const d of all) rmSync(d, { recursive: true, force: true });
    },
  };
});

describe('on SQLite', () => {
  let dir: string;
  let opened: AccountsSqlite[] = [];

  const open = (more: Partial<AccountsOptions> = {}): AccountsSqlite => {
    const accounts = new AccountsSqlite({
      file: join(dir, 'accounts.db'),
      now: () => 0,
      cost: CHEAP,
      ...more,
    });
    opened.push(accounts);
    return accounts;
  };

  beforeEach(() => {
    dir = newDir();
  });
  afterEach(async () => {
    for (const accounts of opened) await accounts.close();
    opened = [];
    rmSync(dir, { recursive: true, force: true });
  });

  test('what is removed is overwritten in the file, and not only forgotten', async () => {
    const accounts = open();
    await accounts.start({ adminPassword: GOOD });
    for (let i = 0; i < 40; i++) await accounts.addToken(`machine-${i}`);
    await accounts.removeToken('machine-20');
    await accounts.close();
    opened = [];
    const kept = Buffer.concat(readdirSync(dir).map((f) => readFileSync(join(dir, f))));
    expect(kept.includes('machine-21')).toBe(true);
    expect(kept.includes('machine-20')).toBe(false);
  });

  test('no password, code or token can be read in the files, and nobody else may read them', async () => {
    const accounts = open();
    const { oneTimeCode } = await accounts.start({ adminPassword: null });
    const first = await accounts.login('admin', oneTimeCode as string, 'here');
    if (!first.ok) throw new Error(first.error.code);
    await accounts.setPassword('admin', { session: first.value.token }, GOOD);
    const second = await accounts.login('admin', GOOD, 'here');
    const machine = await accounts.addToken('省平台');
    if (!second.ok || !machine.ok) throw new Error('refused');

    const files = readdirSync(dir).map((f) => join(dir, f));
    expect(files.length).toBeGreaterThan(1);
    const kept = Buffer.concat(files.map((f) => readFileSync(f)));
    expect(kept.includes('省平台')).toBe(true);
    const secrets = [oneTimeCode as string, GOOD, first.value.token, second.value.token, machine.value.token];
    for (const secret of secrets) expect(kept.includes(secret), secret).toBe(false);
    for (const f of files) expect(statSync(f).mode & 0o077, f).toBe(0);
  });

  test('a kept password says at what cost it was sealed, so that the cost can be raised later', async () => {
    const before = open();
    await before.start({ adminPassword: GOOD });
    await before.close();
    const after = open({ cost: { N: 64, r: 1, p: 1 } });
    await after.start({ adminPassword: null });
    expect((await after.login('admin', GOOD, 'here')).ok).toBe(true);
    await after.setPassword('admin', { old: GOOD }, 'Wanshang-2026');
    await after.close();
    const db = new DatabaseSync(join(dir, 'accounts.db'), { readOnly: true });
    expect(db.prepare('SELECT password FROM accounts').get()?.password).toMatch(/^scrypt\$64\$1\$1\$/);
    db.close();
  });

  test('the same password is kept differently in two accounts', async () => {
    const accounts = open();
    await accounts.start({ adminPassword: GOOD });
    await accounts.add('wang', '王工', GOOD);
    await accounts.close();
    const db = new DatabaseSync(join(dir, 'accounts.db'), { readOnly: true });
    const kept = db
      .prepare('SELECT password FROM accounts')
      .all()
      .map((row) => row.password);
    db.close();
    expect(new Set(kept).size).toBe(2);
  });

  test('a password is the same however the keyboard composes it', async () => {
    const accounts = open();
    await accounts.start({ adminPassword: 'Café-2025'.normalize('NFC') });
    expect((await accounts.login('admin', 'Café-2025'.normalize('NFD'), 'here')).ok).toBe(true);
  });

  test('an account that does not exist costs as much to refuse as a wrong password', async () => {
    // Far above the cost of everything else in a login, so that leaving it out would show at once.
    const accounts = open({ cost: { N: 8_192, r: 8, p: 1 } });
    await accounts.start({ adminPassword: GOOD });
    const took = async (account: string, i: number): Promise<number> => {
      const from = performance.now();
      await accounts.login(account, `Falsch-${i}`, `10.0.0.${i}`);
      return performance.now() - from;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 9; i++) {
      known.push(await took('admin', i));
      unknown.push(await took('niemand', i));
    }
    const middle = (times: number[]) => times.sort((a, b) => a - b)[4] as number;
    const ratio = middle(unknown) / middle(known);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  test('a crowd at the door is turned away rather than let in all at once, and the door opens again', async () => {
    const accounts = open();
    await accounts.start({ adminPassword: GOOD });
    const crowd = await Promise.all(
      Array.from({ length: 100 }, (_, i) => accounts.login(`nobody${i}`, 'x', `10.0.${i}.1`)),
    );
    const codes = crowd.map((c) => (c.ok ? 'in' : c.error.code));
    expect(codes.filter((c) => c === 'too-busy').length).toBe(100 - 33);
    expect((await accounts.login('admin', GOOD, 'here')).ok).toBe(true);
  });

  test('killed without a word, it has forgotten no session, no password and hardly a use', async () => {
    let now = 0;
    const limits = { ...LOGIN_LIMITS, idleEndsAfter: minutes(10) };
    const killed = open({ now: () => now, limits });
    await killed.start({ adminPassword: GOOD });
    const { value } = (await killed.login('admin', GOOD, 'here')) as Extract<
      Awaited<ReturnType<AccountsSqlite['login']>>,
      { ok: true }
    >;
    now += minutes(9);
    killed.session(value.token);
    now += seconds(50);
    killed.session(value.token);

    const next = open({ now: () => now, limits });
    await next.start({ adminPassword: null });
    now += minutes(9);
    expect(next.session(value.token)).toMatchObject({ account: 'admin' });
  });

  test('a session that has ended leaves no row behind', async () => {
    let now = 0;
    const accounts = open({ now: () => now });
    await accounts.start({ adminPassword: GOOD });
    await accounts.login('admin', GOOD, 'here');
    now += LOGIN_LIMITS.sessionEndsAfter;
    await accounts.login('admin', GOOD, 'here');
    await accounts.close();
    const db = new DatabaseSync(join(dir, 'accounts.db'), { readOnly: true });
    expect(db.prepare('SELECT count(*) AS n FROM sessions').get()?.n).toBe(1);
    db.close();
  });

  test('a file from before there were roles is taken over: admin is the first account, others are operators', async () => {
    const db = new DatabaseSync(join(dir, 'accounts.db'));
    const seal = await sealed(GOOD, CHEAP, (n) => new Uint8Array(n));
    db.exec(`
      CREATE TABLE accounts (account TEXT PRIMARY KEY, name TEXT NOT NULL, password TEXT, createdAt INTEGER NOT NULL,
        passwordSetAt INTEGER) STRICT, WITHOUT ROWID;
      CREATE TABLE sessions (hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (account) ON DELETE CASCADE,
        mustSetPassword INTEGER NOT NULL, expiresAt INTEGER NOT NULL, seenAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE tokens (name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, createdAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      INSERT INTO accounts VALUES ('admin', '系统管理员', '${seal}', 0, 0), ('li', '李', '${seal}', 0, 0);
      INSERT INTO tokens VALUES ('省平台', 'x', 0);
      PRAGMA user_version = 1;
    `);
    db.close();
    const accounts = open();
    await accounts.start({ adminPassword: null });
    const roles = async (account: string) => {
      const entered = await accounts.login(account, GOOD, 'here');
      return entered.ok ? [entered.value.roles, entered.value.areas] : entered.error;
    };
    expect(await roles('admin')).toEqual([['founder'], null]);
    expect(await roles('li')).toEqual([['operator'], null]);
    expect(await accounts.tokens()).toMatchObject([
      { name: '省平台', role: 'platform', areas: null, expiresAt: null },
    ]);
  });

  test('a file of a later version is left alone, with a word about it', async () => {
    const first = open();
    await first.start({ adminPassword: GOOD });
    await first.close();
    const db = new DatabaseSync(join(dir, 'accounts.db'));
    db.exec('PRAGMA user_version = 7');
    db.close();
    await expect(open().start({ adminPassword: null })).rejects.toThrow(/version 7.*knows version 4/);
  });
});
