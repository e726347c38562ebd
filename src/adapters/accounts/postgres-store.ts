import type { MachineRole, Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Database, Statement } from '../postgres/database.ts';
import { DatabaseLine } from '../postgres/line.ts';
import { bringUp, type Form } from '../postgres/schema.ts';
import { asStored, type SqlRow, type SqlValue, storable } from '../postgres/values.ts';
import type { DeskRow } from './known-desks.ts';
import type { AccountRow, AccountStore, LastUse, SessionRow, TokenRow } from './store.ts';

/** The same columns as in the file of accounts, see `sqlite-store.ts`: what they mean is said there. */
const FIRST = `
  CREATE TABLE account (
    account text PRIMARY KEY,
    name text NOT NULL,
    password text,
    code text,
    roles text NOT NULL,
    areas text,
    unit text,
    disabled_at bigint,
    totp text,
    totp_confirmed_at bigint,
    totp_used bigint NOT NULL,
    recovery text NOT NULL,
    created_at bigint NOT NULL,
    password_set_at bigint
  );
  CREATE TABLE account_session (
    hash text PRIMARY KEY,
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    must_set_password boolean NOT NULL,
    expires_at bigint NOT NULL,
    seen_at bigint NOT NULL
  ) WITH (fillfactor = 70);
  CREATE INDEX account_session_of ON account_session (account);
  CREATE TABLE account_token (
    name text PRIMARY KEY,
    hash text NOT NULL UNIQUE,
    role text NOT NULL,
    areas text,
    created_at bigint NOT NULL,
    expires_at bigint
  );
  CREATE TABLE account_desk (
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    address text NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (account, address)
  );
`;

export const ACCOUNT_FORM: Form = { name: 'accounts', migrations: [FIRST] };
/** Advisory lock of whoever writes them: "LLac". */
const LOCK = 0x4c4c6163;

/** Accounts in PostgreSQL, where the machine that takes over finds them, and who is logged in. */
export class AccountTables implements AccountStore {
  readonly #line: DatabaseLine;

  /** @param connect with the fence of the writer */
  constructor(connect: () => Promise<Database>) {
    this.#line = new DatabaseLine(connect, LOCK);
  }

  async open(): Promise<void> {
    await bringUp(await this.#line.up(), ACCOUNT_FORM);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  async accounts(): Promise<readonly AccountRow[]> {
    const rows = await this.#rows('SELECT * FROM account ORDER BY account');
    return rows.map((row) => ({
      account: String(row.account),
      name: asStored(String(row.name)),
      password: textIn(row.password),
      code: textIn(row.code),
      roles: JSON.parse(String(row.roles)) as Role[],
      areas: scopeIn(row.areas),
      unit: row.unit === null ? null : asStored(String(row.unit)),
      disabledAt: numberIn(row.disabled_at),
      totp: textIn(row.totp),
      totpConfirmedAt: numberIn(row.totp_confirmed_at),
      totpUsed: Number(row.totp_used),
      recovery: JSON.parse(String(row.recovery)) as string[],
      createdAt: Number(row.created_at),
      passwordSetAt: numberIn(row.password_set_at),
    }));
  }

  async sessions(): Promise<readonly SessionRow[]> {
    const rows = await this.#rows(
      'SELECT hash, account, must_set_password, expires_at, seen_at FROM account_session',
    );
    return rows.map((row) => ({
      hash: String(row.hash),
      account: String(row.account),
      mustSetPassword: row.must_set_password === true,
      expiresAt: Number(row.expires_at),
      seenAt: Number(row.seen_at),
    }));
  }

  async tokens(): Promise<readonly TokenRow[]> {
    const rows = await this.#rows('SELECT * FROM account_token ORDER BY name');
    return rows.map(tokenIn);
  }

