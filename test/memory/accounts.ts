import { LockOut } from '../../src/domain/account/lock-out.ts';
import { accountName, isAccountName } from '../../src/domain/account/name.ts';
import { passwordFlaw } from '../../src/domain/account/password.ts';
import { no, ok, type Result } from '../../src/domain/result.ts';
import type { Millis } from '../../src/domain/time.ts';
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
} from '../../src/flow/ports/accounts.ts';

/** What is left when the service stops. */
export class AccountsDisk {
  readonly accounts = new Map<string, { readonly name: string; password: string | null }>();
  readonly sessions = new Map<string, Kept>();
  readonly tokens = new Map<string, TokenListed>();
  /** Tokens and codes made so far: the next one differs. */
  made = 0;
}

type Kept = {
  readonly account: string;
  readonly name: string;
  mustSetPassword: boolean;
  readonly expiresAt: Millis;
  seenAt: Millis;
};

const WRONG: LoginRefusal = { code: 'wrong-credentials', detail: null, retryAfter: null };

/** Accounts without a disk and without a price on trying: passwords lie open in it, so it is for tests only. */
export class AccountsMemory implements Accounts {
  readonly #disk: AccountsDisk;
  readonly #now: () => Millis;
  readonly #limits: LoginLimits;
  readonly #lockOut: LockOut;
  #code: string | null = null;

  constructor(given: { disk?: AccountsDisk; now: () => Millis; limits?: LoginLimits }) {
    this.#disk = given.disk ?? new AccountsDisk();
    this.#now = given.now;
    this.#limits = given.limits ?? LOGIN_LIMITS;
    this.#lockOut = new LockOut(this.#limits);
  }

  async start({ adminPassword }: { adminPassword: string | null }) {
    const admin = this.#disk.accounts.get('admin') ?? { name: '系统管理员', password: null };
    this.#disk.accounts.set('admin', admin);
    if (admin.password !== null) return { oneTimeCode: null, configuredPasswordIsWeak: false };
    if (adminPassword !== null && adminPassword !== '') {
      admin.password = adminPassword;
      return { oneTimeCode: null, configuredPasswordIsWeak: passwordFlaw(adminPassword) !== null };
    }
    this.#code = `CODE-${++this.#disk.made}`;
    return { oneTimeCode: this.#code, configuredPasswordIsWeak: false };
  }

  async close(): Promise<void> {}

  async login(typed: string, password: string, from: string): Promise<Result<LoggedIn, LoginRefusal>> {
    const account = accountName(typed);
    const retryAfter = this.#lockOut.attempt(account, from, this.#now());
    if (retryAfter !== null) return no(shut(retryAfter));
    const by = this.#right(account, password);
    if (by === null) return no(WRONG);
    this.#lockOut.succeeded(account, from);
    if (by === 'code') this.#code = null;
    const token = `session-${++this.#disk.made}`;
    const session: Kept = {
      account,
      name: this.#disk.accounts.get(account)?.name ?? account,
      mustSetPassword: by === 'code',
      expiresAt: this.#now() + this.#limits.sessionEndsAfter,
      seenAt: this.#now(),
    };
    this.#disk.sessions.set(token, session);
    const { name, mustSetPassword, expiresAt } = session;
    return ok({ token, account, name, mustSetPassword, expiresAt });
  }

  session(token: string): Session | null {
    const kept = this.#kept(token);
    if (kept !== null) kept.seenAt = this.#now();
    return this.peek(token);
  }

  peek(token: string): Session | null {
    const kept = this.#kept(token);
    if (kept !== null) {
      const { account, name, mustSetPassword, expiresAt } = kept;
      return { kind: 'person', account, name, mustSetPassword, expiresAt };
    }
    const name = this.#disk.tokens.get(token)?.name;
    if (name === undefined) return null;
    return { kind: 'machine', account: `token:${name}`, name, mustSetPassword: false, expiresAt: null };
  }

  async logout(token: string): Promise<void> {
    this.#disk.sessions.delete(token);
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
      const kept = this.#kept(proof.session);
      if (kept?.account !== account || !kept.mustSetPassword) return no({ code: 'no-session', detail: null });
      kept.mustSetPassword = false;
    } else {
      if (proof.old === next) return no({ code: 'weak-password', detail: null });
      const retryAfter = this.#lockOut.attempt(account, 'set-password', this.#now());
      if (retryAfter !== null) return no(shut(retryAfter));
      if (this.#right(account, proof.old) === null) return no(WRONG);
      this.#lockOut.succeeded(account, 'set-password');
    }
    const known = this.#disk.accounts.get(account);
    if (known !== undefined) known.password = next;
    for (const [token, s] of this.#disk.sessions) {
      if (s.account === account && proof.session !== token) {
        this.#disk.sessions.delete(token);
      }
    }
    return ok(null);
  }

  async add(typed: string, name: string, password: string): Promise<Result<null, AddRefusal>> {
    const account = accountName(typed);
    if (!isAccountName(account)) return no({ code: 'account-invalid', detail: null });
    const flaw = passwordFlaw(password);
    if (flaw !== null) return no({ code: 'weak-password', detail: flaw });
    if (this.#disk.accounts.has(account)) return no({ code: 'account-exists', detail: null });
    this.#disk.accounts.set(account, { name, password });
    return ok(null);
  }

  async addToken(given: string): Promise<Result<{ token: string }, TokenRefusal>> {
    const name = given.trim();
    if (name === '' || name.length > 64) return no({ code: 'token-invalid', detail: null });
    if ((await this.tokens()).some((t) => t.name === name)) return no({ code: 'token-exists', detail: null });
    const token = `machine-${++this.#disk.made}`;
    this.#disk.tokens.set(token, { name, createdAt: this.#now() });
    return ok({ token });
  }

  async removeToken(name: string): Promise<boolean> {
    for (const [token, t] of this.#disk.tokens)
      if (t.name === name.trim()) return this.#disk.tokens.delete(token);
    return false;
  }

  async tokens(): Promise<readonly TokenListed[]> {
    return [...this.#disk.tokens.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #right(account: string, password: string): 'password' | 'code' | null {
    const kept = this.#disk.accounts.get(account)?.password ?? null;
    if (kept !== null) return kept === password ? 'password' : null;
    return account === 'admin' && this.#code !== null && password.trim().toUpperCase() === this.#code
      ? 'code'
      : null;
  }

  #kept(token: string): Kept | null {
    const kept = this.#disk.sessions.get(token);
    if (kept === undefined) return null;
    const idle = this.#limits.idleEndsAfter;
    const ended = this.#now() >= kept.expiresAt || (idle !== null && this.#now() - kept.seenAt >= idle);
    return ended ? null : kept;
  }
}

function shut(retryAfter: number): LoginRefusal {
  return { code: 'too-many-attempts', detail: null, retryAfter };
}
