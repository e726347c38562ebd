import { randomBytes } from 'node:crypto';
import { LockOut } from '../../domain/account/lock-out.ts';
import { accountName, isAccountName } from '../../domain/account/name.ts';
import { passwordFlaw } from '../../domain/account/password.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { type Duration, type Millis, minutes } from '../../domain/time.ts';
import {
  type Accounts,
  type AddRefusal,
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
import {
  COST,
  type Cost,
  freshCode,
  freshToken,
  nobodysSeal,
  opens,
  type Random,
  sealed,
  tokenHash,
  typedCode,
} from './secret.ts';
import { type SessionRow, Store } from './store.ts';
import { Turnstile } from './turnstile.ts';

const ADMIN = 'admin';

/** Logins and changes of passwords that may wait for their turn. */
const WAITING_ROOM = 32;

/** A session's last use is written this often at most. */
const SEEN_WRITTEN_EVERY = minutes(1);

/** A guess by way of changing the password counts as a login from nowhere else. */
const BY_CHANGE = 'set-password';

export type AccountsOptions = {
  readonly file: string;
  readonly now: () => Millis;
  readonly random?: Random;
  readonly limits?: LoginLimits;
  readonly cost?: Cost;
};

type Known = SessionRow & { readonly seenWritten: Millis };

/** Accounts in a SQLite file of their own; sessions and tokens also in memory, so that looking one up waits for nothing. */
export class AccountsSqlite implements Accounts {
  readonly #file: string;
  readonly #now: () => Millis;
  readonly #random: Random;
  readonly #limits: LoginLimits;
  readonly #cost: Cost;
  readonly #lockOut: LockOut;
  readonly #turnstile = new Turnstile(WAITING_ROOM);
  readonly #sessions = new Map<string, Known>();
  readonly #machines = new Map<string, TokenListed>();
  #opened: Store | null = null;
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
    this.#lockOut = new LockOut(this.#limits);
    this.#nobodys = nobodysSeal(this.#cost, this.#random);
  }

  async start({
    adminPassword,
  }: {
    readonly adminPassword: string | null;
  }): Promise<{ oneTimeCode: string | null; configuredPasswordIsWeak: boolean }> {
    this.#opened = new Store(this.#file);
    for (const row of this.#store.sessions())
      this.#sessions.set(row.hash, { ...row, seenWritten: row.seenAt });
    this.#forgetEnded();
    for (const { hash, ...token } of this.#store.tokens()) this.#machines.set(hash, token);

    this.#store.addAccount({ account: ADMIN, name: '系统管理员', password: null }, this.#now());
    if (this.#store.account(ADMIN)?.password != null) {
      return { oneTimeCode: null, configuredPasswordIsWeak: false };
    }
    if (adminPassword !== null && adminPassword !== '') {
      this.#store.setPassword(ADMIN, await this.#seal(adminPassword), this.#now(), null);
      return { oneTimeCode: null, configuredPasswordIsWeak: passwordFlaw(adminPassword) !== null };
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

  async login(typed: string, password: string, from: string): Promise<Result<LoggedIn, LoginRefusal>> {
    const account = accountName(typed);
    const shut = this.#shut(account, from);
    if (shut !== null) return no(shut);
    return this.#turnstile.pass(async () => {
      const right = await this.#isRight(account, password);
      if (right === null) return no(WRONG);
      this.#lockOut.succeeded(account, from);
      return ok(this.#logIn(account, right));
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
    const flaw = passwordFlaw(next);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (!('old' in proof)) {
      if (this.#turnstile.full) return no(BUSY);
      return this.#turnstile.pass(async () => {
        const session = this.#known(proof.session);
        if (session?.account !== account || !session.mustSetPassword) return no(NO_SESSION);
        await this.#change(account, next, session);
        return ok(null);
      });
    }
    if (proof.old === next) return no(UNCHANGED);
    const shut = this.#shut(account, BY_CHANGE);
    if (shut !== null) return no(shut);
    return this.#turnstile.pass(async () => {
      if ((await this.#isRight(account, proof.old)) === null) return no(WRONG);
      this.#lockOut.succeeded(account, BY_CHANGE);
      const asking = proof.session === undefined ? null : this.#known(proof.session);
      await this.#change(account, next, asking?.account === account ? asking : null);
      return ok(null);
    });
  }

  async add(typed: string, name: string, password: string): Promise<Result<null, AddRefusal>> {
    const account = accountName(typed);
    if (!isAccountName(account)) return no({ code: 'account-invalid', detail: null });
    const flaw = passwordFlaw(password);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (this.#store.account(account) !== null) return no({ code: 'account-exists', detail: null });
    const sealedPassword = await this.#turnstile.pass(() => this.#seal(password));
    return this.#store.addAccount({ account, name, password: sealedPassword }, this.#now())
      ? ok(null)
      : no({ code: 'account-exists', detail: null });
  }

  async addToken(given: string): Promise<Result<{ token: string }, TokenRefusal>> {
    const name = given.trim();
    if (name === '' || name.length > 64) return no({ code: 'token-invalid', detail: null });
    const token = freshToken(this.#random);
    const hash = tokenHash(token);
    const listed: TokenListed = { name, createdAt: this.#now() };
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

  get #store(): Store {
    if (this.#opened === null)
      throw new Error('the accounts are not open: start() them first, use none after close()');
    return this.#opened;
  }

  /** Why nobody may even try: too many are trying, or this one failed too often. */
  #shut(account: string, from: string): LoginRefusal | null {
    if (this.#turnstile.full) return BUSY;
    const retryAfter = this.#lockOut.attempt(account, from, this.#now());
    return retryAfter === null ? null : { code: 'too-many-attempts', detail: wait(retryAfter), retryAfter };
  }

  /**
   * One comparison whoever it is, so that an account that does not exist takes as long to refuse as one that does.
   *
   * @returns by what the person is known; `null` for nobody
   */
  async #isRight(account: string, password: string): Promise<'password' | 'code' | null> {
    const row = this.#store.account(account);
    const by = row?.password == null ? 'code' : 'password';
    const seal = by === 'password' ? row?.password : account === ADMIN ? this.#code : null;
    const given = by === 'code' && account === ADMIN ? typedCode(password) : password;
    // A longer one was never set; hashing it would be work for a stranger.
    const right = await opens(given.slice(0, 1_024), seal ?? this.#nobodys);
    return right && seal != null && given.length <= 1_024 ? by : null;
  }

  #logIn(account: string, by: 'password' | 'code'): LoggedIn {
    if (by === 'code') this.#code = null;
    this.#forgetEnded();
    const now = this.#now();
    const token = freshToken(this.#random);
    const row: SessionRow = {
      hash: tokenHash(token),
      account,
      name: this.#store.account(account)?.name ?? account,
      mustSetPassword: by === 'code',
      expiresAt: now + this.#limits.sessionEndsAfter,
      seenAt: now,
    };
    this.#store.addSession(row);
    this.#sessions.set(row.hash, { ...row, seenWritten: now });
    return {
      token,
      account,
      name: row.name,
      mustSetPassword: row.mustSetPassword,
      expiresAt: row.expiresAt,
    };
  }

  async #change(account: string, next: string, keep: Known | null): Promise<void> {
    this.#store.setPassword(account, await this.#seal(next), this.#now(), keep?.hash ?? null);
    for (const s of this.#sessions.values()) if (s.account === account) this.#sessions.delete(s.hash);
    if (keep !== null) this.#sessions.set(keep.hash, { ...keep, mustSetPassword: false });
  }

  #seal(password: string): Promise<string> {
    return sealed(password, this.#cost, this.#random);
  }

  #known(token: string): Known | null {
    const known = this.#sessions.get(tokenHash(token));
    return known === undefined || this.#hasEnded(known) ? null : known;
  }

  #told(known: Known | null, token: string): Session | null {
    if (known !== null) {
      const { account, name, mustSetPassword, expiresAt } = known;
      return { kind: 'person', account, name, mustSetPassword, expiresAt };
    }
    const machine = this.#machines.get(tokenHash(token));
    if (machine === undefined) return null;
    return {
      kind: 'machine',
      account: `token:${machine.name}`,
      name: machine.name,
      mustSetPassword: false,
      expiresAt: null,
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

const WRONG = { code: 'wrong-credentials', detail: null, retryAfter: null } as const;
const BUSY = { code: 'too-busy', detail: null, retryAfter: null } as const;
const NO_SESSION = { code: 'no-session', detail: null } as const;
const UNCHANGED = {
  code: 'weak-password',
  detail: { zh: '新密码与旧密码相同', en: 'It is the old password.' },
} as const;

function wait(left: Duration): { zh: string; en: string } {
  const s = Math.ceil(left / 1_000);
  return { zh: `请在 ${s} 秒后再试`, en: `Try again in ${s} s.` };
}
