import type { DatabaseSync } from 'node:sqlite';
import type { MachineRole, Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { TokenListed } from '../../flow/ports/accounts.ts';
import { openSqlite, together } from '../shared/sqlite.ts';
import type { DeskRow } from './known-desks.ts';

export type AccountRow = {
  readonly account: string;
  readonly name: string;
  readonly password: string | null;
  /** A one-time code, sealed like a password. */
  readonly code: string | null;
  readonly roles: readonly Role[];
  readonly areas: Scope;
  /** Code of their unit. */
  readonly unit: string | null;
  readonly disabledAt: Millis | null;
  /** Secret of the second factor, base32. */
  readonly totp: string | null;
  readonly totpConfirmedAt: Millis | null;
  /** The step of the last code that was used: none is taken twice. */
  readonly totpUsed: number;
  /** Hashes of recovery codes that are left. */
  readonly recovery: readonly string[];
  readonly createdAt: Millis;
  readonly passwordSetAt: Millis | null;
};
export type SessionRow = {
  readonly hash: string;
  readonly account: string;
  readonly name: string;
  readonly mustSetPassword: boolean;
  readonly expiresAt: Millis;
  readonly seenAt: Millis;
};
export type TokenRow = TokenListed & { readonly hash: string };

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
export class AccountStore {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = openSqlite({ file, migrations: ACCOUNT_STEPS, secrets: true });
  }

  close(): void {
    this.#db.close();
  }

  accounts(): AccountRow[] {
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

  addAccount(row: AccountRow): void {
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

  /** Keeps everything of an account but its password. @param endSessions those it has */
  keepAccount(row: AccountRow, endSessions: boolean): void {
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

  /** Sets it and ends the account's sessions, but for one that has done what it had to. */
  setPassword(account: string, password: string, at: Millis, keep: string | null): void {
    together(this.#db, () => {
      this.#db
        .prepare('UPDATE accounts SET password = ?, code = NULL, passwordSetAt = ? WHERE account = ?')
        .run(password, at, account);
      this.#db.prepare('DELETE FROM sessions WHERE account = ? AND hash IS NOT ?').run(account, keep);
      this.#db.prepare('UPDATE sessions SET mustSetPassword = 0 WHERE hash = ?').run(keep);
    });
  }

  sessions(): SessionRow[] {
    const rows = this.#db
      .prepare(
        `SELECT hash, account, name, mustSetPassword, expiresAt, seenAt
         FROM sessions JOIN accounts USING (account)`,
      )
      .all() as (Omit<SessionRow, 'mustSetPassword'> & { mustSetPassword: number })[];
    return rows.map((row) => ({ ...row, mustSetPassword: row.mustSetPassword === 1 }));
  }

  /** Our clock was set: sessions last as long as they would have. */
  clockMoved(by: Duration): void {
    this.#db.prepare('UPDATE sessions SET expiresAt = expiresAt + ?1, seenAt = seenAt + ?1').run(by);
    this.#db.prepare('UPDATE desks SET lastAt = lastAt + ?').run(by);
  }

  addSession(s: SessionRow): void {
    this.#db
      .prepare(
        'INSERT INTO sessions (hash, account, mustSetPassword, expiresAt, seenAt) VALUES (?, ?, ?, ?, ?)',
      )
      .run(s.hash, s.account, s.mustSetPassword ? 1 : 0, s.expiresAt, s.seenAt);
  }

  seen(hash: string, at: Millis): void {
    // Worth no flush of its own: lost with the power, it costs somebody a login.
    this.#db.exec('PRAGMA synchronous = NORMAL');
    try {
      this.#db.prepare('UPDATE sessions SET seenAt = ? WHERE hash = ?').run(at, hash);
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL');
    }
  }

  endSessions(hashes: readonly string[]): void {
    if (hashes.length === 0) return;
    together(this.#db, () => {
      const end = this.#db.prepare('DELETE FROM sessions WHERE hash = ?');
      for (const hash of hashes) end.run(hash);
    });
  }

  /** The longest unused first. */
  desks(): DeskRow[] {
    return this.#db
      .prepare('SELECT account, address, lastAt FROM desks ORDER BY lastAt')
      .all() as unknown as DeskRow[];
  }

  /** @param forgotten the account's address whose place it takes */
  keepDesk({ account, address, lastAt }: DeskRow, forgotten: string | null): void {
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

  tokens(): TokenRow[] {
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

  /** @returns false where there is one of that name already */
  addToken(row: TokenRow): boolean {
    const done = this.#db
      .prepare(
        `INSERT INTO tokens (name, hash, role, areas, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO NOTHING`,
      )
      .run(row.name, row.hash, row.role, scopeOut(row.areas), row.createdAt, row.expiresAt);
    return done.changes === 1;
  }

  removeToken(name: string): boolean {
    return this.#db.prepare('DELETE FROM tokens WHERE name = ?').run(name).changes === 1;
  }
}

const scopeOut = (areas: Scope): string | null => (areas === null ? null : JSON.stringify(areas));
const scopeIn = (text: unknown): Scope => (text === null ? null : (JSON.parse(String(text)) as string[]));
