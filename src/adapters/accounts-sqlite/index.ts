import { randomBytes } from 'node:crypto';
import { accountName, isAccountName } from '../../domain/account/name.ts';
import { passwordAge, passwordFlaw } from '../../domain/account/password.ts';
import { ADMINISTRATORS, areApart, type Role } from '../../domain/account/roles.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { days, type Millis, minutes } from '../../domain/time.ts';
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
import { BUSY, LoginGate, type Try } from './login-gate.ts';
import {
  COST,
  type Cost,
  freshCode,
  freshToken,
  nobodysSeal,
  opens,
  type RandomSource,
  sealed,
  tokenHash,
  typedCode,
} from './secret.ts';
import { type AccountRow, AccountStore, type SessionRow } from './store.ts';
import { base32, stepOf } from './totp.ts';

const ADMIN = 'admin';

/** A session's last use is written this often at most. */
const SEEN_WRITTEN_EVERY = minutes(1);

/** How long a password counts as just shown, and a second factor that was begun can be confirmed: time to fetch the phone. */
const ENROL_WITHIN = minutes(10);

export type AccountsOptions = {
  readonly file: string;
  readonly now: () => Millis;
  readonly random?: RandomSource;
  readonly limits?: LoginLimits;
  readonly cost?: Cost;
};

type Known = SessionRow & {
  readonly seenWritten: Millis;
  /** When its person last showed the password, as far as this process saw it. */
  readonly provenAt: Millis | null;
};

/** Accounts in a SQLite file of their own; sessions and tokens also in memory, so that looking one up waits for nothing. */
export class AccountsSqlite implements Accounts {
  readonly #file: string;
  readonly #now: () => Millis;
  readonly #random: RandomSource;
  readonly #limits: LoginLimits;
  readonly #cost: Cost;
  readonly #sessions = new Map<string, Known>();
  readonly #people = new Map<string, AccountRow>();
  readonly #machines = new Map<string, TokenListed>();
  /** Who began to enrol a second factor, and how often they confirmed it wrongly; after a restart it is begun again. */
  readonly #enrolling = new Map<string, { readonly begunAt: Millis; readonly failures: number }>();
  #opened: AccountStore | null = null;
  #gateOpened: LoginGate | null = null;
  /** The one-time code, sealed like a password. */
  #code: string | null = null;
  /** What a stranger's password is compared with, so that it takes as long as anybody's. */
  readonly #nobodys: string;

  constructor(options: AccountsOptions) {
    this.#file = options.file;
    this.#now = options.now;
    this.#random = options.random ?? randomBytes;
    this.#limits = options.limits ?? LOGIN_LIMITS;
    this.#cost = options.cost ?? COST;
    this.#nobodys = nobodysSeal(this.#cost, this.#random);
  }

