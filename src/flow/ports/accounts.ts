import type { PasswordProfile } from '../../domain/account/password.ts';
import type { MachineRole, PersonRole, Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import type { Result } from '../../domain/result.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Duration, Millis } from '../../domain/time.ts';

/** Who stands behind a request, with their rights as they are at this moment. */
export type Session = {
  /** A person who logged in, or a machine with a bearer token. */
  readonly kind: 'person' | 'machine';
  /** Of a person: the account. Of a machine: `token:` and the token's name, which no account can be called. */
  readonly account: string;
  /** As shown to people. */
  readonly name: string;
  /** In force now: the first account has none once the three administrators are appointed. */
  readonly roles: readonly Role[];
  readonly areas: Scope;
  /** Code of the unit 单位 that they belong to: crews and leaders of units act for it alone. `null`: none. */
  readonly unit: string | null;
  /** Logged in with a one-time code, or the password is too old: until one is set, let it do nothing else. */
  readonly mustSetPassword: boolean;
  /** A role asks for a second factor, and none is enrolled: until one is, let it do nothing else. */
  readonly mustEnrol: boolean;
  /** When it ends at the latest; `null` for a machine whose token does not expire. */
  readonly expiresAt: Millis | null;
};

/** A fresh session. `token` is the only copy: what is kept is its hash. */
export type LoggedIn = Omit<Session, 'kind' | 'expiresAt'> & {
  readonly token: string;
  readonly expiresAt: Millis;
};

/** The codes are those of the edge's problems (`wire/http-problems.ts`), so that it has nothing to translate. */
type RefusedWith<C extends string> = { readonly code: C; readonly detail: Bilingual | null };

/** `retryAfter` says how long the door stays shut; `null` where trying again at once is allowed. */
export type LoginRefusal = RefusedWith<
  'wrong-credentials' | 'second-factor-needed' | 'too-many-attempts' | 'too-busy'
> & {
  readonly retryAfter: Duration | null;
};

export type PasswordRefusal = RefusedWith<'weak-password' | 'no-session'> | LoginRefusal;

export type AddRefusal = RefusedWith<'account-invalid' | 'account-exists' | 'weak-password'>;
export type TokenRefusal = RefusedWith<'token-invalid' | 'token-exists'>;
export type ChangeRefusal = RefusedWith<
  'account-unknown' | 'roles-not-apart' | 'own-account' | 'last-administrator'
>;
export type FactorRefusal = RefusedWith<
  'second-factor-wrong' | 'second-factor-not-begun' | 'wrong-credentials' | 'password-needed'
>;

/**
 * By what right a password is set: the old one; or the token of a session that must set one. An ordinary
 * session is not enough, or whoever finds an unlocked screen owns the account.
 */
export type PasswordProof =
  | {
      readonly old: string;
      /** The account's session that asks: it alone goes on. */
      readonly session?: string;
    }
  | { readonly session: string };

/**
 * By what right a second factor is enrolled: the password; or the token of a session that must enrol, and within the
 * last minutes has shown the password. Any other session is an unlocked screen, and could bind a stranger's phone.
 */
export type EnrolProof = { readonly password: string } | { readonly session: string };

/** What an account may do, where, and for which unit. */
export type Grants = {
  readonly roles: readonly PersonRole[];
  readonly areas: Scope;
  /** Left out: none, or as it was. */
  readonly unit?: string | null;
};

export type AccountListed = {
  readonly account: string;
  readonly name: string;
  /** As granted; the first account's own role is among them. */
  readonly roles: readonly Role[];
  readonly areas: Scope;
  readonly unit: string | null;
  readonly disabledAt: Millis | null;
  readonly secondFactor: boolean;
  readonly createdAt: Millis;
  /** `null`: none is set, it waits for its one-time code. */
  readonly passwordSetAt: Millis | null;
  /** Until when logins are refused from where nobody has logged in to it before: too many strangers failed. */
  readonly lockedUntil: Millis | null;
};

/** A machine's token as listed: never the token itself. */
export type TokenListed = {
  readonly name: string;
  readonly role: MachineRole;
  readonly areas: Scope;
  readonly createdAt: Millis;
  /** `null`: it does not expire. */
  readonly expiresAt: Millis | null;
};

/** House limits of logging in; the lengths and counts that 等保 assessors look for (domain §10). */
export type LoginLimits = {
  /** Failures for one account from one address after which that address waits. */
  readonly failures: number;
  /**
   * Failures for one account from anywhere after which strangers wait who have failed before; after twice as many, all
   * strangers. A stranger comes from an address from which that account was never wholly logged in to.
   */
  readonly failuresAnywhere: number;
  readonly lockedFor: Duration;
  /** A session ends this long after the login, whatever happens. */
  readonly sessionEndsAfter: Duration;
  /** A session ends this long after its last use; `null`: never, for a duty screen is watched for hours, not touched. */
  readonly idleEndsAfter: Duration | null;
  readonly passwords: PasswordProfile;
  /** Roles that must have a second factor. */
  readonly secondFactorFor: readonly Role[];
};

/** 12.5 h: a shift of twelve and the hand-over. */
export const LOGIN_LIMITS: LoginLimits = {
  failures: 5,
  failuresAnywhere: 50,
  lockedFor: 300_000,
  sessionEndsAfter: 45_000_000,
  idleEndsAfter: null,
  passwords: 'dengbao',
  secondFactorFor: [],
};

/** Accounts, their sessions, and the tokens of machines. Account names are compared in lower case. */
export interface Accounts {
  /**
   * Opens, and makes sure that `admin` can get in: with the configured password if none was ever set; without
   * one, with a fresh one-time code at every start, to be printed once, until a password is set.
   *
   * @returns `configuredPasswordIsWeak`: it was taken, but the log should ask for a better one
   */
  start(given: {
    readonly adminPassword: string | null;
    /** How far our clock was set since sessions were written: they last as long as they would have. */
    readonly clockMovedBy?: Duration;
  }): Promise<{
    readonly oneTimeCode: string | null;
    readonly configuredPasswordIsWeak: boolean;
  }>;
  close(): Promise<void>;
  /** The three administrators are appointed, and each has set a password: the first account has no rights any more. */
  areAdministratorsApart(): boolean;

  /**
   * Failures are counted until a whole log-in from the same address, or until they are too old. A right password whose
   * code is missing counts neither for nor against anybody.
   *
   * @param from the client's address; an unknown account costs the same time as a wrong password
   * @param otp six digits of the second factor, or a recovery code, where the account has one
   */
  login(
    account: string,
    password: string,
    from: string,
    otp?: string,
  ): Promise<Result<LoggedIn, LoginRefusal>>;
  /** Whose token this is, a session's or a machine's; counts as use of the session. */
  session(token: string): Session | null;
  /** As `session`, without counting as use: for an open connection that checks whether it may stay. */
  peek(token: string): Session | null;
  logout(token: string): Promise<void>;
  /**
   * Somebody who is logged in shows once more that it is they, by their password or by a code of their second factor, as under a
   * signature. Failures are counted as those of a change of password.
   *
   * @returns by what; no session begins
   */
  prove(
    account: string,
    proof: { readonly password: string } | { readonly otp: string },
  ): Promise<Result<'password' | 'totp', LoginRefusal>>;

  /** Ends every session of the account but the one named in the proof. */
  setPassword(account: string, proof: PasswordProof, next: string): Promise<Result<null, PasswordRefusal>>;

  /**
   * Begins to enrol a second factor (RFC 6238: SHA-1, 6 digits, 30 s).
   *
   * @returns the secret in base32, this once; `password-needed`: a session was not proof enough
   */
  beginSecondFactor(
    account: string,
    proof: EnrolProof,
  ): Promise<Result<{ readonly secret: string }, FactorRefusal | LoginRefusal>>;
  /**
   * Ends enrolling, within ten minutes, with six digits that show that the secret has arrived.
   *
   * @returns recovery codes, this once
   */
  confirmSecondFactor(
    account: string,
    otp: string,
  ): Promise<Result<{ readonly recoveryCodes: readonly string[] }, FactorRefusal>>;
  /** @param password the account's own: whoever finds an unlocked screen must not weaken the account */
  removeSecondFactor(account: string, password: string): Promise<Result<null, FactorRefusal | LoginRefusal>>;

  list(): readonly AccountListed[];
  /**
   * @param account `[a-z0-9][a-z0-9._-]{0,31}`
   * @param password `null`: a one-time code is made instead, and returned, this once
   */
  add(
    account: string,
    name: string,
    password: string | null,
    grants?: Grants,
  ): Promise<Result<{ readonly oneTimeCode: string | null }, AddRefusal | ChangeRefusal>>;
  /** A disabled account's sessions end at once; new roles and areas hold from the next request on. @param by who changes */
  change(
    account: string,
    by: string,
    next: { readonly name?: string; readonly disabled?: boolean } & Partial<Grants>,
  ): Promise<Result<AccountListed, ChangeRefusal>>;
  /** The old password, the second factor and every session end. @returns a one-time code, this once */
  resetPassword(
    account: string,
    by: string,
  ): Promise<Result<{ readonly oneTimeCode: string }, ChangeRefusal>>;
  /** Forgets failed logins. @returns false where there is no such account */
  unlock(account: string): boolean;

  /**
   * @param name 1–64 characters, for people
   * @returns the token, this once
   */
  addToken(
    name: string,
    grants?: { readonly role: MachineRole; readonly areas: Scope; readonly expiresAt: Millis | null },
  ): Promise<Result<{ readonly token: string }, TokenRefusal>>;
  /** True when there was one; whoever uses it is out at once. */
  removeToken(name: string): Promise<boolean>;
  tokens(): Promise<readonly TokenListed[]>;
}
