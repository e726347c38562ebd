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
import { MirroredChanges } from '../shared/mirrored-changes.ts';
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
import type { AccountRow, AccountStore } from './store.ts';

export type AccountsGiven = {
  readonly now: () => Millis;
  readonly random?: RandomSource;
  readonly limits?: LoginLimits;
  readonly cost?: Cost;
};

/**
 * Accounts over a store: who they are, who is logged in, and by what second factor. All of it lies in memory too, so that
 * whose token it is can be told at once; a change is in the store before it is in memory, and in both before it resolves.
 */
export class StoredAccounts implements Accounts {
  readonly #store: AccountStore;
  readonly #ground: AccountGround;
  readonly #people: AccountBook;
  readonly #sessions: LoginSessions;
  readonly #factors: SecondFactors;
  readonly #changes = new MirroredChanges(() => this.#load());
  #gateOpened: LoginGate | null = null;
  #isOpen = false;

  constructor(store: AccountStore, given: AccountsGiven) {
    const { now, random = randomBytes, limits = LOGIN_LIMITS, cost = COST } = given;
    this.#store = store;
    this.#ground = { store, now, random, limits, cost };
    this.#people = new AccountBook(this.#ground);
    this.#sessions = new LoginSessions(this.#ground, this.#people);
    this.#factors = new SecondFactors(this.#ground, this.#people, this.#sessions);
  }