  async start({ adminPassword, clockMovedBy = 0 }: Parameters<Accounts['start']>[0]): Promise<{
    oneTimeCode: string | null;
    configuredPasswordIsWeak: boolean;
  }> {
    this.#opened = new AccountStore(this.#file);
    if (clockMovedBy !== 0) this.#store.clockMoved(clockMovedBy);
    this.#gateOpened = new LoginGate(this.#now, this.#limits, this.#store.desks());
    for (const row of this.#store.sessions())
      this.#sessions.set(row.hash, { ...row, seenWritten: row.seenAt, provenAt: null });
    this.#forgetEnded();
    for (const { hash, ...token } of this.#store.tokens()) this.#machines.set(hash, token);

    for (const row of this.#store.accounts()) this.#people.set(row.account, row);
    if (!this.#people.has(ADMIN))
      this.#put({ ...this.#fresh(ADMIN, '系统管理员'), roles: ['founder'] }, 'new');
    const admin = this.#people.get(ADMIN) as AccountRow;
    if (admin.password !== null || admin.code !== null) {
      return { oneTimeCode: null, configuredPasswordIsWeak: false };
    }
    if (adminPassword !== null && adminPassword !== '') {
      await this.#change(ADMIN, adminPassword, null);
      const weak = passwordFlaw(adminPassword, this.#limits.passwords) !== null;
      return { oneTimeCode: null, configuredPasswordIsWeak: weak };
    }
    const oneTimeCode = freshCode(this.#random);
    this.#code = await this.#seal(typedCode(oneTimeCode));
    return { oneTimeCode, configuredPasswordIsWeak: false };
  }

  async close(): Promise<void> {
    if (this.#opened === null) return;
    for (const s of this.#sessions.values())
      if (s.seenAt !== s.seenWritten) this.#writeSeen(s.hash, s.seenAt);
    this.#opened.close();
    this.#opened = null;
  }

  areAdministratorsApart(): boolean {
    const people = [...this.#people.values()].filter((p) => p.disabledAt === null && p.password !== null);
    return ADMINISTRATORS.every((role) => people.some((p) => p.roles.includes(role)));
  }

  async login(
    typed: string,
    password: string,
    from: string,
    otp?: string,
  ): Promise<Result<LoggedIn, LoginRefusal>> {
    const account = accountName(typed);
    return this.#gate.login(account, from, async (tried) => {
      const right = await this.#isRight(account, password);
      if (right === null) return no(WRONG);
      const second = this.#secondFactor(account, otp, tried);
      if (second !== null) return second;
      tried.succeeded();
      const entered = this.#logIn(account, right);
      this.#rememberDesk(account, from);
      return ok(entered);
    });
  }

  session(token: string): Session | null {
    const known = this.#known(token);
    if (known !== null) this.#used(known);
    return this.#told(known, token);
  }

  peek(token: string): Session | null {
    return this.#told(this.#known(token), token);
  }

  async logout(token: string): Promise<void> {
    const hash = tokenHash(token);
    if (this.#sessions.delete(hash)) this.#store.endSessions([hash]);
  }

  async setPassword(
    typed: string,
    proof: PasswordProof,
    next: string,
  ): Promise<Result<null, PasswordRefusal>> {
    const account = accountName(typed);
    const flaw = passwordFlaw(next, this.#limits.passwords);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (!('old' in proof)) {
      const set = await this.#gate.inside(account, async (): Promise<Result<null, PasswordRefusal>> => {
        const session = this.#known(proof.session);
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
      if ((await this.#isRight(account, proof.old)) === null) return no(WRONG);
      tried.succeeded();
      const asking = proof.session === undefined ? null : this.#known(proof.session);
      await this.#change(account, next, asking?.account === account ? asking : null);
      return ok(null);
    });
  }

  async beginSecondFactor(
    account: string,
    proof: EnrolProof,
  ): Promise<Result<{ secret: string }, FactorRefusal | LoginRefusal>> {
    if (!('password' in proof))
      return this.#mayEnrolBy(proof.session, account) ? this.#begin(account) : no(PASSWORD_NEEDED);
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#isRight(account, proof.password)) === null) return no(WRONG);
      tried.succeeded();
      return this.#begin(account);
    });
  }

  async confirmSecondFactor(
    account: string,
    otp: string,
  ): Promise<Result<{ recoveryCodes: readonly string[] }, FactorRefusal>> {
    const row = this.#people.get(account);
    if (row?.totp == null || row.totpConfirmedAt !== null) return no(NOT_BEGUN);
    // A key left on an unlocked screen must not wait there for a stranger's phone.
    const begun = this.#enrolling.get(account);
    if (begun === undefined || !this.#isRecent(begun.begunAt)) return no(NOT_BEGUN);
    const step = stepOf(row.totp, otp, this.#now(), row.totpUsed);
    if (step === null) {
      const failures = begun.failures + 1;
      if (failures < this.#limits.failures) this.#enrolling.set(account, { ...begun, failures });
      else this.#enrolling.delete(account);
      return no({ code: 'second-factor-wrong', detail: null });
    }
    const recoveryCodes = Array.from({ length: 8 }, () => freshCode(this.#random));
    const recovery = recoveryCodes.map((code) => tokenHash(typedCode(code)));
    this.#put({ ...row, totpConfirmedAt: this.#now(), totpUsed: step, recovery });
    this.#enrolling.delete(account);
    return ok({ recoveryCodes });
  }

  async removeSecondFactor(
    account: string,
    password: string,
  ): Promise<Result<null, FactorRefusal | LoginRefusal>> {
    return this.#gate.confirm(account, async (tried) => {
      if ((await this.#isRight(account, password)) === null) return no(WRONG);
      tried.succeeded();
      const row = this.#people.get(account) as AccountRow;
      this.#put({ ...row, totp: null, totpConfirmedAt: null, totpUsed: 0, recovery: [] });
      return ok(null);
    });
  }

  list(): readonly AccountListed[] {
    return [...this.#people.values()]
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
    const flaw = password === null ? null : passwordFlaw(password, this.#limits.passwords);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (!areApart(grants.roles)) return no({ code: 'roles-not-apart', detail: null });
    if (this.#people.has(account)) return no({ code: 'account-exists', detail: null });
    const oneTimeCode = password === null ? freshCode(this.#random) : null;
    const seal = await this.#gate.admit(() => this.#seal(password ?? typedCode(oneTimeCode ?? '')));
    if (this.#people.has(account)) return no({ code: 'account-exists', detail: null });
    const row = { ...this.#fresh(account, name), roles: grants.roles, areas: grants.areas };
    this.#put(
      password === null ? { ...row, code: seal } : { ...row, password: seal, passwordSetAt: this.#now() },
      'new',
    );
    return ok({ oneTimeCode });
  }

  async change(
    typed: string,
    by: string,
    next: { readonly name?: string; readonly disabled?: boolean } & Partial<Grants>,
  ): Promise<Result<AccountListed, ChangeRefusal>> {
    const account = accountName(typed);
    const row = this.#people.get(account);
    if (row === undefined) return no(UNKNOWN);
    const own = account === by && (next.roles ?? next.areas ?? next.disabled) !== undefined;
    if (own || (account === by && next.areas === null)) return no({ code: 'own-account', detail: null });
    const roles: readonly Role[] = next.roles ?? row.roles;
    if (!areApart(roles)) return no({ code: 'roles-not-apart', detail: null });
    const after: AccountRow = {
      ...row,
      name: next.name ?? row.name,
      roles,
      areas: next.areas === undefined ? row.areas : next.areas,
      disabledAt:
        next.disabled === undefined ? row.disabledAt : next.disabled ? (row.disabledAt ?? this.#now()) : null,
    };
    if (this.#isLastOfItsKind(row, after)) return no({ code: 'last-administrator', detail: null });
    this.#put(after, after.disabledAt !== null || loses(row, after) ? 'end sessions' : 'keep');
    return ok(this.#listed(after));
  }

  async resetPassword(typed: string, by: string): Promise<Result<{ oneTimeCode: string }, ChangeRefusal>> {
    const account = accountName(typed);
    if (!this.#people.has(account)) return no(UNKNOWN);
    if (account === by) return no({ code: 'own-account', detail: null });
    const oneTimeCode = freshCode(this.#random);
    const code = await this.#gate.admit(() => this.#seal(typedCode(oneTimeCode)));
    const row = this.#people.get(account) as AccountRow;
    const without = { totp: null, totpConfirmedAt: null, totpUsed: 0, recovery: [] };
    this.#put({ ...row, ...without, password: null, passwordSetAt: null, code }, 'end sessions');
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
    const token = freshToken(this.#random);
    const hash = tokenHash(token);
    const listed: TokenListed = { name, ...grants, createdAt: this.#now() };
    if (!this.#store.addToken({ hash, ...listed })) return no({ code: 'token-exists', detail: null });
    this.#machines.set(hash, listed);
    return ok({ token });
  }

  async removeToken(given: string): Promise<boolean> {
    const name = given.trim();
    for (const [hash, token] of this.#machines) if (token.name === name) this.#machines.delete(hash);
    return this.#store.removeToken(name);
  }

  async tokens(): Promise<readonly TokenListed[]> {
    return [...this.#machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
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

  /**
   * One comparison whoever it is, so that an account that does not exist takes as long to refuse as one that does.
   *
   * @returns by what the person is known; `null` for nobody
   */
  async #isRight(account: string, password: string): Promise<'password' | 'code' | null> {
    const row = this.#people.get(account);
    const by = row?.password == null ? 'code' : 'password';
    const code = row?.code ?? (account === ADMIN ? this.#code : null);
    const seal =
      row === undefined || row.disabledAt !== null ? null : by === 'password' ? row.password : code;
    const given = by === 'code' && code !== null ? typedCode(password) : password;
    // A longer one was never set; hashing it would be work for a stranger.
    const right = await opens(given.slice(0, 1_024), seal ?? this.#nobodys);
    return right && seal != null && given.length <= 1_024 ? by : null;
  }

  #mayEnrolBy(token: string, account: string): boolean {
    const known = this.#known(token);
    if (known?.account !== account || !this.#isRecent(known.provenAt)) return false;
    return this.#asSession(known).mustEnrol;
  }

  #isRecent(at: Millis | null | undefined): boolean {
    const age = at == null ? -1 : this.#now() - at;
    return age >= 0 && age < ENROL_WITHIN;
  }

  #begin(account: string): Result<{ secret: string }, FactorRefusal> {
    const row = this.#people.get(account);
    if (row === undefined || row.totpConfirmedAt !== null) return no(NOT_BEGUN);
    const secret = base32(this.#random(20));
    this.#put({ ...row, totp: secret, totpUsed: 0 });
    this.#enrolling.set(account, { begunAt: this.#now(), failures: 0 });
    return ok({ secret });
  }

  /** One code, once: the digits of a step, and a recovery code, are taken a single time. @returns `null`: it is right */
  #secondFactor(account: string, otp: string | undefined, tried: Try): Result<never, LoginRefusal> | null {
    const row = this.#people.get(account);
    if (row?.totp == null || row.totpConfirmedAt === null) return null;
    if (otp === undefined || otp.trim() === '') {
      // Half a success: the page asks for the code next. It lets nobody forget the codes guessed before it.
      tried.takenBack();
      return no(FACTOR_NEEDED);
    }
    const shut = this.#gate.codesShut(account, tried);
    if (shut !== null) return shut;
    const step = stepOf(row.totp, otp, this.#now(), row.totpUsed);
    if (step !== null) {
      this.#put({ ...row, totpUsed: step });
      return null;
    }
    const hash = tokenHash(typedCode(otp));
    if (row.recovery.includes(hash)) {
      this.#put({ ...row, recovery: row.recovery.filter((r) => r !== hash) });
      return null;
    }
    // Counted as a failure too: six digits could be guessed.
    this.#gate.codeFailed(account, tried);
    return no(WRONG);
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
      this.#code = null;
      if (person.code !== null) this.#put({ ...person, code: null });
    }
    this.#forgetEnded();
    const now = this.#now();
    const token = freshToken(this.#random);
    const row: SessionRow = {
      hash: tokenHash(token),
      account,
      name: person.name,
      mustSetPassword: by === 'code' || this.#isTooOld(person),
      expiresAt: now + this.#limits.sessionEndsAfter,
      seenAt: now,
    };
    this.#store.addSession(row);
    const known = { ...row, seenWritten: now, provenAt: now };
    this.#sessions.set(row.hash, known);
    const { kind: _, ...told } = this.#asSession(known);
    return { token, ...told };
  }

  async #change(account: string, next: string, keep: Known | null): Promise<void> {
    const seal = await this.#seal(next);
    this.#store.setPassword(account, seal, this.#now(), keep?.hash ?? null);
    const row = this.#people.get(account) as AccountRow;
    this.#people.set(account, { ...row, password: seal, code: null, passwordSetAt: this.#now() });
    for (const s of this.#sessions.values()) if (s.account === account) this.#sessions.delete(s.hash);
    if (keep !== null)
      this.#sessions.set(keep.hash, { ...keep, mustSetPassword: false, provenAt: this.#now() });
  }

  #seal(password: string): Promise<string> {
    return sealed(password, this.#cost, this.#random);
  }

  #known(token: string): Known | null {
    const known = this.#sessions.get(tokenHash(token));
    if (known === undefined || this.#hasEnded(known)) return null;
    return this.#people.get(known.account)?.disabledAt === null ? known : null;
  }

  #told(known: Known | null, token: string): Session | null {
    if (known !== null) return this.#asSession(known);
    const machine = this.#machines.get(tokenHash(token));
    if (machine === undefined || (machine.expiresAt !== null && this.#now() >= machine.expiresAt))
      return null;
    return {
      kind: 'machine',
      account: `token:${machine.name}`,
      name: machine.name,
      roles: [machine.role],
      areas: machine.areas,
      mustSetPassword: false,
      mustEnrol: false,
      expiresAt: machine.expiresAt,
    };
  }

  #asSession(known: Known): Session & { readonly kind: 'person'; readonly expiresAt: Millis } {
    const person = this.#people.get(known.account) as AccountRow;
    const roles = this.#inForce(person.roles);
    return {
      kind: 'person',
      account: person.account,
      name: person.name,
      roles,
      areas: person.areas,
      mustSetPassword: known.mustSetPassword,
      mustEnrol:
        person.totpConfirmedAt === null && roles.some((r) => this.#limits.secondFactorFor.includes(r)),
      expiresAt: known.expiresAt,
    };
  }

  #inForce(roles: readonly Role[]): readonly Role[] {
    return roles.includes('founder') && this.areAdministratorsApart()
      ? roles.filter((r) => r !== 'founder')
      : roles;
  }

  /** Asked at a log-in and not later: nobody is stopped in the middle of a shift. */
  #isTooOld(person: AccountRow): boolean {
    const age = passwordAge(this.#limits.passwords);
    return age !== null && person.passwordSetAt !== null && this.#now() - person.passwordSetAt >= days(age);
  }

  /** Without it nobody could grant anything any more, and the first account has no rights either. */
  #isLastOfItsKind(before: AccountRow, after: AccountRow): boolean {
    if (!this.areAdministratorsApart()) return false;
    return ADMINISTRATORS.some((role) => {
      if (!before.roles.includes(role) || before.disabledAt !== null) return false;
      if (after.roles.includes(role) && after.disabledAt === null) return false;
      return ![...this.#people.values()].some(
        (p) =>
          p.account !== before.account &&
          p.disabledAt === null &&
          p.password !== null &&
          p.roles.includes(role),
      );
    });
  }

  #fresh(account: string, name: string): AccountRow {
    return {
      account,
      name,
      password: null,
      code: null,
      roles: [],
      areas: null,
      disabledAt: null,
      totp: null,
      totpConfirmedAt: null,
      totpUsed: 0,
      recovery: [],
      createdAt: this.#now(),
      passwordSetAt: null,
    };
  }

  #put(row: AccountRow, how: 'new' | 'keep' | 'end sessions' = 'keep'): void {
    if (how === 'new') this.#store.addAccount(row);
    else this.#store.keepAccount(row, how === 'end sessions');
    this.#people.set(row.account, row);
    if (how !== 'end sessions') return;
    for (const s of this.#sessions.values()) if (s.account === row.account) this.#sessions.delete(s.hash);
  }

  #listed(row: AccountRow): AccountListed {
    const { account, name, roles, areas, disabledAt, createdAt, passwordSetAt } = row;
    const left = this.#gate.leftForStrangers(account);
    return {
      account,
      name,
      roles,
      areas,
      disabledAt,
      secondFactor: row.totpConfirmedAt !== null,
      createdAt,
      passwordSetAt,
      lockedUntil: left > 0 ? this.#now() + left : null,
    };
  }

  #used(known: Known): void {
    if (this.#limits.idleEndsAfter === null) return;
    const now = this.#now();
    const write = now - known.seenWritten >= SEEN_WRITTEN_EVERY;
    if (write) this.#writeSeen(known.hash, now);
    this.#sessions.set(known.hash, { ...known, seenAt: now, seenWritten: write ? now : known.seenWritten });
  }

  #writeSeen(hash: string, at: Millis): void {
    try {
      this.#store.seen(hash, at);
    } catch {
      // A full disk must not log the shift out: unwritten, it costs a login after a restart, and no more.
    }
  }

  #hasEnded(s: Known): boolean {
    const now = this.#now();
    const idle = this.#limits.idleEndsAfter;
    return now >= s.expiresAt || (idle !== null && now - s.seenAt >= idle);
  }

  #forgetEnded(): void {
    const ended = [...this.#sessions.values()].filter((s) => this.#hasEnded(s)).map((s) => s.hash);
    for (const hash of ended) this.#sessions.delete(hash);
    this.#store.endSessions(ended);
  }
}

/** Somebody has a role or an area less than before: pages and exports begun with it must not go on. */
function loses(before: AccountRow, after: AccountRow): boolean {
  if (before.roles.some((role) => !after.roles.includes(role))) return true;
  const { areas } = after;
  return areas !== null && (before.areas === null || before.areas.some((area) => !areas.includes(area)));
}

const WRONG = { code: 'wrong-credentials', detail: null, retryAfter: null } as const;
const FACTOR_NEEDED = { code: 'second-factor-needed', detail: null, retryAfter: null } as const;
const PASSWORD_NEEDED = { code: 'password-needed', detail: null } as const;
const NOT_BEGUN = { code: 'second-factor-not-begun', detail: null } as const;
const UNKNOWN = { code: 'account-unknown', detail: null } as const;
const NO_SESSION = { code: 'no-session', detail: null } as const;
const UNCHANGED = {
  code: 'weak-password',
  detail: { zh: '新密码与旧密码相同', en: 'It is the old password.' },
} as const;