  async desks(): Promise<readonly DeskRow[]> {
    const rows = await this.#rows(
      'SELECT account, address, last_at FROM account_desk ORDER BY last_at, account, address',
    );
    return rows.map((row) => ({
      account: String(row.account),
      address: asStored(String(row.address)),
      lastAt: Number(row.last_at),
    }));
  }

  addAccount(row: AccountRow): Promise<void> {
    const places = COLUMNS.map((_, i) => `$${i + 1}`).join();
    return this.#do(
      statement(`INSERT INTO account (${COLUMNS.join()}) VALUES (${places})`, ...accountOut(row)),
    );
  }

  keepAccount(row: AccountRow, endSessions: boolean): Promise<void> {
    const set = COLUMNS.map((c, i) => `${c} = $${i + 1}`).join();
    return this.#do(
      statement(`UPDATE account SET ${set} WHERE account = $1`, ...accountOut(row)),
      ...(endSessions ? [statement('DELETE FROM account_session WHERE account = $1', row.account)] : []),
    );
  }

  setPassword(account: string, password: string, at: Millis, keep: string | null): Promise<void> {
    return this.#do(
      statement(
        'UPDATE account SET password = $2, code = NULL, password_set_at = $3 WHERE account = $1',
        account,
        password,
        at,
      ),
      statement('DELETE FROM account_session WHERE account = $1 AND hash IS DISTINCT FROM $2', account, keep),
      statement('UPDATE account_session SET must_set_password = false WHERE hash = $1', keep),
    );
  }

  clockMoved(by: Duration): Promise<void> {
    return this.#do(
      statement('UPDATE account_session SET expires_at = expires_at + $1, seen_at = seen_at + $1', by),
      statement('UPDATE account_desk SET last_at = last_at + $1', by),
    );
  }

  addSession(s: SessionRow, ended: readonly string[]): Promise<void> {
    return this.#do(
      statement('DELETE FROM account_session WHERE hash = ANY($1::text[])', ended),
      statement(
        `INSERT INTO account_session (hash, account, must_set_password, expires_at, seen_at)
         VALUES ($1, $2, $3, $4, $5)`,
        s.hash,
        s.account,
        s.mustSetPassword,
        s.expiresAt,
        s.seenAt,
      ),
    );
  }

  async endSessions(hashes: readonly string[]): Promise<void> {
    if (hashes.length > 0)
      await this.#do(statement('DELETE FROM account_session WHERE hash = ANY($1::text[])', hashes));
  }

  seen(uses: readonly LastUse[]): Promise<void> {
    return this.#do(
      statement('SET LOCAL synchronous_commit = off'),
      statement(
        `UPDATE account_session AS s SET seen_at = u.at
         FROM unnest($1::text[], $2::bigint[]) AS u (hash, at) WHERE s.hash = u.hash`,
        uses.map((u) => u.hash),
        uses.map((u) => u.at),
      ),
    );
  }

  keepDesk({ account, address, lastAt }: DeskRow, forgotten: string | null): Promise<void> {
    return this.#do(
      statement(
        `INSERT INTO account_desk (account, address, last_at) VALUES ($1, $2, $3)
         ON CONFLICT (account, address) DO UPDATE SET last_at = excluded.last_at`,
        account,
        storable(address),
        lastAt,
      ),
      statement(
        'DELETE FROM account_desk WHERE account = $1 AND address = $2',
        account,
        forgotten === null ? null : storable(forgotten),
      ),
    );
  }

  async addToken(row: TokenRow): Promise<boolean> {
    const [done] = await this.#line.transaction([
      statement(
        `INSERT INTO account_token (name, hash, role, areas, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING`,
        storable(row.name),
        row.hash,
        row.role,
        scopeOut(row.areas),
        row.createdAt,
        row.expiresAt,
      ),
    ]);
    return done?.count === 1;
  }

  async removeToken(name: string): Promise<boolean> {
    const [done] = await this.#line.transaction([
      statement('DELETE FROM account_token WHERE name = $1', storable(name)),
    ]);
    return done?.count === 1;
  }

  async #rows(text: string): Promise<readonly SqlRow[]> {
    return (await this.#line.read({ text }))[0] ?? [];
  }

  async #do(...statements: readonly Statement[]): Promise<void> {
    await this.#line.transaction(statements);
  }
}

const COLUMNS = [
  'account',
  'name',
  'password',
  'code',
  'roles',
  'areas',
  'unit',
  'disabled_at',
  'totp',
  'totp_confirmed_at',
  'totp_used',
  'recovery',
  'created_at',
  'password_set_at',
] as const;

/** In the order of `COLUMNS`. */
const accountOut = (row: AccountRow): readonly SqlValue[] => [
  row.account,
  storable(row.name),
  row.password,
  row.code,
  JSON.stringify(row.roles),
  scopeOut(row.areas),
  row.unit === null ? null : storable(row.unit),
  row.disabledAt,
  row.totp,
  row.totpConfirmedAt,
  row.totpUsed,
  JSON.stringify(row.recovery),
  row.createdAt,
  row.passwordSetAt,
];

const tokenIn = (row: SqlRow): TokenRow => ({
  name: asStored(String(row.name)),
  hash: String(row.hash),
  role: String(row.role) as MachineRole,
  areas: scopeIn(row.areas),
  createdAt: Number(row.created_at),
  expiresAt: numberIn(row.expires_at),
});

const statement = (text: string, ...values: readonly SqlValue[]): Statement => ({ text, values });
const textIn = (value: unknown): string | null => (value === null ? null : String(value));
const numberIn = (value: unknown): number | null => (value === null ? null : Number(value));
const scopeOut = (areas: Scope): string | null => (areas === null ? null : JSON.stringify(areas));
const scopeIn = (text: unknown): Scope => (text === null ? null : (JSON.parse(String(text)) as string[]));
