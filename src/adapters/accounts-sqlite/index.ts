import { randomBytes } from 'node:crypto';
import { accountName, isAccountName } from '../../domain/account/name.ts';
import { passwordFlaw } from '../../domain/account/password.ts';
import { areApart } from '../../domain/account/roles.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import {
  type AccountListed,
  type Accounts,
  type AddRefusal,
  type ChangeRefusal,
  type EnrolProof,
  type FactorRefusal,
  type Grants,
  LOGIN_LIMITS,
  type LoggedIn,
  type LoginLimits,
  type LoginRefusal,
  type PasswordProof,
  type PasswordRefusal,
  type Session,
  type TokenListed,
  type TokenRefusal,
} from '../../flow/ports/accounts.ts';
import { type FileForm, fileForm } from '../shared/file-form.ts';
import { AccountBook, ADMIN, UNKNOWN } from './account-book.ts';
import type { AccountGround } from './account-ground.ts';
import { BUSY, LoginGate } from './login-gate.ts';
import { type KnownSession, LoginSessions } from './login-sessions.ts';
import { SecondFactors, WITHOUT_FACTOR, WRONG } from './second-factors.ts';
import {
  COST,
  type Cost,
  freshCode,
  freshToken,
  opens,
  type RandomSource,
  sealed,
  typedCode,
} from './secret.ts';
import { ACCOUNT_STEPS, type AccountRow, AccountStore } from './store.ts';

/** How the file looks, and how this version writes it. */
export const accountsForm = (file: string): FileForm => fileForm(file, ACCOUNT_STEPS, true);

export type AccountsOptions = {
  readonly file: string;
  readonly now: () => Millis;
  readonly random?: RandomSource;
  readonly limits?: LoginLimits;
  readonly cost?: Cost;
};

/** Accounts in a SQLite file of their own: who they are, who is logged in, and by what second factor. */
export class AccountsSqlite implements Accounts {
  readonly #file: string;
  readonly #ground: AccountGround;
  readonly #people: AccountBook;
  readonly #sessions: LoginSessions;
  readonly #factors: SecondFactors;
  #opened: AccountStore | null = null;
  #gateOpened: LoginGate | null = null;

  constructor(options: AccountsOptions) {
    const { file, now, random = randomBytes, limits = LOGIN_LIMITS, cost = COST } = options;
    this.#file = file;
    this.#ground = { store: () => this.#store, now, random, limits, cost };
    this.#people = new AccountBook(this.#ground);
    this.#sessions = new LoginSessions(this.#ground, this.#people);
    this.#factors = new SecondFactors(this.#ground, this.#people, this.#sessions);
  }

  async start({ adminPassword, clockMovedBy = 0 }: Parameters<Accounts['start']>[0]): Promise<{
    oneTimeCode: string | null;
    configuredPasswordIsWeak: boolean;
  }> {
    this.#opened = new AccountStore(this.#file);
    if (clockMovedBy !== 0) this.#store.clockMoved(clockMovedBy);
    const { now, limits, random } = this.#ground;
    this.#gateOpened = new LoginGate(now, limits, this.#store.desks());
    this.#sessions.load();
    this.#people.load();
    if (!this.#people.has(ADMIN))
      this.#people.add({ ...this.#people.fresh(ADMIN, '系统管理员'), roles: ['founder'] });
    const admin = this.#people.get(ADMIN) as AccountRow;
    if (admin.password !== null || admin.code !== null) {
      return { oneTimeCode: null, configuredPasswordIsWeak: false };
    }
    if (adminPassword !== null && adminPassword !== '') {
      await this.#change(ADMIN, adminPassword, null);
      const weak = passwordFlaw(adminPassword, limits.passwords) !== null;
      return { oneTimeCode: null, configuredPasswordIsWeak: weak };
    }
    const oneTimeCode = freshCode(random);
    this.#people.firstCode = await this.#seal(typedCode(oneTimeCode));
    return { oneTimeCode, configuredPasswordIsWeak: false };
  }

  async close(): Promise<void> {
    if (this.#opened === null) return;
    this.#sessions.writeLastUses();
    this.#opened.close();
    this.#opened = null;
  }

  areAdministratorsApart(): boolean {
    return this.#people.areAdministratorsApart();
  }

  async login(
    typed: string,
    password: string,
    from: string,
    otp?: string,
  ): Promise<Result<LoggedIn, LoginRefusal>> {
    const account = accountName(typed);
    return this.#gate.login(account, from, async (tried) => {
      const right = await this.#people.isRight(account, password);
      if (right === null) return no(WRONG);
      const second = this.#factors.check(this.#gate, account, otp, tried);
      if (second !== null) return second;
      tried.succeeded();
      const entered = this.#logIn(account, right);
      this.#rememberDesk(account, from);
      return ok(entered);
    });
  }

