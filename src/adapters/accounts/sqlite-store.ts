import type { DatabaseSync } from 'node:sqlite';
import type { MachineRole, Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import { openSqlite, together } from '../shared/sqlite.ts';
import type { DeskRow } from './known-desks.ts';
import type { AccountRow, AccountStore, LastUse, SessionRow, TokenRow } from './store.ts';

const SCHEMA = `
  CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    password TEXT, -- scrypt$N$r$p$salt$key; NULL until one is set
    createdAt INTEGER NOT NULL,
    passwordSetAt INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (account) ON DELETE CASCADE,
    mustSetPassword INTEGER NOT NULL,
    expiresAt INTEGER NOT NULL,
    seenAt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessionsOfAccount ON sessions (account);
  CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    createdAt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** What came with roles: until then every account could do everything. */
const TO_2 = `
  ALTER TABLE accounts ADD COLUMN code TEXT;
  ALTER TABLE accounts ADD COLUMN roles TEXT NOT NULL DEFAULT '["operator"]';
  ALTER TABLE accounts ADD COLUMN areas TEXT; -- JSON; NULL: the whole city
  ALTER TABLE accounts ADD COLUMN disabledAt INTEGER;
  ALTER TABLE accounts ADD COLUMN totp TEXT;
  ALTER TABLE accounts ADD COLUMN totpConfirmedAt INTEGER;
  ALTER TABLE accounts ADD COLUMN totpUsed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE accounts ADD COLUMN recovery TEXT NOT NULL DEFAULT '[]';
  UPDATE accounts SET roles = '["founder"]' WHERE account = 'admin';
  ALTER TABLE tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'platform';
  ALTER TABLE tokens ADD COLUMN areas TEXT;
  ALTER TABLE tokens ADD COLUMN expiresAt INTEGER;
`;

/** What came with known desks: until then a stranger's failures kept everybody waiting. */
const TO_3 = `
  CREATE TABLE desks (
    account TEXT NOT NULL REFERENCES accounts (account) ON DELETE CASCADE,
    address TEXT NOT NULL,
    lastAt INTEGER NOT NULL,
    PRIMARY KEY (account, address)
  ) STRICT, WITHOUT ROWID;
`;

/** What came with orders: crews and leaders act for their unit. */
const TO_4 = `
  ALTER TABLE accounts ADD COLUMN unit TEXT;
`;

/** How the file came to look as it does, oldest first. */
export const ACCOUNT_STEPS: readonly string[] = [SCHEMA, TO_2, TO_3, TO_4];

/**
 * The file of accounts. On the main thread: a few rows, written when somebody logs in or sets a password,
 * never on the way of a reading.
 */
export class AccountFile implements AccountStore {
  readonly #file: string;
  #opened: DatabaseSync | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  async open(): Promise<void> {
    this.#opened = openSqlite({ file: this.#file, migrations: ACCOUNT_STEPS, secrets: true });
  }

  async close(): Promise<void> {
    this.#opened?.close();
    this.#opened = null;
  }

  async accounts(): Promise<AccountRow[]> {
    return this.#db
      .prepare('SELECT * FROM accounts ORDER BY account')
      .all()
      .map((row) => ({
        ...(row as unknown as AccountRow),
        roles: JSON.parse(String(row.roles)) as Role[],
        areas: scopeIn(row.areas),
        recovery: JSON.parse(String(row.recovery)) as string[],
      }));
  }

  async addAccount(row: AccountRow): Promise<void> {
    this.#db
      .prepare(
        `INSERT INTO accounts (account, name, password, code, roles, areas, unit, createdAt, passwordSetAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.account,
        row.name,
        row.password,
        row.code,
        JSON.stringify(row.roles),
        scopeOut(row.areas),
        row.unit,
        row.createdAt,
        row.passwordSetAt,
      );
  }

  async keepAccount(row: AccountRow, endSessions: boolean): Promise<void> {
    together(this.#db, () => {
      this.#db
        .prepare(
          `UPDATE accounts SET name = ?, password = ?, code = ?, roles = ?, areas = ?, unit = ?, disabledAt = ?, totp = ?,
             totpConfirmedAt = ?, totpUsed = ?, recovery = ?, passwordSetAt = ? WHERE account = ?`,
        )
        .run(
          row.name,
          row.password,
          row.code,
          JSON.stringify(row.roles),
          scopeOut(row.areas),
          row.unit,
          row.disabledAt,
          row.totp,
          row.totpConfirmedAt,
          row.totpUsed,
          JSON.stringify(row.recovery),
          row.passwordSetAt,
          row.account,
        );
      if (endSessions) this.#db.prepare('DELETE FROM sessions WHERE account = ?').run(row.account);
    });
  }

  async setPassword(account: string, password: string, at: Millis, keep: string | null): Promise<void> {
    together(this.#db, () => {
      this.#db
        .prepare('UPDATE accounts SET password = ?, code = NULL, passwordSetAt = ? WHERE account = ?')
        .run(password, at, account);
      this.#db.prepare('DELETE FROM sessions WHERE account = ? AND hash IS NOT ?').run(account, keep);
      this.#db.prepare('UPDATE sessions SET mustSetPassword = 0 WHERE hash = ?').run(keep);
    });
  }

  async sessions(): Promise<SessionRow[]> {
    const rows = this.#db
      .prepare('SELECT hash, account, mustSetPassword, expiresAt, seenAt FROM sessions')
      .all() as (Omit<SessionRow, 'mustSetPassword'> & { mustSetPassword: number })[];
    return rows.map((row) => ({ ...row, mustSetPassword: row.mustSetPassword === 1 }));
  }

  async clockMoved(by: Duration): Promise<void> {
    this.#db.prepare('UPDATE sessions SET expiresAt = expiresAt + ?1, seenAt = seenAt + ?1').run(by);
    this.#db.prepare('UPDATE desks SET lastAt = lastAt + ?').run(by);
  }

  async addSession(s: SessionRow, ended: readonly string[]): Promise<void> {
    together(this.#db, () => {
      this.#end(ended);
      this.#db
        .prepare(
          'INSERT INTO sessions (hash, account, mustSetPassword, expiresAt, seenAt) VALUES (?, ?, ?, ?, ?)',
        )
        .run(s.hash, s.account, s.mustSetPassword ? 1 : 0, s.expiresAt, s.seenAt);
    });
  }

  async endSessions(hashes: readonly string[]): Promise<void> {
    if (hashes.length > 0) together(this.#db, () => this.#end(hashes));
  }

  async seen(uses: readonly LastUse[]): Promise<void> {
    this.#db.exec('PRAGMA synchronous = NORMAL');
    try {
      const seen = this.#db.prepare('UPDATE sessions SET seenAt = ? WHERE hash = ?');
      together(this.#db, () => {
        for (const { hash, at } of uses) seen.run(at, hash);
      });
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL');
    }
  }

  async desks(): Promise<DeskRow[]> {
    return this.#db
      .prepare('SELECT account, address, lastAt FROM desks ORDER BY lastAt')
      .all() as unknown as DeskRow[];
  }

  async keepDesk({ account, address, lastAt }: DeskRow, forgotten: string | null): Promise<void> {
    together(this.#db, () => {
      this.#db
        .prepare(
          `INSERT INTO desks (account, address, lastAt) VALUES (?, ?, ?)
           ON CONFLICT (account, address) DO UPDATE SET lastAt = excluded.lastAt`,
        )
        .run(account, address, lastAt);
      this.#db.prepare('DELETE FROM desks WHERE account = ? AND address = ?').run(account, forgotten);
    });
  }

  async tokens(): Promise<TokenRow[]> {
    return this.#db
      .prepare('SELECT name, hash, role, areas, createdAt, expiresAt FROM tokens ORDER BY name')
      .all()
      .map((row) => ({
        name: String(row.name),
        hash: String(row.hash),
        role: String(row.role) as MachineRole,
        areas: scopeIn(row.areas),
        createdAt: Number(row.createdAt),
        expiresAt: row.expiresAt === null ? null : Number(row.expiresAt),
      }));
  }

  async addToken(row: TokenRow): Promise<boolean> {
    const done = this.#db
      .prepare(
        `INSERT INTO tokens (name, hash, role, areas, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO NOTHING`,
      )
      .run(row.name, row.hash, row.role, scopeOut(row.areas), row.createdAt, row.expiresAt);
    return done.changes === 1;
  }

  async removeToken(name: string): Promise<boolean> {
    return this.#db.prepare('DELETE FROM tokens WHERE name = ?').run(name).changes === 1;
  }

  #end(hashes: readonly string[]): void {
    const end = this.#db.prepare('DELETE FROM sessions WHERE hash = ?');
    for (const hash of hashes) end.run(hash);
  }

  get #db(): DatabaseSync {
    if (this.#opened === null)
      throw new Error('the accounts are not open: start() them first, use none after close()');
    return this.#opened;
  }
}

const scopeOut = (areas: Scope): string | null => (areas === null ? null : JSON.stringify(areas));
const scopeIn = (text: unknown): Scope => (text === null ? null : (JSON.parse(String(text)) as string[]));
