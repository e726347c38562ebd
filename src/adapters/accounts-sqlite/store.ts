import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../../domain/time.ts';

export type AccountRow = {
  readonly account: string;
  readonly name: string;
  readonly password: string | null;
};
export type SessionRow = {
  readonly hash: string;
  readonly account: string;
  readonly name: string;
  readonly mustSetPassword: boolean;
  readonly expiresAt: Millis;
  readonly seenAt: Millis;
};
export type TokenRow = { readonly hash: string; readonly name: string; readonly createdAt: Millis };

const VERSION = 1;

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
  PRAGMA user_version = ${VERSION};
`;

/**
 * The file of accounts. On the main thread: a few rows, written when somebody logs in or sets a password,
 * never on the way of a reading.
 */
export class Store {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    // Made first, so that nobody but the service's own user can ever read it; SQLite gives its helpers the same mode.
    closeSync(openSync(file, 'a', 0o600));
    this.#db = new DatabaseSync(file, { timeout: 2_000 });
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version === 0) this.#together(() => this.#db.exec(SCHEMA));
    else if (version !== VERSION) {
      this.#db.close();
      throw new Error(`${file} is of version ${version}; this program knows version ${VERSION}`);
    }
  }

  close(): void {
    this.#db.close();
  }

  account(account: string): AccountRow | null {
    const row = this.#db
      .prepare('SELECT account, name, password FROM accounts WHERE account = ?')
      .get(account);
    return (row as AccountRow | undefined) ?? null;
  }

  /** @returns false where there is such an account already */
  addAccount(row: AccountRow, at: Millis): boolean {
    const done = this.#db
      .prepare(
        `INSERT INTO accounts (account, name, password, createdAt, passwordSetAt)
         VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(row.account, row.name, row.password, at, row.password === null ? null : at);
    return done.changes === 1;
  }

  /** Sets it and ends the account's sessions, but for one that has done what it had to. */
  setPassword(account: string, password: string, at: Millis, keep: string | null): void {
    this.#together(() => {
      this.#db
        .prepare('UPDATE accounts SET password = ?, passwordSetAt = ? WHERE account = ?')
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
    this.#together(() => {
      const end = this.#db.prepare('DELETE FROM sessions WHERE hash = ?');
      for (const hash of hashes) end.run(hash);
    });
  }

  tokens(): TokenRow[] {
    return this.#db.prepare('SELECT name, hash, createdAt FROM tokens ORDER BY name').all() as TokenRow[];
  }

  /** @returns false where there is one of that name already */
  addToken(row: TokenRow): boolean {
    const done = this.#db
      .prepare('INSERT INTO tokens (name, hash, createdAt) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING')
      .run(row.name, row.hash, row.createdAt);
    return done.changes === 1;
  }

  removeToken(name: string): boolean {
    return this.#db.prepare('DELETE FROM tokens WHERE name = ?').run(name).changes === 1;
  }

  #together(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