  session(token: string): Session | null {
    return this.#sessions.session(token, true);
  }

  peek(token: string): Session | null {
    return this.#sessions.session(token, false);
  }

  async logout(token: string): Promise<void> {
    this.#sessions.end(token);
  }

  async prove(
    typed: string,
    proof: { readonly password: string } | { readonly otp: string },
  ): Promise<Result<'password' | 'totp', LoginRefusal>> {
    const account = accountName(typed);
    return this.#gate.confirm<'password' | 'totp', never>(account, async (tried) => {
      if ('password' in proof) {
        if ((await this.#people.isRight(account, proof.password)) === null) return no(WRONG);
        tried.succeeded();
        return ok('password');
      }
      // Without one enrolled any digits would do.
      if (!this.#factors.isEnrolled(account)) return no(WRONG);
      const wrong = this.#factors.check(this.#gate, account, proof.otp, tried);
      if (wrong !== null) return wrong;
      tried.succeeded();
      return ok('totp');
    });
  }

  async setPassword(
    typed: string,
    proof: PasswordProof,
    next: string,
  ): Promise<Result<null, PasswordRefusal>> {
    const account = accountName(typed);
    const flaw = passwordFlaw(next, this.#ground.limits.passwords);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (!('old' in proof)) {
      const set = await this.#gate.inside(account, async (): Promise<Result<null, PasswordRefusal>> => {
        const session = this.#sessions.known(proof.session);
        if (session?.account !== account || !session.mustSetPassword) return no(NO_SESSION);
        const old = this.#people.get(account)?.password;
        if (old != null && (await opens(next, old))) return no(UNCHANGED);
        await this.#change(account, next, session);
        return ok(null);
      });
      return set ?? BUSY;
    }
    if (proof.old === next) return no(UNCHANGED);
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#people.isRight(account, proof.old)) === null) return no(WRONG);
      tried.succeeded();
      const asking = proof.session === undefined ? null : this.#sessions.known(proof.session);
      await this.#change(account, next, asking?.account === account ? asking : null);
      return ok(null);
    });
  }

  async beginSecondFactor(
    account: string,
    proof: EnrolProof,
  ): Promise<Result<{ secret: string }, FactorRefusal | LoginRefusal>> {
    if (!('password' in proof))
      return this.#sessions.mayEnrol(proof.session, account)
        ? this.#factors.begin(account)
        : no(PASSWORD_NEEDED);
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#people.isRight(account, proof.password)) === null) return no(WRONG);
      tried.succeeded();
      return this.#factors.begin(account);
    });
  }

  async confirmSecondFactor(
    account: string,
    otp: string,
  ): Promise<Result<{ recoveryCodes: readonly string[] }, FactorRefusal>> {
    return this.#factors.confirm(account, otp);
  }

  async removeSecondFactor(
    account: string,
    password: string,
  ): Promise<Result<null, FactorRefusal | LoginRefusal>> {
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#people.isRight(account, password)) === null) return no(WRONG);
      tried.succeeded();
      this.#factors.remove(account);
      return ok(null);
    });
  }

  list(): readonly AccountListed[] {
    return this.#people
      .all()
      .map((row) => this.#listed(row))
      .sort((a, b) => (a.account < b.account ? -1 : 1));
  }

  async add(
    typed: string,
    name: string,
    password: string | null,
    grants: Grants = { roles: ['operator'], areas: null },
  ): Promise<Result<{ oneTimeCode: string | null }, AddRefusal | ChangeRefusal>> {
    const account = accountName(typed);
    if (!isAccountName(account)) return no({ code: 'account-invalid', detail: null });
    const flaw = password === null ? null : passwordFlaw(password, this.#ground.limits.passwords);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (!areApart(grants.roles)) return no({ code: 'roles-not-apart', detail: null });
    if (this.#people.has(account)) return no({ code: 'account-exists', detail: null });
    const oneTimeCode = password === null ? freshCode(this.#ground.random) : null;
    const seal = await this.#gate.admit(() => this.#seal(password ?? typedCode(oneTimeCode ?? '')));
    if (this.#people.has(account)) return no({ code: 'account-exists', detail: null });
    const row = { ...this.#people.fresh(account, name), ...grants };
    this.#people.add(
      password === null
        ? { ...row, code: seal }
        : { ...row, password: seal, passwordSetAt: this.#ground.now() },
    );
    return ok({ oneTimeCode });
  }

  async change(
    typed: string,
    by: string,
    next: { readonly name?: string; readonly disabled?: boolean } & Partial<Grants>,
  ): Promise<Result<AccountListed, ChangeRefusal>> {
    const changed = this.#people.changed(typed, by, next);
    if (!changed.ok) return changed;
    const { before, after } = changed.value;
    if (after.disabledAt !== null || loses(before, after)) this.#keepAndLogOut(after);
    else this.#people.keep(after);
    return ok(this.#listed(after));
  }

  async resetPassword(typed: string, by: string): Promise<Result<{ oneTimeCode: string }, ChangeRefusal>> {
    const account = accountName(typed);
    if (!this.#people.has(account)) return no(UNKNOWN);
    if (account === by) return no({ code: 'own-account', detail: null });
    const oneTimeCode = freshCode(this.#ground.random);
    const code = await this.#gate.admit(() => this.#seal(typedCode(oneTimeCode)));
    const row = this.#people.get(account) as AccountRow;
    this.#keepAndLogOut({ ...row, ...WITHOUT_FACTOR, password: null, passwordSetAt: null, code });
    this.#gate.unlock(account);
    return ok({ oneTimeCode });
  }

  unlock(typed: string): boolean {
    const account = accountName(typed);
    this.#gate.unlock(account);
    return this.#people.has(account);
  }

  async addToken(
    given: string,
    grants: Omit<TokenListed, 'name' | 'createdAt'> = { role: 'platform', areas: null, expiresAt: null },
  ): Promise<Result<{ token: string }, TokenRefusal>> {
    const name = given.trim();
    if (name === '' || name.length > 64) return no({ code: 'token-invalid', detail: null });
    const token = freshToken(this.#ground.random);
    const listed: TokenListed = { name, ...grants, createdAt: this.#ground.now() };
    if (!this.#sessions.addMachine(token, listed)) return no({ code: 'token-exists', detail: null });
    return ok({ token });
  }

  async removeToken(given: string): Promise<boolean> {
    return this.#sessions.removeMachine(given.trim());
  }

  async tokens(): Promise<readonly TokenListed[]> {
    return this.#sessions.machines();
  }

  get #store(): AccountStore {
    if (this.#opened === null)
      throw new Error('the accounts are not open: start() them first, use none after close()');
    return this.#opened;
  }

  get #gate(): LoginGate {
    if (this.#gateOpened === null)
      throw new Error('the accounts are not open: start() them first, use none after close()');
    return this.#gateOpened;
  }

  #rememberDesk(account: string, from: string): void {
    const known = this.#gate.remember(account, from);
    if (known === null) return;
    try {
      this.#store.keepDesk(known.row, known.forgotten);
    } catch {
      // A full disk must not keep anybody out: unwritten, the desk is a stranger's again after a restart.
    }
  }

  #logIn(account: string, by: 'password' | 'code'): LoggedIn {
    const person = this.#people.get(account) as AccountRow;
    if (by === 'code') {
      this.#people.firstCode = null;
      if (person.code !== null) this.#people.keep({ ...person, code: null });
    }
    return this.#sessions.begin(person, by);
  }

  async #change(account: string, next: string, goesOn: KnownSession | null): Promise<void> {
    const seal = await this.#seal(next);
    this.#people.setPassword(account, seal, goesOn?.hash ?? null);
    this.#sessions.endAllOf(account, goesOn);
  }

  #keepAndLogOut(row: AccountRow): void {
    this.#people.keep(row, true);
    this.#sessions.endAllOf(row.account);
  }

  #seal(password: string): Promise<string> {
    return sealed(password, this.#ground.cost, this.#ground.random);
  }

  #listed(row: AccountRow): AccountListed {
    const { account, name, roles, areas, unit, disabledAt, createdAt, passwordSetAt } = row;
    const left = this.#gate.leftForStrangers(account);
    return {
      account,
      name,
      roles,
      areas,
      unit,
      disabledAt,
      secondFactor: row.totpConfirmedAt !== null,
      createdAt,
      passwordSetAt,
      lockedUntil: left > 0 ? this.#ground.now() + left : null,
    };
  }
}

/** Somebody has a role or an area less than before, or another unit: pages and exports begun with it must not go on. */
function loses(before: AccountRow, after: AccountRow): boolean {
  if (before.roles.some((role) => !after.roles.includes(role))) return true;
  if (before.unit !== after.unit) return true;
  const { areas } = after;
  return areas !== null && (before.areas === null || before.areas.some((area) => !areas.includes(area)));
}

const PASSWORD_NEEDED = { code: 'password-needed', detail: null } as const;
const NO_SESSION = { code: 'no-session', detail: null } as const;
const UNCHANGED = {
  code: 'weak-password',
  detail: { zh: '新密码与旧密码相同', en: 'It is the old password.' },
} as const;