  async start({ adminPassword, clockMovedBy = 0 }: Parameters<Accounts['start']>[0]): Promise<{
    oneTimeCode: string | null;
    configuredPasswordIsWeak: boolean;
  }> {
    await this.#store.open();
    this.#isOpen = true;
    if (clockMovedBy !== 0) await this.#store.clockMoved(clockMovedBy);
    const { now, limits, random } = this.#ground;
    this.#gateOpened = new LoginGate(now, limits, await this.#store.desks());
    await this.#load();
    await this.#sessions.forgetEnded();
    if (!this.#people.has(ADMIN))
      await this.#people.add({ ...this.#people.fresh(ADMIN, '系统管理员'), roles: ['founder'] });
    const admin = this.#people.get(ADMIN) as AccountRow;
    if (admin.password !== null || admin.code !== null) {
      return { oneTimeCode: null, configuredPasswordIsWeak: false };
    }
    if (adminPassword !== null && adminPassword !== '') {
      await this.#change(ADMIN, await this.#seal(adminPassword), null);
      const weak = passwordFlaw(adminPassword, limits.passwords) !== null;
      return { oneTimeCode: null, configuredPasswordIsWeak: weak };
    }
    const oneTimeCode = freshCode(random);
    this.#people.firstCode = await this.#seal(typedCode(oneTimeCode));
    return { oneTimeCode, configuredPasswordIsWeak: false };
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Where the store takes nothing any more they are lost: it costs a login, and no more.
    await this.#changes.run(() => this.#sessions.writeLastUses()).catch(() => undefined);
    await this.#store.close();
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
      return this.#changes.run(async () => {
        if (!this.#people.isStill(account, right)) return no(WRONG);
        const second = await this.#factors.check(this.#gate, account, otp, tried);
        if (second !== null) return second;
        tried.succeeded();
        const entered = await this.#logIn(account, right.by);
        await this.#rememberDesk(account, from);
        return ok(entered);
      });
    });
  }

  session(token: string): Session | null {
    return this.#sessions.session(token, true);
  }

  peek(token: string): Session | null {
    return this.#sessions.session(token, false);
  }

  async logout(token: string): Promise<void> {
    await this.#changes.run(() => this.#sessions.end(token));
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
      const { otp } = proof;
      const wrong = await this.#changes.run(() => this.#factors.check(this.#gate, account, otp, tried));
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
        const seal = await this.#seal(next);
        return this.#changes.run(async () => {
          if (this.#sessions.known(proof.session) === null) return no(NO_SESSION);
          await this.#change(account, seal, session);
          return ok(null);
        });
      });
      return set ?? BUSY;
    }
    if (proof.old === next) return no(UNCHANGED);
    return this.#gate.confirm(account, async (tried) => {
      const right = await this.#people.isRight(account, proof.old);
      if (right === null) return no(WRONG);
      tried.succeeded();
      const seal = await this.#seal(next);
      return this.#changes.run(async () => {
        if (!this.#people.isStill(account, right)) return no(WRONG);
        const asking = proof.session === undefined ? null : this.#sessions.known(proof.session);
        await this.#change(account, seal, asking?.account === account ? asking : null);
        return ok(null);
      });
    });
  }

  async beginSecondFactor(
    account: string,
    proof: EnrolProof,
  ): Promise<Result<{ secret: string }, FactorRefusal | LoginRefusal>> {
    if (!('password' in proof))
      return this.#sessions.mayEnrol(proof.session, account)
        ? this.#changes.run(() => this.#factors.begin(account))
        : no(PASSWORD_NEEDED);
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#people.isRight(account, proof.password)) === null) return no(WRONG);
      tried.succeeded();
      return this.#changes.run(() => this.#factors.begin(account));
    });
  }

  async confirmSecondFactor(
    account: string,
    otp: string,
  ): Promise<Result<{ recoveryCodes: readonly string[] }, FactorRefusal>> {
    return this.#changes.run(() => this.#factors.confirm(account, otp));
  }

  async removeSecondFactor(
    account: string,
    password: string,
  ): Promise<Result<null, FactorRefusal | LoginRefusal>> {
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#people.isRight(account, password)) === null) return no(WRONG);
      tried.succeeded();
      await this.#changes.run(() => this.#factors.remove(account));
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
    return this.#changes.run(async () => {
      if (this.#people.has(account)) return no({ code: 'account-exists', detail: null });
      const row = { ...this.#people.fresh(account, name), ...grants };
      await this.#people.add(
        password === null
          ? { ...row, code: seal }
          : { ...row, password: seal, passwordSetAt: this.#ground.now() },
      );
      return ok({ oneTimeCode });
    });
  }

  async change(
    typed: string,
    by: string,
    next: { readonly name?: string; readonly disabled?: boolean } & Partial<Grants>,
  ): Promise<Result<AccountListed, ChangeRefusal>> {
    return this.#changes.run(async () => {
      const changed = this.#people.changed(typed, by, next);
      if (!changed.ok) return changed;
      const { before, after } = changed.value;
      if (after.disabledAt !== null || loses(before, after)) await this.#keepAndLogOut(after);
      else await this.#people.keep(after);
      return ok(this.#listed(after));
    });
  }

  async resetPassword(typed: string, by: string): Promise<Result<{ oneTimeCode: string }, ChangeRefusal>> {
    const account = accountName(typed);
    if (!this.#people.has(account)) return no(UNKNOWN);
    if (account === by) return no({ code: 'own-account', detail: null });
    const oneTimeCode = freshCode(this.#ground.random);
    const code = await this.#gate.admit(() => this.#seal(typedCode(oneTimeCode)));
    await this.#changes.run(() => {
      const row = this.#people.get(account) as AccountRow;
      return this.#keepAndLogOut({ ...row, ...WITHOUT_FACTOR, password: null, passwordSetAt: null, code });
    });
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
    const isNew = await this.#changes.run(() => this.#sessions.addMachine(token, listed));
    return isNew ? ok({ token }) : no({ code: 'token-exists', detail: null });
  }

  async removeToken(given: string): Promise<boolean> {
    return this.#changes.run(() => this.#sessions.removeMachine(given.trim()));
  }

  async tokens(): Promise<readonly TokenListed[]> {
    return this.#sessions.machines();
  }

  get #gate(): LoginGate {
    if (this.#gateOpened === null)
      throw new Error('the accounts are not open: start() them first, use none after close()');
    return this.#gateOpened;
  }

  /** As the store has it. */
  async #load(): Promise<void> {
    await this.#people.load();
    await this.#sessions.load();
  }

  async #rememberDesk(account: string, from: string): Promise<void> {
    const known = this.#gate.remember(account, from);
    if (known === null) return;
    try {
      await this.#store.keepDesk(known.row, known.forgotten);
    } catch {
      // A full disk must not keep anybody out: unwritten, the desk is a stranger's again after a restart.
    }
  }

  async #logIn(account: string, by: 'password' | 'code'): Promise<LoggedIn> {
    const person = this.#people.get(account) as AccountRow;
    if (by === 'code') {
      this.#people.firstCode = null;
      if (person.code !== null) await this.#people.keep({ ...person, code: null });
    }
    return this.#sessions.begin(person, by);
  }

  async #change(account: string, seal: string, goesOn: KnownSession | null): Promise<void> {
    await this.#people.setPassword(account, seal, goesOn?.hash ?? null);
    this.#sessions.endAllOf(account, goesOn);
  }

  async #keepAndLogOut(row: AccountRow): Promise<void> {
    await this.#people.keep(row, true);
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
